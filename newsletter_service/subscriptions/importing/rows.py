"""Lines of a list as the rows that they become, and the file in which those wait until they are written.

Memory would hold 100,000 of them only just, and while they are written nobody else writes: both are kept short here.
"""

import marshal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import IO, NamedTuple

from newsletter_service.audience.rules import ListedDomain
from newsletter_service.budgets.rules import USUAL_LIMITS, FormLimits
from newsletter_service.subscriptions.consent.rules import By
from newsletter_service.subscriptions.consent.service import Proof
from newsletter_service.subscriptions.importing.rules import Answers

Values = tuple[str | int | None, ...]
AT_ONCE = 1000
SUBSCRIBER_COLUMNS = (
    "address",
    "address_hmac",
    "domain",
    "name",
    "organisation",
    "language",
    "status",
    "link_key",
    "search",
    "asked_at",
    "confirmed_at",
    "paused_until",
)
CLAIM_COLUMNS = (
    "segment_id",
    "claimed_at",
    "state",
    "decided_at",
    "decided_by_id",
    "evidence",
    "source",
    "until",
)


@dataclass(frozen=True)
class Offers:
    """What readers may belong to and choose, as ids by slug; how segments prove themselves, and for how long."""

    segments: Mapping[str, int]
    topics: Mapping[str, int]
    domains: Mapping[int, tuple[ListedDomain, ...]]
    term: timedelta


@dataclass(frozen=True)
class Bringing:
    """A list that is brought: what is said of it, when, by whom, under which name and number (None: by a command);
    the key of hashes, and the limits to what it may ask by mail.
    """

    answers: Answers
    suppression_key: str
    now: datetime
    by: By
    file_name: str = "import"
    list_id: int | None = None
    limits: FormLimits = USUAL_LIMITS


class Row(NamedTuple):
    """A line as bare values: its number and where it stood there, and what is written of its reader if they come in.

    The last four are rows of the reader, of their claims, of their topics and of the proof, which all lack only the
    reader's number.
    """

    number: int
    stood: str
    address: str
    hashed: str
    left_at: str
    subscriber: Values
    claims: tuple[Values, ...]
    topics: tuple[int, ...]
    proofs: tuple[Proof, ...]


class Rows:
    """All rows of a list, in a file."""

    offers: Offers
    """What they were made by."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._piece: list[Row] = []
        self._sizes: list[int] = []
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def append(self, row: Row) -> None:
        """Add one more."""
        self._piece.append(row)
        self._length += 1
        if len(self._piece) == AT_ONCE:
            self._write()

    def pieces(self) -> Iterator[list[Row]]:
        """All of them from the first on, some at a time."""
        self._write()
        self._file.seek(0)
        for size in self._sizes:
            yield [Row._make(values) for values in marshal.loads(self._file.read(size))]  # noqa: S302  # written above

    def _write(self) -> None:
        if self._piece:
            self._sizes.append(self._file.write(marshal.dumps([tuple(row) for row in self._piece])))
            self._piece = []


@contextmanager
def waiting_rows() -> Iterator[Rows]:
    """Rows that wait in a file without a name, which is nobody's after the block."""
    with TemporaryFile() as file:
        yield Rows(file)
