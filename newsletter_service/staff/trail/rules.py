"""What an entry is sealed as, and whether a chain of sealed entries is whole; on plain values."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

BEGINNING = "0" * 64
"""What the first entry carries as the hash of the one before."""
FORGOTTEN = "audit.forget"
"""The entry that says where the chain begins once its oldest are forgotten: by `through` and `hash` of the last."""
_FORM = 1
_encoder = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_decoder = json.JSONDecoder()


class Entry(NamedTuple):
    """All that is sealed of an entry of the audit trail, as the database hands it over: nothing is parsed in vain.

    `at` is as `moment_text` writes it, `detail` is JSON as it was stored.
    """

    id: int
    at: str
    actor_id: int | None
    terminal: str
    action: str
    subject_type: str
    subject_id: int
    subject_key: str
    detail: str


class Link(NamedTuple):
    """One place of the chain: its number, the hash of the place before, its own, and its entry (None: it is gone)."""

    number: int
    before: str
    hash: str
    entry: Entry | None


class Head(NamedTuple):
    """The last place of a chain, as `number:hash`; a number of 0 is not known."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


class Fault(StrEnum):
    """What may be wrong with a chain."""

    CHANGED = "changed"
    GONE = "gone"
    OUT_OF_PLACE = "out of place"
    CUT_OFF = "cut off"
    UNSEALED = "unsealed"
    OTHER_HEAD = "other head"
    TOO_OLD = "too old"


@dataclass
class Verification:
    """What a walk along a chain found: its first and last place, and the first that is broken."""

    first: Link | None = None
    last: Link | None = None
    entries: int = 0
    fault: Fault | None = None
    number: int = 0
    entry: Entry | None = None
    seen_head: bool = False
    begins: set[Head] = field(default_factory=set)

    @property
    def head(self) -> Head:
        """Where the chain ends, as far as it holds."""
        return Head(self.last.number, self.last.hash) if self.last else Head(0, BEGINNING)

    def broken(self, fault: Fault, number: int, entry: Entry | None = None) -> "Verification":
        """The same, with its first fault."""
        self.fault, self.number, self.entry = fault, number, entry
        return self


def sealed(number: int, before: str, entry: Entry) -> str:
    """The hash of an entry at its place: of one line of JSON with a fixed order. ValueError: its detail is no JSON."""
    form = [_FORM, number, before, *entry[:-1], _decoder.decode(entry.detail)]
    return sha256(_encoder.encode(form).encode("utf-8", "surrogatepass")).hexdigest()


def moment_text(at: datetime) -> str:
    """A moment as it is sealed: in UTC, with six digits behind the second."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def parse_head(typed: str) -> Head:
    """A head as it was mailed, or only its hash. ValueError."""
    number, _, hashed = typed.strip().lower().rpartition(":")
    if len(hashed) != len(BEGINNING) or not set(hashed) <= set("0123456789abcdef"):
        raise ValueError("a head is NUMBER:HASH, or HASH alone: 64 digits from 0 to f")
    if number and not number.isdecimal():
        raise ValueError("the number before the hash is none")
    return Head(int(number or 0), hashed)


def walk(links: Iterable[Link], head: Head | None = None) -> Verification:
    """Go along a chain until its end or its first fault; `head` is a place that it once ended with."""
    found = Verification()
    for link in links:
        fault = _fault(link, found.last or _before(link))
        if fault is not None:
            return found.broken(fault, found.head.number + 1 if found.last else link.number, link.entry)
        _note(found, link, head)
    return _beginning_and_end(found, head)


def _before(link: Link) -> Link:
    """What stands in for the place before the first one."""
    return Link(link.number - 1, link.before, link.before, None)


def _fault(link: Link, last: Link) -> Fault | None:
    if link.number != last.number + 1 or link.entry is None:
        return Fault.GONE
    if link.before != last.hash:
        return Fault.OUT_OF_PLACE
    return None if link.hash == _sealed_now(link, link.entry) else Fault.CHANGED


def _sealed_now(link: Link, entry: Entry) -> str:
    """What an entry would be sealed as now; nothing where it can not even be read any more."""
    try:
        return sealed(link.number, link.before, entry)
    except ValueError:
        return ""


def _note(found: Verification, link: Link, head: Head | None) -> None:
    found.first, found.last, found.entries = found.first or link, link, found.entries + 1
    if head is not None and link.hash == head.hash and head.number in (0, link.number):
        found.seen_head = True
    if link.entry is not None and link.entry.action == FORGOTTEN:
        detail = _decoder.decode(link.entry.detail)
        found.begins.add(Head(detail.get("through", 0), detail.get("hash", "")))


def _beginning_and_end(found: Verification, head: Head | None) -> Verification:
    first = found.first
    begins = Head(first.number - 1, first.before) if first else Head(0, BEGINNING)
    if begins != Head(0, BEGINNING) and begins not in found.begins:
        said = [one.number for one in found.begins if one.number < begins.number]
        return found.broken(Fault.CUT_OFF, max(said, default=0) + 1)
    if head is None or found.seen_head or head == begins:
        return found
    if head.number and head.number < begins.number:
        return found.broken(Fault.TOO_OLD, head.number)
    return found.broken(Fault.OTHER_HEAD, _where_it_parts(found, head))


def _where_it_parts(found: Verification, head: Head) -> int:
    """The first place that is missing before `head`; where none is, the place of the head itself is another."""
    return min(head.number, found.head.number + 1) if head.number else found.head.number + 1
