"""Which column of a spreadsheet is which, by what people write above it, and the words in their cells."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from newsletter_service.languages import DEFAULT_LANGUAGE, Language
from newsletter_service.subscriptions.rules import Status

T = TypeVar("T")

HEADINGS = {
    "address": "E-mailadres",
    "name": "Naam",
    "language": "Taal",
    "segments": "Doelgroepen",
    "topics": "Thema's",
    "status": "Status",
    "confirmed_at": "Bevestigd op",
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
    "language": ("taal", "language"),
    "segments": ("doelgroepen", "segments", "doelgroep", "segment"),
    "topics": ("themas", "topics", "thema", "topic"),
    "status": ("status",),
    "confirmed_at": ("bevestigdop", "confirmedat", "bevestigd"),
    "address_hash": ("sleutelvanhetadres", "addresshash"),
    "reason": ("reden", "reason"),
    "since": ("sinds", "since"),
}
"""What may stand above each column, without case and signs; of two that are there the earlier one counts."""

STATUS_WORDS = {Status.ACTIVE: "actief", Status.PENDING: "wacht op bevestiging", Status.LEFT: "afgemeld"}
SUPPRESSED_WORD = "niet meer mailen"
LANGUAGE_WORDS = {"nl": "Nederlands", "en": "Engels"}

_STATUS = {
    **{word: status for status, word in STATUS_WORDS.items()},
    **{str(status): status for status in Status},
    "aangemeld": Status.ACTIVE,
    "subscribed": Status.ACTIVE,
    "uitgeschreven": Status.LEFT,
    "unsubscribed": Status.LEFT,
    "opgezegd": Status.LEFT,
    SUPPRESSED_WORD: Status.LEFT,
    "nog niet bevestigd": Status.PENDING,
    "unconfirmed": Status.PENDING,
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


class UnknownWord(ValueError):
    """A cell says something that is none of the known words; the message says which would do."""

    def __init__(self, word: str, known: Iterable[str]) -> None:
        super().__init__(", ".join(sorted(known)))
        self.word = word


def columns_of(header: Iterable[str]) -> dict[str, int]:
    """The place of each known column, by its name; ValueError where two have the same name."""
    places: dict[str, int] = {}
    plain = [_plain(title) for title in header]
    for column, names in _NAMES.items():
        written = next((name for name in names if name in plain), None)
        if written is None:
            continue
        if plain.count(written) > 1:
            raise ValueError(f"names the column {written!r} twice")
        places[column] = plain.index(written)
    return places


def has_addresses(header: Iterable[str]) -> bool:
    """Whether this row can stand above readers."""
    return not {_plain(title) for title in header}.isdisjoint(_NAMES["address"])


def unused(header: Iterable[str], places: Mapping[str, int]) -> Iterator[str]:
    """The titles of columns that nothing is taken from."""
    for place, title in enumerate(header):
        if title.strip() and place not in places.values():
            yield title.strip()


def status_of(cell: str) -> Status:
    """The status that a cell names, in Dutch or English; an empty one means active."""
    return _known(cell, _STATUS) if cell else Status.ACTIVE


def language_of(cell: str) -> Language:
    """The language (nl or en) that a cell names; an empty one means Dutch."""
    return _known(cell, _LANGUAGES) if cell else DEFAULT_LANGUAGE


def slugs_of(cell: str, known: Mapping[str, str]) -> frozenset[str]:
    """The slugs that a cell names, by slug or name (`known`, in lower case): by blanks, or by commas and the like."""
    found = set()
    for part in (part.strip() for part in re.split(r"[,;|\n]", cell)):
        if part.casefold() in known:
            found.add(known[part.casefold()])
        else:
            found |= {_known(word, known) for word in part.split()}
    return frozenset(found)


def is_empty(cell: str) -> bool:
    """Whether a cell holds nothing, or what programs and people write for nothing: NULL, "-", "n.v.t."."""
    return not cell or cell.casefold() in _EMPTY


def _known(cell: str, words: Mapping[str, T]) -> T:
    try:
        return words[cell.casefold()]
    except KeyError:
        raise UnknownWord(cell, words) from None


def _plain(title: str) -> str:
    return re.sub(r"[\W_]+", "", title).casefold()
