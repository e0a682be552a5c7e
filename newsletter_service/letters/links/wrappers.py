"""Takes off what mail programs and social media put around an address, which often names the person who clicked it."""

import re
from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from urllib.parse import unquote

_PARTS = re.compile(r"https?://(?:[^/?#@]*@)?([^/?#:]+)(?::\d*)?([^?#]*)(?:\?([^#]*))?", re.IGNORECASE)
_IN_A_PARAMETER = (
    (r"(.+\.)?safelinks\.protection\.(outlook\.com|office365\.us|partner\.outlook\.cn)", r"", ("url",)),
    (r"statics\.teams\.cdn\.(office|live)\.net", r".*safelinks", ("url",)),
    (r"(.+\.)?safelink\.emails\.azure\.net", r"/redirect", ("destination",)),
    (r"urldefense\.(proofpoint\.)?(com|us)", r"/v1/", ("u",)),
    (r"linkprotect\.cudasvc\.com", r"/url", ("a",)),
    (r"clicktime\.symantec\.com", r"", ("u",)),
    (r"protect\d?\.fireeye\.com", r".*/url", ("u",)),
    (r"(.+\.)?trendmicro\.com", r"/wis/clicktime", ("url",)),
    (r"(www\.)?google(\.[a-z]{2,3}){1,2}", r"/url", ("q", "url")),
    (r"lm?\.(facebook|instagram|messenger|threads)\.(com|net)", r"", ("u",)),
    (r"(www\.)?facebook\.com", r"/l\.php", ("u",)),
    (r"(www\.)?linkedin\.com", r"/(safety/go|redir/redirect)", ("url",)),
    (r"(www\.)?youtube\.com", r"/redirect", ("q",)),
    (r"out\.reddit\.com", r"", ("url",)),
    (r"slack-redir\.net", r"/link", ("url",)),
    (r"duckduckgo\.com", r"/l/", ("uddg",)),
    (r"t\.umblr\.com", r"/redirect", ("z",)),
)
"""A host, the beginning of a path, and the parameters that may hold the address."""

_PROOFPOINT_2 = re.compile(
    r"https?://urldefense\.(?:proofpoint\.)?(?:com|us)/v2/url\?(?:.*?&)?u=([^&#]+)", re.IGNORECASE
)
_PROOFPOINT_3 = re.compile(r"https?://urldefense\.(?:com|us)/v3/__(.+?)__;([^!]*)!", re.IGNORECASE)
_SINGLE_SLASH = re.compile(r"^(https?:/)(?=[^/])", re.IGNORECASE)
_REPLACED = re.compile(r"\*(\*.)?")
_RUN_LENGTHS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def unwrapped(url: str) -> str:
    """The address inside `url`, one layer off; empty where there is none."""
    if second := _PROOFPOINT_2.match(url):
        return unquote(second[1].translate(str.maketrans("-_", "%/")))
    if third := _PROOFPOINT_3.match(url):
        return _from_proofpoint(third[1], third[2])
    return _from_parameter(url)


def _from_parameter(url: str) -> str:
    parts = _PARTS.match(url)
    if parts is None:
        return ""
    host, path, query = parts[1].lower(), parts[2], parts[3] or ""
    values = dict(reversed([pair.split("=", 1) for pair in query.split("&") if "=" in pair]))
    for known, beginning, names in _IN_A_PARAMETER:
        if re.fullmatch(known, host) and re.match(beginning, path):
            return next((unquote(values[name]) for name in names if values.get(name)), "")
    return ""


def _from_proofpoint(inside: str, replaced: str) -> str:
    """The third kind writes a star, or two and a length, for characters that follow in base64."""
    try:
        rest = urlsafe_b64decode(replaced + "=" * (-len(replaced) % 4)).decode("utf-8")
    except (Base64Error, UnicodeDecodeError):
        rest = ""
    characters = iter(rest)

    def restored(star: re.Match[str]) -> str:
        run = _RUN_LENGTHS.find(star[0][2]) + 2 if star[1] else 1
        return "".join(next(characters, "") for _ in range(run)) or star[0]

    return _REPLACED.sub(restored, _SINGLE_SLASH.sub(r"\1/", inside))
