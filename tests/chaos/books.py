"""What the mail server wrote down, held against what the ledger says."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.rules import DeliveryState


class Copy(NamedTuple):
    """A letter that the server accepted: when (steady seconds), by which door, and under which names it came."""

    at: float
    door: str
    message_id: str
    envelope_sender: str

    @property
    def names(self) -> tuple[str, str]:
        """What all copies of a letter share."""
        return self.message_id, self.envelope_sender


class Repeat(NamedTuple):
    """A letter that came again: the copy that had been accepted, and the one after it."""

    reader: str
    first: Copy
    second: Copy


@dataclass
class MailBook:
    """Reads on, as the server writes: which letters each reader was accepted for, and what broke the rules."""

    path: Path
    letters: defaultdict[str, list[Copy]] = field(default_factory=lambda: defaultdict(list))
    violations: list[str] = field(default_factory=list)
    doors: set[str] = field(default_factory=set)
    accepted: int = 0
    _read: int = 0
    _half: str = ""

    def read_on(self) -> int:
        """Take in what is new; how many letters were accepted up to now."""
        for line in self._new_lines():
            kind, *words = line.split("\t")
            if kind == "letter":
                at, door, recipient, *names = words
                self.letters[recipient].append(Copy(float(at), door, *names))
                self.doors.add(door)
                self.accepted += 1
            else:
                self.violations.append("\t".join(words))
        return self.accepted

    def _new_lines(self) -> Iterator[str]:
        with self.path.open(encoding="utf-8", newline="\n") as file:
            file.seek(self._read)
            text = file.read()
            self._read = file.tell()
        *lines, self._half = (self._half + text).split("\n")
        yield from lines


@dataclass(frozen=True)
class Account:
    """How an edition ended: readers without a letter, letters too many, and whatever nobody can explain."""

    missed: int
    repeats: tuple[Repeat, ...]
    unexplained: tuple[str, ...]

    @property
    def repeated(self) -> int:
        """How many letters there were too many."""
        return len(self.repeats)

    @property
    def unaccounted(self) -> int:
        """How much there is that the ledger does not tell, or tells otherwise."""
        return len(self.unexplained)


def settle_accounts(session: Session, mailing_id: int, intended: int, book: MailBook) -> Account:
    """Compare every row of a mailing with what the server accepted for its reader."""
    rows = session.scalars(select(Delivery).where(Delivery.mailing_id == mailing_id)).all()
    unexplained = [*book.violations]
    if len(rows) != intended:
        unexplained.append(f"{len(rows)} rows for {intended} readers")
    missed, repeats = 0, []
    for row in rows:
        letters = book.letters.get(row.address, [])
        missed += not letters
        repeats += [Repeat(row.address, *copies) for copies in pairwise(letters)]
        unexplained += _contradictions(row, letters)
    identities = [letters[0].names for letters in book.letters.values()]
    if len(set(identities)) != len(identities):
        unexplained.append("two readers got the same Message-ID")
    unexplained += [
        f"nobody meant {address}" for address in book.letters.keys() - {row.address for row in rows}
    ]
    return Account(missed, tuple(repeats), tuple(unexplained))


def _contradictions(row: Delivery, letters: list[Copy]) -> list[str]:
    found = []
    if row.state != DeliveryState.SENT or row.settled_at is None:
        found.append(f"row {row.id} ended as {row.state}, {'open' if row.settled_at is None else 'settled'}")
    if len(letters) > 1 and not row.ambiguous_attempts:
        found.append(f"row {row.id} went out {len(letters)} times and does not say so")
    if len({letter.names for letter in letters}) > 1:
        found.append(f"row {row.id} went out under several names: {letters}")
    return found
