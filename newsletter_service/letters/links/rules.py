"""Which links may go out, and in which form: one rule for link fields and for texts of every kind. Pure."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from html import unescape
from types import MappingProxyType
from unicodedata import normalize
from urllib.parse import quote, unquote, urlsplit

import idna

from newsletter_service.letters.links.wrappers import unwrapped
from newsletter_service.links.urls import PERSONAL_PAGES

OWN_WORDS = ("voorkeuren", "afmelden")
"""What staff write for an address where each reader's own link has to stand."""
NOWHERE = MappingProxyType(dict.fromkeys(OWN_WORDS, "#"))
"""Where those words lead while there is no reader."""
SCHEMES = ("http", "https", "mailto", "tel")

_MOST_LAYERS = 10
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_PARTS = re.compile(r"(https?):(//)?([^/?#\\]*)([^?#]*)(\?[^#]*)?(#.*)?", re.IGNORECASE)
_MAILBOX = re.compile(r"[^\s@:/?#<>\"()]+@[^\s@:/?#<>\"()]+\.[^\s@:/?#<>\"()]+")
_PHONE = re.compile(r"\+?[\d*#]{3,20}(;ext=\d{1,8})?")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9_-]*[a-z0-9])?", re.IGNORECASE)
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_IN_PATH = "!$&'*+,;=:@/~%"
_IN_QUERY = _IN_PATH + "?[]"

_TRACKING = re.compile(
    r"""utm_.*|mtm_.*|pk_.*|elq.*|hsa_.*|_hs.*|__hs.*|mc_[ce]id|fbclid|gclid|gclsrc|dclid|[wg]braid|_g[al]
    |msclkid|yclid|twclid|ttclid|igshid|igsh|li_fat_id|mkt_tok|vero_(id|conv)|oly_(anon|enc)_id|s_cid|epik
    |hsctatracking|_openstat|rb_clickid|wickedid|ml_subscriber(_hash)?|_bta_t?[ci]d?|trk_(contact|msg|module|sid)
    |(matomo|piwik)_.*|itm_.*|gad_(source|campaignid)|srsltid|wt_z?mc|mibextid|rcm|xsdata|sdata|ovuser|clickparams
    |dm_i|sp(mailing|user|job|report)id|sc_(src|uid|eh|lid|cid)|at_(medium|campaign)|_kx|ck_subscriber_id|vgo_ee""",
    re.IGNORECASE | re.VERBOSE,
)
_TRACKING_AT = tuple(
    (re.compile(host, re.IGNORECASE), re.compile(names, re.IGNORECASE))
    for host, names in (
        (r"([a-z]+\.)?youtube(-nocookie)?\.com|youtu\.be", "si|pp|feature"),
        (r"open\.spotify\.com", "si"),
        (r"([a-z]+\.)?(twitter|x)\.com", "s|t|ref_src|ref_url"),
        (r"([a-z]+\.)?linkedin\.com", "trk|trackingid|lipi|lici|refid|midtoken|midsig|otptoken"),
        (r"([a-z]+\.)?tiktok\.com", "_r|_t"),
    )
)
"""What else tracks at some hosts, by names that mean something elsewhere."""
_PAIR = re.compile(r"(^[?#]|&amp;|[&;])([^&;]*)")
_IN_A_STEP = re.compile(r";([^;/=]+)(=[^;/]*)?")
_SHORTENERS = re.compile(
    r"""(?:www\.)?(bit\.ly|bitly\.com|j\.mp|tinyurl\.com|tiny\.cc|t\.co|t\.ly|goo\.gl|g\.co|forms\.gle|ow\.ly|is\.gd|v\.gd
    |buff\.ly|rebrand\.ly|cutt\.ly|lnkd\.in|rb\.gy|shorturl\.at|s\.id|bl\.ink|dlvr\.it|fb\.me|aka\.ms|1drv\.ms
    |wp\.me|kutt\.it|short\.io|.*\.mimecast\.com|.*\.mimecastprotect\.com|.*\.sendgrid\.net|.*\.list-manage\.com
    |.*\.mailanyone\.net|secure-web\.cisco\.com|.*\.protection\.sophos\.com)""",
    re.IGNORECASE | re.VERBOSE,
)
_MAIL_INSIDE = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)*\.[a-z]{2,}(?!\w)", re.IGNORECASE)


