"""Which recipient domains (and "", the SMTP server) back off, as all workers know it from the database."""

import random
import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from newsletter_service.delivery.ledger import claims, domain_backoff
from newsletter_service.delivery.rules import Verdict
from newsletter_service.delivery.worker.rate_limits import (
    LONGEST_BACKOFF_SECONDS,
    Backoff,
    Limits,
    RateLimiter,
    backoff_seconds,
    backs_off,
    least_failures,
)
from newsletter_service.delivery.worker.ready_queue import ReadyQueue
from newsletter_service.smtp.replies import Reply

_INTERVAL_SECONDS = 0.02
_LONGEST_SECONDS = 600.0
_TOGETHER_SECONDS = 0.1
_COUNTS_AS_FAILURE = (Verdict.DEFER, Verdict.REQUEUE, Verdict.UNCERTAIN)
_LONGEST_BACKOFF_SECONDS = 1.2 * LONGEST_BACKOFF_SECONDS
"""No domain backs off for longer: what says so was written by a clock that was ahead."""


def chance() -> float:
    """A random number from 0 to 1, by which what failed together is not tried again together."""
    return random.random()  # noqa: S311  # it keeps no secret


class DomainBackoffs:
    """One worker's view of them: what it finds out itself counts immediately, what others find out within a second."""

    def __init__(self, limiter: RateLimiter, limits: Limits) -> None:
        self._limiter = limiter
        self._interval = 1 / limits.domain_rate if limits.domain_rate else _INTERVAL_SECONDS
        self._backoffs: dict[str, Backoff] = {}
        self._turns: dict[str, float] = {}
        self._failed_at: dict[str, float] = {}

    def is_affected(self, domains: Iterable[str]) -> bool:
        """Whether a letter that was accepted for one of `domains` ends a backoff."""
        known = self._backoffs
        return bool(known) and ("" in known or any(domain in known for domain in domains))

    def read(self, connection: Connection, now: datetime) -> None:
        """Reads what all workers have found out."""
        steady = time.monotonic()
        self._backoffs = {
            domain: Backoff(steady + (seconds if seconds <= _LONGEST_BACKOFF_SECONDS else 0.0), failures)
            for domain, (failures, until) in domain_backoff.known(connection, now).items()
            for seconds in [(until - now).total_seconds()]
        }
        self._limiter.update_backoffs(self._backoffs)

    def refused(
        self, connection: Connection, domain: str, reply: Reply, verdict: Verdict, now: datetime
    ) -> None:
        """Takes in a letter that was not accepted: who is to blame gets a failure, and after some of them backs off."""
        to_blame = backs_off(reply, domain) if verdict in _COUNTS_AS_FAILURE else None
        if to_blame is None or self._just_failed(to_blame):
            return
        failures = domain_backoff.add_failure(connection, to_blame, str(reply), least_failures(reply), now)
        seconds = backoff_seconds(failures, chance())
        if seconds:
            domain_backoff.back_off(connection, to_blame, now + timedelta(seconds=seconds))
        self._backoffs[to_blame] = Backoff(time.monotonic() + seconds, failures)
        self._limiter.update_backoffs(self._backoffs)

    def _just_failed(self, domain: str) -> bool:
        """Letters that were in flight together are refused together: that is one failure."""
        now = time.monotonic()
        if now - self._failed_at.get(domain, float("-inf")) < _TOGETHER_SECONDS:
            return True
        self._failed_at[domain] = now
        return False

    def accepted(self, connection: Connection, domain: str) -> None:
        """Takes in a letter that was accepted: the failures of its domain, and of the server, are forgotten."""
        recovered = {domain, ""} & self._backoffs.keys()
        if recovered:
            domain_backoff.recovered(connection, recovered)
            for one in recovered:
                del self._backoffs[one]
                self._turns.pop(one, None)
            self._limiter.update_backoffs(self._backoffs)

    def park(self, connection: Connection, worker: str, queue: ReadyQueue, now: datetime) -> None:
        """Gives rows whose domain backs off for long back to the ledger, each with a turn of its own after that."""
        steady, turns = time.monotonic(), {}
        for domain, wait in queue.long_waits(steady):
            for row in queue.remove(domain):
                turns[row.delivery_id] = now + timedelta(seconds=self._turn(domain, steady + wait) - steady)
        claims.park(connection, worker, turns)

    def _turn(self, domain: str, earliest: float) -> float:
        """Returns the turn after the last one, but none much later than `earliest` (monotonic seconds)."""
        turn = max(self._turns.get(domain, 0.0), earliest) + self._interval
        self._turns[domain] = turn = min(turn, earliest + _LONGEST_SECONDS)
        return turn
