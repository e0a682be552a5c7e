"""Rows that a sender claims: which ones it wants, how far it came, which domains it leaves out for a while."""

import time
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from newsletter_service.delivery.ledger import claims
from newsletter_service.delivery.ledger.claims import Claimed, Place
from newsletter_service.delivery.worker.ready_queue import ReadyQueue

LOOK_AGAIN_SECONDS = 0.5
CLAIM_AT_ONCE = 1000
_FEWEST_CLAIMED = 20
_AHEAD_SECONDS = 2.0
ENOUGH_PER_DOMAIN = 50
MOST_HELD = 2000
_FROM_THE_FRONT_SECONDS = 10.0


class Prefetcher:
    """Claims rows into a pool, a few of those that wait for the same domain.

    Rows of a domain that many wait for already are left out: they stay in the ledger until fewer do, however many
    they are, and the others are found behind them. `suppressing` says whether there are addresses not to be mailed.
    """

    def __init__(self, queue: ReadyQueue, secret_key: str) -> None:
        self.suppressing = False
        self.places: dict[int | None, Place | None] = {}
        self._queue, self._secret_key = queue, secret_key
        self._left_out: dict[str, dict[int | None, Place | None]] = {}
        self._began_at = self._found_none_at = float("-inf")

    @property
    def full(self) -> bool:
        """Whether no more rows should wait here."""
        return len(self._queue) >= MOST_HELD

    @property
    def claims_as_they_go(self) -> bool:
        """Whether rows need not be claimed ahead: nothing waits here, nothing is left out, and no domain rests."""
        return not (len(self._queue) or self._left_out or self._queue.limiter.anyone_backs_off)

    def wants(self, room: int, lately: float, now: float) -> int:
        """How many rows to claim: what can go at once, or where limits make some wait, ahead for two seconds.

        `lately` is how many letters went out a second. None are wanted where none was found a moment ago.
        """
        if now - self._found_none_at < LOOK_AGAIN_SECONDS:
            return 0
        if self._queue.limiter.free or self.claims_as_they_go:
            return max(0, room - self._queue.unseen)  # no more, or some would lie here for ever
        ahead = max(_FEWEST_CLAIMED, room, min(CLAIM_AT_ONCE, round(_AHEAD_SECONDS * lately)))
        few = self._queue.unseen < ahead // 2 and not self._waits(now)
        return ahead if few else 0

    def is_short(self, now: float) -> bool:
        """Whether domains that were left out should have more of their rows claimed."""
        waiting_for = self._queue.waiting_for
        short = any(waiting_for(domain) < ENOUGH_PER_DOMAIN // 2 for domain in self._left_out)
        return short and not self._waits(now)

    def _waits(self, now: float) -> bool:
        """Whether what is here has to go first: there is much of it, or nobody may go."""
        return self.full or (len(self._queue) > 0 and self._queue.limiter.wait(now) > 0)

    def begin_anew(self) -> None:
        """Look again from the front, where rows may have become free; rarely while that is what is left out."""
        now = time.monotonic()
        if self._queue.limiter.free:
            self._left_out.clear()
        if not self._left_out or now - self._began_at > _FROM_THE_FRONT_SECONDS:
            self._began_at = now
            self.places.clear()
            for places in self._left_out.values():
                places.clear()

    def fill(
        self, connection: Connection, sender: str, mailings: Sequence[int | None], limit: int, now: datetime
    ) -> int:
        """Claim up to `limit` rows of these mailings (None: notices), and some of domains left out; how many."""
        looks, count = limit > 0, self._fill_left_out(connection, sender, mailings, now)
        for domain in self._queue.waited_for(ENOUGH_PER_DOMAIN):
            self._left_out.setdefault(domain, {})
        for mailing_id in mailings:
            if limit > 0:
                place = self.places.get(mailing_id)
                rows, reached = claims.claim(
                    connection, sender, mailing_id, now, limit, place, but_to=self._left_out.keys()
                )
                whole = len(rows) < limit and not self._left_out
                self.places[mailing_id] = None if whole else reached or place
                self._queue.add(self._wanted(connection, sender, rows, now))
                limit -= len(rows)
                count += len(rows)
        if looks and not count:
            self._found_none_at = time.monotonic()
        return count

    def _fill_left_out(
        self, connection: Connection, sender: str, mailings: Sequence[int | None], now: datetime
    ) -> int:
        count = 0
        for domain in list(self._left_out):
            missing = ENOUGH_PER_DOMAIN - self._queue.waiting_for(domain)
            if missing <= ENOUGH_PER_DOMAIN // 2:
                continue
            places = self._left_out[domain]
            for mailing_id in mailings:
                if missing > 0:
                    place = places.get(mailing_id)
                    rows, reached = claims.claim(
                        connection, sender, mailing_id, now, missing, place, to=domain
                    )
                    places[mailing_id] = reached or place
                    self._queue.have_wait(self._wanted(connection, sender, rows, now))
                    missing -= len(rows)
                    count += len(rows)
            if missing > 0:
                del self._left_out[domain]
        return count

    def _wanted(
        self, connection: Connection, sender: str, rows: Sequence[Claimed], now: datetime
    ) -> list[Claimed]:
        unwanted = self.unwanted(connection, rows)
        claims.cancel_claimed(connection, sender, unwanted, now)
        return [row for row in rows if row.delivery_id not in unwanted]

    def unwanted(self, connection: Connection, rows: Sequence[Claimed]) -> set[int]:
        """Those to addresses that are not to be mailed any more (by delivery id); to be cancelled."""
        if not (self.suppressing and rows):
            return set()
        return claims.suppressed(connection, rows, self._secret_key)