class Outcome(StrEnum):
    """What becomes of a link."""

    OK = "ok"
    CLEAN = "clean"
    BLOCK = "block"
    REFUSE = "refuse"


class Refusal(StrEnum):
    """Why a link is not accepted."""

    SCHEME = "scheme"
    USER = "user"
    HOST = "host"
    PHONE = "phone"
    ADDRESS = "address"


class Concern(StrEnum):
    """What people should know about a link that goes out."""

    SHORTENED = "shortened"
    FOR_STAFF = "for_staff"
    NAMES_SOMEBODY = "names_somebody"
    UNENCRYPTED = "unencrypted"


@dataclass(frozen=True)
class Verdict:
    """What becomes of a link: the `url` that goes out (or would, if it blocks), or why it is refused.

    `url` is one of OWN_WORDS where each reader gets a link of their own. `page` names whose reader's page a link
    that blocks leads to.
    """

    outcome: Outcome
    url: str = ""
    refusal: Refusal | None = None
    page: str = ""


@lru_cache(maxsize=1024)
def judge(typed: str, base_url: str = "") -> Verdict:
    """The verdict on an address as somebody typed or pasted it; `base_url` tells which links are our own.

    Judging what went out again changes nothing.
    """
    verdict = _judged(_INVISIBLE.sub("", typed).strip().removeprefix("<").removesuffix(">").strip())
    page = personal_page(f"{typed} {verdict.url}", base_url)
    if page and verdict.outcome is not Outcome.REFUSE:
        return replace(verdict, outcome=Outcome.BLOCK, page=page)
    return verdict


def personal_page(text: str, base_url: str) -> str:
    """The page of one reader's own that a link anywhere in `text` leads to, such as "voorkeuren"; else empty.

    However it is written: other capitals, a port, percent-encoding, inside another address.
    """
    found = _our_page(base_url, PERSONAL_PAGES, r"[\\/]+[\w-]").search(_decoded(text)) if base_url else None
    return found[1] if found else ""


def concerns(url: str, base_url: str = "") -> tuple[Concern, ...]:
    """What people should know about `url`, which was judged before."""
    address = urlsplit(url)
    web = address.scheme in ("http", "https")
    checks = (
        (Concern.SHORTENED, web and bool(_SHORTENERS.fullmatch(address.hostname or ""))),
        (
            Concern.FOR_STAFF,
            bool(base_url and _our_page(base_url, ("redactie",), r"\b").search(_decoded(url))),
        ),
        (Concern.NAMES_SOMEBODY, web and bool(_MAIL_INSIDE.search(unquote(url)))),
        (Concern.UNENCRYPTED, address.scheme == "http"),
    )
    return tuple(concern for concern, applies in checks if applies)


def _judged(text: str) -> Verdict:
    if text.casefold() in OWN_WORDS:
        return Verdict(Outcome.OK, text.casefold())
    if text[:4].casefold() == "www.":
        text = f"https://{text}"
    elif _MAILBOX.fullmatch(text):
        text = f"mailto:{text}"
    scheme, colon, rest = text.partition(":")
    match scheme.lower() if colon else "":
        case "http" | "https":
            return _web(text)
        case "mailto":
            return _mailbox(rest)
        case "tel":
            return _phone(rest)
    return _refused(Refusal.SCHEME if _SCHEME.match(text) else Refusal.ADDRESS)


def _refused(refusal: Refusal) -> Verdict:
    return Verdict(Outcome.REFUSE, refusal=refusal)


def _web(text: str) -> Verdict:
    inside, layers = text, 0
    while (deeper := unwrapped(inside)) and layers < _MOST_LAYERS:
        inside, layers = deeper, layers + 1
    if deeper:
        return _refused(Refusal.ADDRESS)
    parts = _PARTS.fullmatch(inside)
    if parts is None:
        return _out_of_its_wrapper(inside) if layers else _refused(Refusal.ADDRESS)
    scheme, slashes, netloc, path, query, fragment = (part or "" for part in parts.groups())
    if "@" in netloc or "@" in path.partition("/")[0]:
        return _refused(Refusal.USER)
    place = _place(netloc) if slashes else ""
    if not place or path.startswith("\\"):
        return _refused(Refusal.HOST)
    typed, kept = (path, query, fragment), _untracked(place, path, query, fragment)
    path, query, fragment = kept
    url = f"{scheme.lower()}://{place}{_encoded(path, _IN_PATH)}{_encoded(query, _IN_QUERY)}"
    url += _encoded(fragment[:1]) + _encoded(fragment[1:], _IN_QUERY) if fragment else ""
    return Verdict(Outcome.CLEAN if layers or kept != typed else Outcome.OK, url)


