"""Claiming rows ahead: which ones, how far that has come, and which domains are left out for a while."""

import time
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from newsletter_service.delivery.ledger import claims
from newsletter_service.delivery.ledger.rows import Claimed, Place
from newsletter_service.delivery.rules import address_hmac
from newsletter_service.delivery.suppressions import suppressed_among
from newsletter_service.delivery.worker.ready_queue import ReadyQueue

LOOK_AGAIN_SECONDS = 0.5
_MOST_CLAIMED = 1000
_FEWEST_CLAIMED = 20
_AHEAD_SECONDS = 2.0
ENOUGH_PER_DOMAIN = 50
MOST_HELD = 2000
_FROM_THE_FRONT_SECONDS = 10.0


class Prefetcher:
    """Claims rows into a ready queue, and not too many of them for one domain.

    A domain for which many rows wait already is left out: its other rows stay in the ledger until fewer wait, however
    many they are, and those of other domains are found behind them. With a `suppression_key` rows to suppressed
    addresses are cancelled, but for letters that are meant for them: notices, which anybody writes. Of mailings there
    are none (suppressions.suppress).
    """

    def __init__(self, queue: ReadyQueue, suppression_key: str | None = None) -> None:
        self.places: dict[int | None, Place | None] = {}
        self._queue, self._suppression_key = queue, suppression_key
        self._left_out: dict[str, dict[int | None, Place | None]] = {}
        self._began_at = self._found_none_at = float("-inf")

    @property
    def full(self) -> bool:
        """Whether no more rows should wait here."""
        return len(self._queue) >= MOST_HELD

    @property
    def claims_directly(self) -> bool:
        """Whether rows need not be claimed ahead: none wait here, no domain is left out, and none backs off."""
        return not (len(self._queue) or self._left_out or self._queue.limiter.anyone_backs_off)

    def wanted(self, room: int, pace: float, now: float) -> int:
        """The number of rows to claim: what can go now, or where limits make some wait, what goes in two seconds.

        `pace` is in letters a second. None are wanted where none was found a moment ago.
        """
        if now - self._found_none_at < LOOK_AGAIN_SECONDS:
            return 0
        if self._queue.limiter.unlimited or self.claims_directly:
            return max(0, room - self._queue.unseen)  # no more, or some would never leave the queue
        ahead = max(_FEWEST_CLAIMED, room, min(_MOST_CLAIMED, round(_AHEAD_SECONDS * pace)))
        few = self._queue.unseen < ahead // 2 and not self._waits(now)
        return ahead if few else 0

    def is_short(self, now: float) -> bool:
        """Whether domains that are left out should have more of their rows claimed."""
        blocked_for = self._queue.blocked_for
        short = any(blocked_for(domain) < ENOUGH_PER_DOMAIN // 2 for domain in self._left_out)
        return short and not self._waits(now)

    def _waits(self, now: float) -> bool:
        """Whether rows that are here have to go first: there are many, or none may go now."""
        return self.full or (len(self._queue) > 0 and self._queue.limiter.wait(now) > 0)

    def restart(self) -> None:
        """Claims from the front again, where rows may have become free; rarely while domains are left out."""
        now = time.monotonic()
        if self._queue.limiter.unlimited:
            self._left_out.clear()
        if not self._left_out or now - self._began_at > _FROM_THE_FRONT_SECONDS:
            self._began_at = now
            self.places.clear()
            for places in self._left_out.values():
                places.clear()

    def fill(
        self, connection: Connection, worker: str, mailings: Sequence[int | None], limit: int, now: datetime
    ) -> int:
        """Claims up to `limit` rows of these mailings (None: notices) and of domains left out; returns their number."""
        looks, count = limit > 0, self._fill_left_out(connection, worker, mailings, now)
        for domain in self._queue.domains_with(ENOUGH_PER_DOMAIN):
            self._left_out.setdefault(domain, {})
        for mailing_id in mailings:
            if limit > 0:
                place = self.places.get(mailing_id)
                rows, reached = claims.claim(
                    connection, worker, mailing_id, now, limit, place, but_to=self._left_out.keys()
                )
                whole = len(rows) < limit and not self._left_out
                self.places[mailing_id] = None if whole else reached or place
                self._queue.add(self._without_suppressed(connection, worker, rows, now))
                limit -= len(rows)
                count += len(rows)
        if looks and not count:
            self._found_none_at = time.monotonic()
        return count

    def _fill_left_out(
        self, connection: Connection, worker: str, mailings: Sequence[int | None], now: datetime
    ) -> int:
        count = 0
        for domain in list(self._left_out):
            missing = ENOUGH_PER_DOMAIN - self._queue.blocked_for(domain)
            if missing <= ENOUGH_PER_DOMAIN // 2:
                continue
            places = self._left_out[domain]
            for mailing_id in mailings:
                if missing > 0:
                    place = places.get(mailing_id)
                    rows, reached = claims.claim(
                        connection, worker, mailing_id, now, missing, place, to=domain
                    )
                    places[mailing_id] = reached or place
                    self._queue.block(self._without_suppressed(connection, worker, rows, now))
                    missing -= len(rows)
                    count += len(rows)
            if missing > 0:
                del self._left_out[domain]
        return count

    def _without_suppressed(
        self, connection: Connection, worker: str, rows: Sequence[Claimed], now: datetime
    ) -> Sequence[Claimed]:
        if self._suppression_key is None:
            return rows
        hashes = {row.delivery_id: address_hmac(row.address, self._suppression_key) for row in rows}
        suppressed = suppressed_among(connection, hashes.values())
        stopped = {row.delivery_id: row.letter_id for row in rows if hashes[row.delivery_id] in suppressed}
        meant = claims.meant_for_suppressed(connection, stopped.values())
        unwanted = {delivery_id for delivery_id, letter_id in stopped.items() if letter_id not in meant}
        claims.cancel_claimed(connection, worker, unwanted, now)
        return [row for row in rows if row.delivery_id not in unwanted]
