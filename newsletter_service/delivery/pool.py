"""Rows that a sender has claimed and not handed over yet, each waiting for its turn."""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from newsletter_service.delivery.ledger import Claimed
from newsletter_service.delivery.pacing import Pacer


@dataclass
class Pool:
    """First come, first served, but a domain that may not have more letters just now holds up nobody else."""

    pacer: Pacer
    _next: deque[Claimed] = field(default_factory=deque)
    _waiting: defaultdict[str, deque[Claimed]] = field(default_factory=lambda: defaultdict(deque))

    def __len__(self) -> int:
        return len(self._next) + self.blocked

    def __iter__(self) -> Iterator[Claimed]:
        yield from self._next
        for rows in self._waiting.values():
            yield from rows

    @property
    def blocked(self) -> int:
        """How many rows wait for their domain."""
        return sum(map(len, self._waiting.values()))

    def add(self, rows: Iterable[Claimed], *, first: bool = False) -> None:
        """Put rows at the end, or `first` of all, in their order."""
        if first:
            self._next.extendleft(reversed(list(rows)))
        else:
            self._next.extend(rows)

    def take(self, count: int, now: float) -> list[Claimed]:
        """Up to `count` rows that may start at `now` (monotonic seconds); the pacer counts them as started."""
        taken: list[Claimed] = []
        for domain in list(self._waiting):
            self._take_waiting(domain, count, now, taken)
        while len(taken) < count and self._next:
            row = self._next.popleft()
            if row.domain in self._waiting or self.pacer.wait(row.domain, now) > 0:
                self._waiting[row.domain].append(row)
            else:
                self.pacer.started(row.domain, now)
                taken.append(row)
        return taken

    def _take_waiting(self, domain: str, count: int, now: float, taken: list[Claimed]) -> None:
        rows = self._waiting[domain]
        while rows and len(taken) < count and self.pacer.wait(domain, now) == 0:
            self.pacer.started(domain, now)
            taken.append(rows.popleft())
        if not rows:
            del self._waiting[domain]

    def wait(self, now: float) -> float | None:
        """Seconds after which it is worth taking again; None with nothing here."""
        if self._next:
            return 0.0
        return min((self.pacer.wait(domain, now) for domain in self._waiting), default=None)

    def overflow(self, keep: int, now: float) -> Iterator[tuple[Claimed, float]]:
        """Take out what waits for a domain beyond its first `keep` rows, or for longer than a moment.

        With each row: the seconds that its domain wants to be left alone.
        """
        for domain in list(self._waiting):
            rows, wait = self._waiting[domain], self.pacer.wait(domain, now)
            kept = deque(rows.popleft() for _ in range(min(keep if wait < LONG else 0, len(rows))))
            yield from ((row, wait) for row in rows)
            if kept:
                self._waiting[domain] = kept
            else:
                del self._waiting[domain]

    def clear(self) -> None:
        """Forget all rows."""
        self._next.clear()
        self._waiting.clear()


LONG = 5.0
"""Seconds a row waits here for its domain; beyond that it waits in the ledger, where any sender can find it."""
