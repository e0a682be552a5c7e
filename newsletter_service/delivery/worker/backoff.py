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
    LONGEST_REST_SECONDS,
    Limits,
    Pacer,
    Rest,
    least_strikes,
    rest_after,
    struck_by,
)
from newsletter_service.delivery.worker.ready_queue import Pool
from newsletter_service.smtp.reply import Reply

_APART_SECONDS = 0.02
_LONGEST_SECONDS = 600.0
_TOGETHER_SECONDS = 0.1
_COSTS_A_STRIKE = (Verdict.DEFER, Verdict.REQUEUE, Verdict.UNCERTAIN)
_LONGEST_REST_SECONDS = 1.2 * LONGEST_REST_SECONDS
"""No domain rests for longer: what says so was written by a clock that was ahead."""


class Domains:
    """One sender's view of them; what it learns itself it knows at once, what others learn within a second."""

    def __init__(self, pacer: Pacer, limits: Limits) -> None:
        self._pacer = pacer
        self._apart = 1 / limits.domain_rate if limits.domain_rate else _APART_SECONDS
        self._rests: dict[str, Rest] = {}
        self._turns: dict[str, float] = {}
        self._struck_at: dict[str, float] = {}

    def heeds(self, domains: Iterable[str]) -> bool:
        """Whether a letter that arrived at one of `domains` means anything to it."""
        rests = self._rests
        return bool(rests) and ("" in rests or any(domain in rests for domain in domains))

    def read(self, connection: Connection, now: datetime) -> None:
        """Take in what all senders have found out."""
        steady = time.monotonic()
        self._rests = {
            domain: Rest(steady + (seconds if seconds <= _LONGEST_REST_SECONDS else 0.0), strikes)
            for domain, (strikes, until) in rests.known(connection, now).items()
            for seconds in [(until - now).total_seconds()]
        }
        self._pacer.rests(self._rests)

    def refused(
        self, connection: Connection, domain: str, reply: Reply, verdict: Verdict, now: datetime
    ) -> None:
        """Mind a letter that was put off: whoever is to blame gets a strike, and a rest after some."""
        to_blame = struck_by(reply, domain) if verdict in _COSTS_A_STRIKE else None
        if to_blame is None or self._just_struck(to_blame):
            return
        words = f"{reply.code or ''} {reply.text}".strip()
        strikes = rests.strike(connection, to_blame, words, least_strikes(reply), now)
        chance = random.random()  # noqa: S311  # spreads retries, keeps no secret
        seconds = rest_after(strikes, chance)
        if seconds:
            rests.rest(connection, to_blame, now + timedelta(seconds=seconds))
        self._rests[to_blame] = Rest(time.monotonic() + seconds, strikes)
        self._pacer.rests(self._rests)

    def _just_struck(self, domain: str) -> bool:
        """Letters that were under way together are refused together: that is one strike."""
        now = time.monotonic()
        if now - self._struck_at.get(domain, float("-inf")) < _TOGETHER_SECONDS:
            return True
        self._struck_at[domain] = now
        return False

    def accepted(self, connection: Connection, domain: str) -> None:
        """Mind a letter that arrived: the strikes of its domain, and of the server, are forgotten."""
        recovered = {domain, ""} & self._rests.keys()
        if recovered:
            rests.recovered(connection, recovered)
            for one in recovered:
                del self._rests[one]
                self._turns.pop(one, None)
            self._pacer.rests(self._rests)

    def park(self, connection: Connection, sender: str, pool: Pool, now: datetime) -> None:
        """Put rows whose domain rests for long back into the ledger, each with a turn of its own after the rest."""
        steady, turns = time.monotonic(), {}
        for domain, wait in pool.resting(steady):
            for row in pool.give_up(domain):
                turns[row.delivery_id] = now + timedelta(seconds=self._turn(domain, steady + wait) - steady)
        claims.park(connection, sender, turns)

    def _turn(self, domain: str, earliest: float) -> float:
        """The turn after the last one that was given out, but none much later than `earliest` (steady seconds)."""
        turn = max(self._turns.get(domain, 0.0), earliest) + self._apart
        self._turns[domain] = turn = min(turn, earliest + _LONGEST_SECONDS)
        return turn
