"""Which column of a list is which, by what people and programs write above it, and the words in its cells."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from newsletter_service.languages import DEFAULT_LANGUAGE, Language
from newsletter_service.subscriptions.importing.programs import Program, program_of
from newsletter_service.subscriptions.importing.rules import Problem, Standing, Unusable

T = TypeVar("T")

HEADINGS = {
    "address": "E-mailadres",
    "name": "Naam",
    "organisation": "Organisatie",
    "language": "Taal",
    "segments": "Doelgroepen",
    "topics": "Thema's",
    "status": "Status",
    "asked_at": "Aangemeld op",
    "confirmed_at": "Bevestigd op",
    "left_at": "Afgemeld op",
    "paused_until": "Stil tot",
    "verified": "Gecontroleerd voor",
    "address_hash": "Sleutel van het adres",
    "reason": "Reden",
    "since": "Sinds",
}
"""The columns that we write, and the heading of each."""

_NUMBERED = ("emailadres1", "email1", "email1value", "emailaddress1")
_AT_WORK = ("emailwerk", "emailadreswerk", "emailzakelijk", "zakelijkemailadres")
_NAMES = {
    "address": (
        "emailadres",
        "email",
        "emailaddress",
        "address",
        "mailadres",
        "mail",
        "epost",
        *_NUMBERED,
        *_AT_WORK,
        "adres",
    ),
    "name": ("naam", "name", "volledigenaam", "fullname", "weergavenaam", "displayname"),
    "first_name": ("voornaam", "firstname", "roepnaam"),
    "infix": ("tussenvoegsel", "tussenvoegsels", "infix", "middelstenaam"),
    "last_name": ("achternaam", "lastname", "surname"),
    "organisation": ("organisatie", "organisation", "organization", "bedrijf", "bedrijfsnaam", "company"),
    "language": ("taal", "language"),
    "segments": ("doelgroepen", "segments", "doelgroep", "segment"),
    "topics": ("themas", "topics", "thema", "topic"),
    "status": ("status", "subscriptionstatus", "deliverystatus"),
    "asked_at": (
        "aangemeldop",
        "askedat",
        "inschrijfdatum",
        "datuminschrijving",
        "aanmelddatum",
        "signupdate",
    ),
    "confirmed_at": ("bevestigdop", "confirmedat", "bevestigd", "confirmdate", "confirmtime"),
    "left_at": ("afgemeldop", "leftat", "uitschrijfdatum", "uitgeschrevenop", "unsubscribedat", "unsubtime"),
    "bounced_at": ("cleantime",),
    "paused_until": ("stiltot", "pauzetot", "pauseduntil"),
    "source": ("bronvantoestemming", "consentsource", "sourceurl"),
    "verified": ("gecontroleerdvoor", "verified"),
    "address_hash": ("sleutelvanhetadres", "addresshash"),
    "reason": ("reden", "reason"),
    "since": ("sinds", "since"),
}
"""What may stand above each column, without case and signs; of two that are there the earlier one counts."""

MAY_CHOOSE = tuple(name for name in _NAMES if name not in {"address_hash", "reason", "since"})
"""The columns that somebody may say a column of their file to be."""

STATUS_WORDS = {
    Standing.ACTIVE: "actief",
    Standing.PENDING: "wacht op bevestiging",
    Standing.LEFT: "afgemeld",
    Standing.BOUNCED: "onbestelbaar",
    Standing.BLOCKED: "niet meer mailen",
}
SUPPRESSED_WORD = STATUS_WORDS[Standing.BLOCKED]
LANGUAGE_WORDS = {"nl": "Nederlands", "en": "Engels"}

_STATUS_NAMES = {
    Standing.ACTIVE: (
        *("aangemeld", "ingeschreven", "geabonneerd", "subscribed", "enabled", "confirmed"),
        *("bevestigd", "regular", "digest", "mime digests", "plaintext digests", "summary digests"),
    ),
    Standing.PENDING: (
        *("nog niet bevestigd", "niet bevestigd", "onbevestigd", "unconfirmed", "wacht"),
        *("nonsubscribed", "non subscribed", "archived", "gearchiveerd"),
    ),
    Standing.LEFT: (
        *("uitgeschreven", "unsubscribed", "opgezegd", "uit", "disabled", "uitgeschakeld"),
        *("by user", "by moderator", "by admin", "nomail", "unknown"),
    ),
    Standing.BOUNCED: (
        *("cleaned", "opgeschoond", "bounce", "hard bounce", "hardbounce", "soft bounce", "by bounces"),
        *("by bounce", "gebounced", "teruggekomen", "undeliverable"),
    ),
    Standing.BLOCKED: (
        *("blocklisted", "blacklisted", "geblokkeerd", "suppressed", "complained", "complaint", "klacht"),
        *("abuse", "spam", "marked as spam"),
    ),
}
_STATUS = {
    **{str(standing): standing for standing in Standing},
    **{word: standing for standing, word in STATUS_WORDS.items()},
    **{word: standing for standing, words in _STATUS_NAMES.items() for word in words},
}
_LANGUAGES: dict[str, Language] = {
    "nl": "nl",
    "nederlands": "nl",
    "dutch": "nl",
    "en": "en",
    "engels": "en",
    "english": "en",
}
_EMPTY = frozenset({"null", "none", "nil", "-", "–", "—", "--", "n/a", "#n/a", "nvt", "n.v.t.", "onbekend"})
LONGEST_EMPTY = max(map(len, _EMPTY))


@dataclass(frozen=True)
class Columns:
    """Where each known column stands, and the program that wrote the file if its headings tell."""

    places: Mapping[str, int]
    program: Program | None = None

    @property
    def ignored(self) -> frozenset[str]:
        """Headings, without case and signs, that are known and that nothing is taken from."""
        return self.program.ignored if self.program else frozenset()


def columns_of(header: Iterable[str]) -> Columns:
    """The known columns of a header; Unusable where two have the same name."""
    plain = [plain_heading(title) for title in header]
    program = program_of(frozenset(plain))
    places: dict[str, int] = {}
    for column, names in _NAMES.items():
        own = program.columns.get(column, ()) if program else ()
        written = next((name for name in (*own, *names) if name in plain), None)
        if written is None:
            continue
        if plain.count(written) > 1:
            raise Unusable(Problem.TWICE_NAMED, about=written)
        places.setdefault(column, plain.index(written))
    return Columns(places, program)


def chosen_columns(header: Iterable[str], chosen: Iterable[str]) -> Columns:
    """The columns as somebody chose them, in the order of the file ("" for one that is not used)."""
    places: dict[str, int] = {}
    for place, column in enumerate(chosen):
        if column:
            places.setdefault(column, place)
    program = program_of(frozenset(plain_heading(title) for title in header))
    return Columns(places, program)


def has_addresses(header: Iterable[str]) -> bool:
    """Whether this row can stand above readers."""
    return not {plain_heading(title) for title in header}.isdisjoint(_NAMES["address"])


def unused(header: Iterable[str], columns: Columns) -> Iterator[str]:
    """The titles of columns that nothing is taken from, though nobody knows what they are."""
    for place, title in enumerate(header):
        taken = place in columns.places.values() or plain_heading(title) in columns.ignored
        if title.strip() and not taken:
            yield title.strip()


def status_of(cell: str) -> Standing:
    """Where a cell says that somebody stands, in the words of people and programs; an empty one means active."""
    return _status_in(cell) if cell else Standing.ACTIVE


@lru_cache(maxsize=1000)
def _status_in(cell: str) -> Standing:
    return _known("status", re.sub(r"[\s_-]+", " ", cell.casefold()), _STATUS)


def language_of(cell: str) -> Language:
    """The language (nl or en) that a cell names; an empty one means Dutch."""
    return _known("language", cell.casefold(), _LANGUAGES) if cell else DEFAULT_LANGUAGE


def slugs_of(column: str, cell: str, known: Mapping[str, str]) -> frozenset[str]:
    """The slugs that a cell names, by slug or name (`known`, in lower case): by blanks, or by commas and the like."""
    found = set()
    for part in (part.strip().casefold() for part in re.split(r"[,;|\n]", cell)):
        if part in known:
            found.add(known[part])
        else:
            found |= {_known(column, word, known) for word in part.split()}
    return frozenset(found)


def is_empty(cell: str) -> bool:
    """Whether a cell holds nothing, or what programs and people write for nothing: NULL, "-", "n.v.t."."""
    return not cell or (len(cell) <= LONGEST_EMPTY and cell.casefold() in _EMPTY)


def plain_heading(title: str) -> str:
    """A heading without case and signs, as headings are compared."""
    return re.sub(r"[\W_]+", "", title).casefold()


def _known(column: str, word: str, words: Mapping[str, T]) -> T:
    try:
        return words[word]
    except KeyError:
        raise Unusable(
            Problem.UNKNOWN_WORD, about=word, column=column, known=", ".join(sorted(words))
        ) from None
