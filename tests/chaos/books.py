"""What the mail server wrote down, held against what the ledger says."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.rules import State


@dataclass
class MailBook:
    """Reads on, as the server writes: which letters each reader was accepted for, and what broke the rules."""

    path: Path
    letters: defaultdict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    violations: list[str] = field(default_factory=list)
    accepted: int = 0
    _read: int = 0
    _half: str = ""

    def read_on(self) -> int:
        """Take in what is new; how many letters were accepted up to now."""
        for line in self._new_lines():
            kind, *words = line.split("\t")
            if kind == "letter":
                recipient, message_id, envelope_sender = words
                self.letters[recipient].append((message_id, envelope_sender))
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
    """How a mailing ended: readers without a letter, letters too many, and whatever nobody can explain."""

    missed: int
    repeated: int
    unexplained: tuple[str, ...]

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
    missed = repeated = 0
    for row in rows:
        letters = book.letters.get(row.address, [])
        missed += not letters
        repeated += max(0, len(letters) - 1)
        unexplained += _contradictions(row, letters)
    identities = [letters[0] for letters in book.letters.values()]
    if len(set(identities)) != len(identities):
        unexplained.append("two readers got the same Message-ID")
    unexplained += [
        f"nobody meant {address}" for address in book.letters.keys() - {row.address for row in rows}
    ]
    return Account(missed, repeated, tuple(unexplained))


def _contradictions(row: Delivery, letters: list[tuple[str, str]]) -> list[str]:
    found = []
    if row.state != State.SENT or row.settled_at is None:
        found.append(f"row {row.id} ended as {row.state}, {'open' if row.settled_at is None else 'settled'}")
    if len(letters) > 1 and not row.doubts:
        found.append(f"row {row.id} went out {len(letters)} times and does not say so")
    if len(set(letters)) > 1:
        found.append(f"row {row.id} went out under several names: {letters}")
    return found