def _out_of_its_wrapper(text: str) -> Verdict:
    verdict = _judged(text)
    return replace(verdict, outcome=Outcome.CLEAN) if verdict.url else verdict


def _place(netloc: str) -> str:
    """Host and port of a full address as they go out; empty where they are none."""
    host, colon, port = netloc.partition(":")
    host = host if host.isascii() else _in_ascii(host)
    labels = host.removesuffix(".").split(".")
    if len(labels) < 2 or not all(map(_LABEL.fullmatch, labels)):
        return ""
    if colon and not (port.isascii() and port.isdigit() and int(port) < 65536):
        return ""
    return host + colon + port


def _in_ascii(host: str) -> str:
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        return ""


def _untracked(place: str, path: str, query: str, fragment: str) -> tuple[str, str, str]:
    """The three parts of an address at `place` without the parameters that tell readers apart, wherever they stand."""
    below, question, behind = fragment.partition("?")
    hosts = [names for host, names in _TRACKING_AT if host.fullmatch(place)]
    path = _IN_A_STEP.sub(lambda found: "" if _tracks(found[1], hosts) else found[0], path)
    return path, _kept(query, hosts), _kept(below, hosts) + _kept(question + behind, hosts)


def _kept(part: str, hosts: list[re.Pattern[str]]) -> str:
    """A query or fragment without the parameters that only track, also where it was copied out of HTML."""
    pairs = [(sign, pair) for sign, pair in _PAIR.findall(part) if not _tracks(pair.partition("=")[0], hosts)]
    if len(pairs) == len(_PAIR.findall(part)):
        return part
    text = "".join(sign + pair for sign, pair in pairs).removeprefix(pairs[0][0]) if pairs else ""
    return part[0] + text if text else ""


def _tracks(name: str, hosts: list[re.Pattern[str]]) -> bool:
    return any(known.fullmatch(unquote(name)) for known in (_TRACKING, *hosts))


def _encoded(text: str, safe: str = "#") -> str:
    return quote(_STRAY_PERCENT.sub("%25", text), safe=safe)


def _mailbox(rest: str) -> Verdict:
    address, question, query = rest.partition("?")
    mailbox = unquote(address).strip()
    if not _MAILBOX.fullmatch(mailbox):
        return _refused(Refusal.ADDRESS)
    return Verdict(
        Outcome.OK, f"mailto:{quote(mailbox, safe=_IN_PATH)}{question}{_encoded(query, _IN_QUERY)}"
    )


def _phone(rest: str) -> Verdict:
    number = re.sub(r"[\s().\-–/]", "", unquote(rest).replace("(0)", ""))
    if not _PHONE.fullmatch(number):
        return _refused(Refusal.PHONE)
    return Verdict(Outcome.OK, f"tel:{number}")


def _decoded(text: str) -> str:
    for _layer in range(_MOST_LAYERS):
        decoded = unquote(unescape(text))
        if decoded == text:
            break
        text = decoded
    return normalize("NFKC", text).lower()


@lru_cache
def _our_page(base_url: str, pages: tuple[str, ...], then: str) -> re.Pattern[str]:
    host = (urlsplit(base_url).hostname or "").lower()
    names = {re.escape(host), re.escape(_in_ascii(host) or host), re.escape(_in_unicode(host))}
    return re.compile(
        rf"(?<![a-z0-9.-])(?:www\.)?(?:{'|'.join(sorted(names))})\.?(?::\d+)?"
        rf"(?:[\\/][^\s?#]{{0,300}}?)?[\\/]({'|'.join(pages)}){then}"
    )


def _in_unicode(host: str) -> str:
    try:
        return idna.decode(host)
    except idna.IDNAError:
        return host
