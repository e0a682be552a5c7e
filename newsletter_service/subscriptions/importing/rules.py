"""Pure decisions about lists of readers: what a line says, and what becomes of who is on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from newsletter_service.delivery.rules import BOUNCED, Suppressed
from newsletter_service.languages import Language
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.rules import Status

MOST_BYTES = 30 * 1024 * 1024
MOST_ROWS = 200_000
"""What one list may hold: a file this large is read in half a minute, within 250 MB."""
MOST_COLUMNS = 100
PROOF_LENGTH = 1000
PLACE_LENGTH = 150
KNOWN_FROM_LENGTH = 150
SOURCE_LENGTH = 150
FILE_NAME_LENGTH = 150
NOTHING: frozenset[str] = frozenset()


class Standing(StrEnum):
    """Where somebody stood on the list that they come from."""

    ACTIVE = "active"
    PENDING = "pending"
    LEFT = "left"
    BOUNCED = "bounced"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Verified:
    """That somebody was verified for a segment elsewhere: by what, and until when (None: for as long as here)."""

    segment: str
    source: str = ""
    until: datetime | None = None


class Line(NamedTuple):
    """One reader of a list; `segments` and `topics` are slugs, moments are aware. A tuple, as there are very many.

    `source` is where this reader's consent was given, if a column says so.
    """

    number: int
    address: Address
    name: str = ""
    organisation: str = ""
    language: Language = "nl"
    segments: frozenset[str] = NOTHING
    topics: frozenset[str] = NOTHING
    status: Standing = Standing.ACTIVE
    asked_at: datetime | None = None
    confirmed_at: datetime | None = None
    left_at: datetime | None = None
    paused_until: datetime | None = None
    verified: tuple[Verified, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class StayAway:
    """An address, as its keyed hash, that is not to come in by a list; for some `scope` also not to be mailed at all.

    `key` is the hash behind the fingerprint of the key that made it.
    """

    number: int
    key: str
    scope: Suppressed
    reason: str
    since: datetime


@dataclass(frozen=True)
class Proof:
    """What staff say of the consent of everybody on a list.

    `words` are what they agreed to, `place` is where, and `on` is when, for those of whom no column says it.
    """

    words: str
    place: str = ""
    on: date | None = None


@dataclass(frozen=True)
class Vouched:
    """That everybody on a list is verified for these segments (slugs), and by what."""

    segments: frozenset[str] = NOTHING
    source: str = ""


@dataclass(frozen=True)
class Answers:
    """What staff say of a list: what proves consent, and who is verified.

    A list that proves none `asks`: the words of its proof are then those that say from where its people are known.
    """

    proof: Proof
    vouched: Vouched = Vouched()
    asks: bool = False


class Fate(StrEnum):
    """What becomes of a line."""

    ADDED = "added"
    ASKED = "asked"
    CONFIRMED = "confirmed"
    KNOWN = "known"
    WAITS = "waits"
    SUPPRESSED = "suppressed"
    LEFT_BEFORE = "left_before"
    LEFT_THERE = "left_there"
    NOT_ACTIVE = "not_active"


STAYS_OUT = frozenset({Fate.SUPPRESSED, Fate.LEFT_BEFORE})
"""Addresses that may not be brought in. Which of the two it is is told to nobody who merely hands in a list."""


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody whose address is a reader's here already."""

    id: int
    status: Status
    was_confirmed: bool


def fate(stood: Standing, known: Known | None, kept_off: Suppressed | None, *, asks: bool = False) -> Fate:
    """What becomes of one line of a list, which proves consent or else `asks`, by what is known of its address here.

    Nobody comes back by a list: what they said here counts for more than what a list says of them.
    """
    if known is not None and asks:
        return Fate.KNOWN
    if known is not None:
        return _fate_of_known(stood, known, kept_off)
    if kept_off is Suppressed.ALL_MAIL:
        return Fate.SUPPRESSED
    if stood in REMEMBERED:
        return Fate.LEFT_THERE
    if kept_off is Suppressed.IMPORTS:
        return Fate.LEFT_BEFORE
    if stood is not Standing.ACTIVE:
        return Fate.NOT_ACTIVE
    return Fate.ASKED if asks else Fate.ADDED


def _fate_of_known(stood: Standing, known: Known, kept_off: Suppressed | None) -> Fate:
    """Somebody signed the address up and nobody has confirmed it yet: the list's proof does, if it can."""
    if known.status is not Status.PENDING or stood is not Standing.ACTIVE:
        return Fate.KNOWN
    return Fate.WAITS if kept_off is not None or known.was_confirmed else Fate.CONFIRMED


REMEMBERED: Mapping[Standing, tuple[Suppressed, str]] = {
    Standing.LEFT: (Suppressed.IMPORTS, "left"),
    Standing.BOUNCED: (Suppressed.IMPORTS, BOUNCED),
    Standing.BLOCKED: (Suppressed.ALL_MAIL, "blocked"),
}
"""What an address is kept off for where it stood like that elsewhere, and the reason that is kept with it."""


class Problem(StrEnum):
    """What is wrong or odd about a line, as operators read it; {about} is a word from the file or what would do."""

    UNREADABLE = "{about}"
    NO_ADDRESSES = "names no column with mail addresses, such as 'address'"
    TWICE_NAMED = "names the column {about!r} twice, or has that title merged over two columns"
    UNUSED = "the column {about!r} is not used"
    TOO_WIDE = "has more cells than the header"
    TOO_MANY = "is more than the {about} lines that one list may have"
    FOREIGN_KEY = (
        "has the hash of an address from a service with another SUPPRESSION_KEY, which cannot be recognised here. "
        "Start this copy with the suppression_key file of that service while it is empty, or leave such lines out"
    )
    BAD_KEY = "has a key of an address that this product did not write"
    BAD_REASON = "has no reason that this product writes beside the key of an address"
    AGAIN = "has the address of line {about} again"
    BAD_ADDRESS = "has no address that can be written to ({about})"
    NO_NAME = "{about!r} is not taken for a name"
    DAMAGED = "has a name with damaged letters: the file was once saved in a wrong encoding"
    BAD_NAME = "has a {column} that cannot be used ({about})"
    UNKNOWN_WORD = "has {about!r} as {column}; there are: {known}"
    FUTURE = "has a {column} that is still to come"
    LONG_PAUSE = "has a {column} that is more than a year away"
    NOT_A_MOMENT = "has a {column} that is not like 23-11-2026 09:00"
    NO_SUCH_TIME = "has a {column} that no clock showed in {about}"
    TWICE_THAT_HOUR = "has a {column} in the hour that came twice: add its offset, such as +0100"
    NOT_VERIFIED = "has {about!r} as verified, which names no segment"
    STILL_WAITS = "waits to be confirmed and still does: {about}"


@dataclass(frozen=True)
class Remark:
    """What is wrong or odd about a line, for whoever hands the list in; never quotes an address."""

    line: int
    problem: Problem
    about: Mapping[str, str] = field(default_factory=dict)

    @property
    def what(self) -> str:
        """The same in words, for the person at the command."""
        return self.problem.format(**{"about": "", "column": "", "known": ""} | dict(self.about))


class Unusable(ValueError):
    """A cell that cannot be used."""

    def __init__(self, problem: Problem, **about: str) -> None:
        super().__init__(problem)
        self.problem, self.about = problem, about
