"""Rows that a sender has claimed and not handed over yet, each waiting for its turn."""

from collections import deque
from collections.abc import Iterable, Iterator
from math import inf

from newsletter_service.delivery.ledger.claims import Claimed
from newsletter_service.delivery.worker.rate_limits import RateLimiter

LONG = 5.0
"""Seconds a row waits here for its domain; beyond that it waits in the ledger, where any sender can find it."""


class ReadyQueue:
    """First come, first served, but a domain that may not have more letters just now holds up nobody else.

    Rows that nobody has looked at yet are `unseen`; those whose domain could have no more are `blocked`.
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
        """How many rows may well go at once."""
        return len(self._unseen)

    def waiting_for(self, domain: str) -> int:
        """How many rows wait for a domain."""
        return len(self._waiting.get(domain, ()))

    def waited_for(self, by: int) -> set[str]:
        """The domains that so many rows wait for."""
        return {domain for domain, rows in self._waiting.items() if len(rows) >= by}

    def add(self, rows: Iterable[Claimed], *, first: bool = False) -> None:
        """Put rows at the end, or `first` of all, in their order."""
        if first:
            self._unseen.extendleft(reversed(list(rows)))
        else:
            self._unseen.extend(rows)

    def have_wait(self, rows: Iterable[Claimed]) -> None:
        """Put rows behind those that wait for the same domain."""
        for row in rows:
            self._have_wait(row)
            self._again_at = 0.0

    def take(self, count: int, now: float) -> list[Claimed]:
        """Up to `count` rows that may start at `now` (monotonic seconds); the pacer counts them as started.

        Unseen rows and each domain that others wait for get one in turn.
        """
        room = min(count, self.limiter.room(now))
        taken: list[Claimed] = []
        turns, in_vain = self._turns, 0
        while len(taken) < room and in_vain < len(turns):
            domain = turns[0]
            row = self._first_unseen(now) if domain is None else self._first_waiting(domain, now)
            if row is not None:
                taken.append(row)
                in_vain = 0
            elif domain is not None and domain not in self._waiting:
                turns.popleft()
                continue
            else:
                in_vain += 1
            turns.rotate(-1)
        self._again_at = now if in_vain < len(turns) else self._opens_at(now)
        self.limiter.started(len(taken), now)
        return taken

    def _first_unseen(self, now: float) -> Claimed | None:
        unseen, waiting, start = self._unseen, self._waiting, self.limiter.start
        while unseen:
            row = unseen.popleft()
            if row.domain not in waiting and start(row.domain, now):
                return row
            self._have_wait(row)
        return None

    def _have_wait(self, row: Claimed) -> None:
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
        """Seconds after which it is worth taking again, if no answer comes before; inf with nothing here."""
        if not len(self):
            return inf
        if self._unseen:
            return self.limiter.wait(now)
        return max(self.limiter.wait(now), self._again_at - now, 0.0)

    def resting(self, now: float) -> list[tuple[str, float]]:
        """The domains that rows wait for here which should not: they are to be left alone for long, in seconds."""
        waits = [(domain, self.limiter.wait_for(domain, now)) for domain in self._waiting]
        return [(domain, wait) for domain, wait in waits if LONG <= wait < inf]

    def give_up(self, domain: str) -> list[Claimed]:
        """Take out all rows that wait for a domain."""
        rows = self._waiting.pop(domain, ())
        self.blocked -= len(rows)
        return list(rows)

    def clear(self) -> list[Claimed]:
        """Take out all rows."""
        rows = list(self)
        self._unseen.clear()
        self._waiting.clear()
        self._turns = deque([None])
        self.blocked = 0
        return rows
