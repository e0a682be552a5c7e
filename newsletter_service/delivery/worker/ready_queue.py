"""Rows that are claimed and not handed over yet, each waiting for its domain's turn."""

from collections import deque
from collections.abc import Iterable, Iterator
from math import inf

from newsletter_service.delivery.ledger.rows import Claimed
from newsletter_service.delivery.worker.rate_limits import RateLimiter

LONG = 5.0
"""The longest time in seconds that a row waits here for its domain; else it waits in the ledger, for any worker."""


class ReadyQueue:
    """First come, first served, but a domain that may not have more letters just now holds up no other.

    Rows are `unseen` until they are first considered; those whose domain could have no more are `blocked`.
    """

    def __init__(self, limiter: RateLimiter) -> None:
        self.blocked = 0
        self.limiter = limiter
        self._unseen: deque[Claimed] = deque()
        self._waiting: dict[str, deque[Claimed]] = {}
        self._turns: deque[str | None] = deque([None])  # domains that rows wait for; None are all unseen rows
        self._again_at = inf

    def __len__(self) -> int:
        return len(self._unseen) + self.blocked

    def __iter__(self) -> Iterator[Claimed]:
        yield from self._unseen
        for rows in self._waiting.values():
            yield from rows

    @property
    def unseen(self) -> int:
        """The number of rows that were not considered yet."""
        return len(self._unseen)

    def blocked_for(self, domain: str) -> int:
        """The number of rows that wait for a domain."""
        return len(self._waiting.get(domain, ()))

    def domains_with(self, count: int) -> set[str]:
        """The domains for which at least `count` rows wait."""
        return {domain for domain, rows in self._waiting.items() if len(rows) >= count}

    def add(self, rows: Iterable[Claimed], *, first: bool = False) -> None:
        """Adds rows at the end, or `first` of all, in their order."""
        if first:
            self._unseen.extendleft(reversed(list(rows)))
        else:
            self._unseen.extend(rows)

    def block(self, rows: Iterable[Claimed]) -> None:
        """Adds rows behind those that wait for the same domain."""
        for row in rows:
            self._block(row)
            self._again_at = 0.0

    def take(self, count: int, now: float) -> list[Claimed]:
        """Takes up to `count` rows that may start at `now` (monotonic seconds); the limiter counts them as started.

        Unseen rows and each domain that others wait for get one in turn.
        """
        room = min(count, self.limiter.room(now))
        taken: list[Claimed] = []
        turns, fruitless = self._turns, 0
        while len(taken) < room and fruitless < len(turns):
            domain = turns[0]
            row = self._first_unseen(now) if domain is None else self._first_waiting(domain, now)
            if row is not None:
                taken.append(row)
                fruitless = 0
            elif domain is not None and domain not in self._waiting:
                turns.popleft()
                continue
            else:
                fruitless += 1
            turns.rotate(-1)
        self._again_at = now if fruitless < len(turns) else self._opens_at(now)
        self.limiter.started(len(taken), now)
        return taken

    def _first_unseen(self, now: float) -> Claimed | None:
        unseen, waiting, start = self._unseen, self._waiting, self.limiter.start
        while unseen:
            row = unseen.popleft()
            if row.domain not in waiting and start(row.domain, now):
                return row
            self._block(row)
        return None

    def _block(self, row: Claimed) -> None:
        self.blocked += 1
        if row.domain in self._waiting:
            self._waiting[row.domain].append(row)
        else:
            self._waiting[row.domain] = deque([row])
            if row.domain not in self._turns:
                self._turns.append(row.domain)

    def _first_waiting(self, domain: str, now: float) -> Claimed | None:
        rows = self._waiting.get(domain)
        if not rows or not self.limiter.start(domain, now):
            return None
        self.blocked -= 1
        row = rows.popleft()
        if not rows:
            del self._waiting[domain]
        return row

    def _opens_at(self, now: float) -> float:
        return now + min((self.limiter.wait_for(domain, now) for domain in self._waiting), default=inf)

    def wait(self, now: float) -> float:
        """Seconds until rows can be taken again, if no reply comes before; inf without rows."""
        if not len(self):
            return inf
        if self._unseen:
            return self.limiter.wait(now)
        return max(self.limiter.wait(now), self._again_at - now, 0.0)

    def long_waits(self, now: float) -> list[tuple[str, float]]:
        """The domains whose rows should wait in the ledger, each with the seconds until it may have one."""
        waits = [(domain, self.limiter.wait_for(domain, now)) for domain in self._waiting]
        return [(domain, wait) for domain, wait in waits if LONG <= wait < inf]

    def remove(self, domain: str) -> list[Claimed]:
        """Takes out all rows that wait for a domain."""
        rows = self._waiting.pop(domain, ())
        self.blocked -= len(rows)
        return list(rows)

    def clear(self) -> list[Claimed]:
        """Takes out all rows."""
        rows = list(self)
        self._unseen.clear()
        self._waiting.clear()
        self._turns = deque([None])
        self.blocked = 0
        return rows
