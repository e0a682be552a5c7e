"""What recipient domains (and the SMTP server, "") allow just now, as all senders know it from the database."""

import random
import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from newsletter_service.delivery.ledger import claims
from newsletter_service.delivery.ledger import domain_backoff as rests
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

_APART_SECONDS = 0.02
_LONGEST_SECONDS = 600.0
_TOGETHER_SECONDS = 0.1
_COUNTS_AS_FAILURE = (Verdict.DEFER, Verdict.REQUEUE, Verdict.UNCERTAIN)
_LONGEST_BACKOFF_SECONDS = 1.2 * LONGEST_BACKOFF_SECONDS
"""No domain rests for longer: what says so was written by a clock that was ahead."""


class DomainBackoffs:
    """One sender's view of them; what it learns itself it knows at once, what others learn within a second."""

    def __init__(self, limiter: RateLimiter, limits: Limits) -> None:
        self._limiter = limiter
        self._apart = 1 / limits.domain_rate if limits.domain_rate else _APART_SECONDS
        self._rests: dict[str, Backoff] = {}
        self._turns: dict[str, float] = {}
        self._failed_at: dict[str, float] = {}

    def is_affected(self, domains: Iterable[str]) -> bool:
        """Whether a letter that arrived at one of `domains` means anything to it."""
        rests = self._rests
        return bool(rests) and ("" in rests or any(domain in rests for domain in domains))

    def read(self, connection: Connection, now: datetime) -> None:
        """Take in what all senders have found out."""
        steady = time.monotonic()
        self._rests = {
            domain: Backoff(steady + (seconds if seconds <= _LONGEST_BACKOFF_SECONDS else 0.0), failures)
            for domain, (failures, until) in rests.known(connection, now).items()
            for seconds in [(until - now).total_seconds()]
        }
        self._limiter.rests(self._rests)

    def refused(
        self, connection: Connection, domain: str, reply: Reply, verdict: Verdict, now: datetime
    ) -> None:
        """Mind a letter that was put off: whoever is to blame gets a strike, and a rest after some."""
        to_blame = backs_off(reply, domain) if verdict in _COUNTS_AS_FAILURE else None
        if to_blame is None or self._just_failed(to_blame):
            return
        words = f"{reply.code or ''} {reply.text}".strip()
        failures = rests.strike(connection, to_blame, words, least_failures(reply), now)
        chance = random.random()  # noqa: S311  # spreads retries, keeps no secret
        seconds = backoff_seconds(failures, chance)
        if seconds:
            rests.rest(connection, to_blame, now + timedelta(seconds=seconds))
        self._rests[to_blame] = Backoff(time.monotonic() + seconds, failures)
        self._limiter.rests(self._rests)

    def _just_failed(self, domain: str) -> bool:
        """Letters that were under way together are refused together: that is one strike."""
        now = time.monotonic()
        if now - self._failed_at.get(domain, float("-inf")) < _TOGETHER_SECONDS:
            return True
        self._failed_at[domain] = now
        return False

    def accepted(self, connection: Connection, domain: str) -> None:
        """Mind a letter that arrived: the failures of its domain, and of the server, are forgotten."""
        recovered = {domain, ""} & self._rests.keys()
        if recovered:
            rests.recovered(connection, recovered)
            for one in recovered:
                del self._rests[one]
                self._turns.pop(one, None)
            self._limiter.rests(self._rests)

    def park(self, connection: Connection, sender: str, queue: ReadyQueue, now: datetime) -> None:
        """Put rows whose domain rests for long back into the ledger, each with a turn of its own after the rest."""
        steady, turns = time.monotonic(), {}
        for domain, wait in queue.resting(steady):
            for row in queue.give_up(domain):
                turns[row.delivery_id] = now + timedelta(seconds=self._turn(domain, steady + wait) - steady)
        claims.park(connection, sender, turns)

    def _turn(self, domain: str, earliest: float) -> float:
        """The turn after the last one that was given out, but none much later than `earliest` (steady seconds)."""
        turn = max(self._turns.get(domain, 0.0), earliest) + self._apart
        self._turns[domain] = turn = min(turn, earliest + _LONGEST_SECONDS)
        return turn
