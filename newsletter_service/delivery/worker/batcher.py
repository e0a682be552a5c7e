"""A worker's side of the ledger: what one transaction does, a few letters at a time.

Whatever became of letters since the last transaction is settled in the next one, together with handing over the
letters that may go next: many connections share one commit, and what was in flight when a process died is exactly
what the ledger says was handed over.
"""

import time
from collections.abc import Sequence, Set
from datetime import datetime

from sqlalchemy import Connection

from newsletter_service.continuity.service import look
from newsletter_service.delivery.ledger import claims, due, workers
from newsletter_service.delivery.ledger.fast_path import exchange
from newsletter_service.delivery.ledger.rows import MOST_AT_ONCE, Chosen, Claimed, Place, Wanted
from newsletter_service.delivery.rules import Verdict
from newsletter_service.delivery.worker.backoff import DomainBackoffs
from newsletter_service.delivery.worker.batch import Batch
from newsletter_service.delivery.worker.heartbeat import Heartbeat
from newsletter_service.delivery.worker.liveness import expire_silent_workers
from newsletter_service.delivery.worker.outcomes import Settler, settle_late
from newsletter_service.delivery.worker.prefetch import LOOK_AGAIN_SECONDS, Prefetcher
from newsletter_service.delivery.worker.rate_limits import RateLimiter
from newsletter_service.delivery.worker.ready_queue import LONG, ReadyQueue
from newsletter_service.delivery.worker.setup import DeliveryConfig

NOTICES_AT_ONCE = 10
"""So many notices may be handed over beside letters of mailings: they need not wait until those are gone."""
_COUNT_EVERY_SECONDS = 10.0


class Batcher:
    """Knows which rows this worker holds; `run` works in a transaction, `remember` once that is committed.

    With a `report` in its configuration it knows how many letters are `open` altogether.
    """

    def __init__(self, config: DeliveryConfig) -> None:
        self.open = 0
        self.idle = False
        self._config = config
        self._limiter = RateLimiter(config.limits)
        self._settler = Settler(
            DomainBackoffs(self._limiter, config.limits), hold_uncertain=config.hold_uncertain
        )
        self._notices, self._queue = ReadyQueue(self._limiter), ReadyQueue(self._limiter)
        self._notice_prefetcher = Prefetcher(self._notices, config.suppression_key)
        self._prefetcher = Prefetcher(self._queue)
        self._handed: dict[int, Claimed] = {}
        self._orphaned: set[int] = set()
        self._running: list[int] = []
        self._heartbeat = Heartbeat()
        self._last_count = float("-inf")
        self._unsure = self._more = self._notice_due = self._still = False

    @property
    def _worker(self) -> str:
        return self._heartbeat.worker

    def all_answered(self, outcomes: int) -> bool:
        """Whether these are the outcomes of all letters that were handed over: there is no other to wait for."""
        return 0 < len(self._handed) == outcomes

    def pause(self, slots: int, waiting: int) -> float:
        """Seconds until there is something to do even if nothing happens."""
        now = time.monotonic()
        batch = LOOK_AGAIN_SECONDS
        if not self._nothing_may_go():
            room = self._room(slots, waiting, len(self._handed))
            notice_room = self._notice_room(slots, room, frozenset())
            if notice_room > 0:
                batch = 0.0 if self._notices_wanted(notice_room) > 0 else min(batch, self._notices.wait(now))
            if room > 0:
                should_claim = self._more or self._should_claim(room, now)
                batch = min(batch, self._limiter.wait(now) if should_claim else self._queue.wait(now))
        return max(0.0, min(self._heartbeat.wait(now), batch))

    def run(self, connection: Connection, batch: Batch, slots: int) -> None:
        """Does one transaction's work, with about `slots` letters handed over and not settled after it."""
        now = self._config.clock()
        beats = self._heartbeat.wait(time.monotonic()) <= 0
        if beats:
            self._beat(connection, batch, now)
        self._settler.settle(connection, self._worker, batch.outcomes, now)
        workers.hand_back(connection, self._worker, [row.delivery_id for row in batch.unsent])
        self._release(batch)
        self._pause_mailings(connection, batch, now)
        if self._orphaned:
            return
        if self._nothing_may_go():
            self._give_back_all(connection)
            waits = self._limiter.has_no_share and not self._still
            batch.more = waits and (due.anything_due(connection, now) if beats else self._more)
            return
        room = self._room_after(batch, slots)
        notice_room = self._notice_room(slots, room, batch.ended)
        self._claim_notices(connection, notice_room, now)
        self._claim(connection, batch, room, now, beats=beats)
        self._hand_over(connection, batch, notice_room, room, now)

    def run_fast(self, connection: Connection, batch: Batch, slots: int) -> bool:
        """Does the same by `exchange`, in a transaction of its own, if nothing is out of the ordinary; whether it did.

        That is nearly always: letters were accepted, and more are to go that are claimed or that nothing holds up.
        """
        room = min(self._room_after(batch, slots), MOST_AT_ONCE)
        if not self._is_ordinary(batch):
            return False
        if self._prefetcher.claims_directly:
            return self._claim_fast(connection, batch, room)
        return self._hand_over_fast(connection, batch, room)

    def _is_ordinary(self, batch: Batch) -> bool:
        return bool(
            not (batch.unsent or batch.refusals or self._unsure or self._orphaned)
            and not (self._notice_due or len(self._notices))
            and self._heartbeat.wait(time.monotonic()) > 0
            and all(verdict is Verdict.SENT for _row, _reply, verdict in batch.outcomes)
            and not self._settler.domains.is_affected(row.domain for row, _reply, _verdict in batch.outcomes)
        )

    def _claim_fast(self, connection: Connection, batch: Batch, room: int) -> bool:
        """Hands over the next letters, to whatever domains; those that may not go just now wait here."""
        if not (self._running and (batch.outcomes or room > 0)) or self._nothing_may_go():
            return False
        steady, now, mailing_id = time.monotonic(), self._config.clock(), self._running[0]
        self._release(batch)
        room = int(min(room, self._limiter.room(steady)))
        wanted = Wanted(mailing_id, room, self._prefetcher.places.get(mailing_id)) if room > 0 else None
        rows, place = self._exchanged(connection, batch, wanted, now)
        batch.granted, batch.claimed, batch.more = rows, len(rows), self._more
        if wanted is not None:
            self._prefetcher.places[mailing_id] = place if len(rows) == room else None
            if len(rows) < room:
                self._running = self._running[1:]
        self._keep_blocked(connection, batch, steady)
        return True

    def _keep_blocked(self, connection: Connection, batch: Batch, steady: float) -> None:
        """Keeps here, as claimed, letters that were handed over and whose domain may have no more just now."""
        if self._limiter.unlimited:
            return
        handed, start = batch.granted, self._limiter.start
        batch.granted = [row for row in handed if start(row.domain, steady)]
        self._limiter.started(len(batch.granted), steady)
        if len(batch.granted) < len(handed):
            granted = {row.delivery_id for row in batch.granted}
            blocked = [row for row in handed if row.delivery_id not in granted]
            with connection.begin():
                workers.hand_back(connection, self._worker, [row.delivery_id for row in blocked])
            self._queue.block(blocked)

    def _hand_over_fast(self, connection: Connection, batch: Batch, room: int) -> bool:
        """Hands over letters that are claimed and may go now."""
        steady, now = time.monotonic(), self._config.clock()
        if (
            self._nothing_may_go()
            or (room > 0 and self._should_claim(room, steady))
            or self._queue.long_waits(steady)
        ):
            return False
        self._release(batch)
        rows = self._queue.take(room, steady) if room > 0 else []
        batch.granted, _place = self._exchanged(connection, batch, Chosen(rows) if rows else None, now)
        if len(batch.granted) < len(rows):
            with connection.begin():
                self._give_back_refused(connection, batch, rows)
        return True

    def _exchanged(
        self, connection: Connection, batch: Batch, wanted: Wanted | Chosen | None, now: datetime
    ) -> tuple[list[Claimed], Place | None]:
        """Settles what was accepted; returns the rows that were handed over, and how far claiming went."""
        if not batch.outcomes and wanted is None:
            return [], None
        accepted = [(row, reply) for row, reply, _verdict in batch.outcomes]
        settled, rows, place = exchange(connection, self._worker, accepted, wanted, now)
        if settled < len(batch.outcomes):
            with connection.begin():
                settle_late(connection, batch.outcomes, now)
        return rows, place

    def leave(self, connection: Connection, batch: Batch) -> None:
        """The last transaction: settles what is known, gives back what reached no connection; the rest is uncertain."""
        now = self._config.clock()
        batch.standing = look(connection, self._config.witness, now, marks=True)
        self._settler.settle(connection, self._worker, batch.outcomes, now)
        workers.hand_back(connection, self._worker, [row.delivery_id for row in batch.unsent])
        self._pause_mailings(connection, batch, now)
        workers.leave(connection, self._worker, now, hold=self._config.hold_uncertain)

    def remember(self, batch: Batch) -> None:
        """Takes into memory what was committed."""
        if batch.standing is not None:
            batch.standing.tell(self._config.witness)
        had_orphans = bool(self._orphaned)
        for delivery_id in batch.ended:
            del self._handed[delivery_id]
            self._orphaned.discard(delivery_id)
        for row in reversed(batch.unsent):
            (self._queue if row.mailing_id else self._notices).add([row], first=True)
        self._handed.update((row.delivery_id, row) for row in batch.granted)
        self._heartbeat.count(len(batch.outcomes))
        self.open = max(0, self.open - len(batch.outcomes))
        self._more = batch.more or batch.claimed > 0 or (had_orphans and not self._orphaned)
        self.idle = not (self._more or self._handed or len(self._queue) or len(self._notices))

    def forget(self) -> None:
        """Forgets what is not with the server: a transaction failed, and nobody knows how far it came."""
        self._queue.clear()
        self._notices.clear()
        self._limiter.recount(row.domain for row in self._handed.values())
        self._heartbeat.make_due()
        self._unsure = True

    # --- how many letters may go ---

    def _room(self, slots: int, waiting: int, handed: int) -> int:
        """For letters of mailings; none while half of the slots wait: handing over many at a time is cheaper."""
        return slots - handed if waiting < slots // 2 else 0

    def _room_after(self, batch: Batch, slots: int) -> int:
        handed = len(self._handed) - len(batch.outcomes) - len(batch.unsent)
        return self._room(slots, len(batch.waiting), handed)

    def _notice_room(self, slots: int, room: int, ended: Set[int]) -> int:
        """For notices, if there are any: all room there is, and some of their own."""
        if not slots or not (self._notice_due or len(self._notices)):
            return 0
        handed = (row for row in self._handed.values() if row.delivery_id not in ended)
        return max(room, NOTICES_AT_ONCE - sum(row.mailing_id is None for row in handed))

    def _notices_wanted(self, room: int) -> int:
        """The number of notices to claim."""
        return room - self._notices.unseen if self._notice_due and not self._notice_prefetcher.full else 0

    def _nothing_may_go(self) -> bool:
        """Whether nothing may go for long: the database is a copy, the SMTP server backs off, or other workers have all
        the connections.
        """
        return (
            self._still
            or self._limiter.has_no_share
            or self._limiter.server_backoff(time.monotonic()) >= LONG
        )

    def _should_claim(self, room: int, now: float) -> bool:
        return self._prefetcher.wanted(room, self._heartbeat.pace, now) > 0 or self._prefetcher.is_short(now)

    def _release(self, batch: Batch) -> None:
        """Lets others start in the place of letters whose outcome is known or that came back."""
        if not self._limiter.unlimited:
            for row, _reply, verdict in batch.outcomes:
                self._limiter.ended(row.domain, accepted=verdict is Verdict.SENT)
            for row in batch.unsent:
                self._limiter.ended(row.domain, accepted=False)

    # --- once a second ---

    def _beat(self, connection: Connection, batch: Batch, now: datetime) -> None:
        batch.standing = look(connection, self._config.witness, now, marks=True)
        self._still = batch.standing.still
        batch.stopped = due.stopped(connection, [row.delivery_id for row in batch.waiting])
        if self._heartbeat.beat(connection, now):
            self._lose_rows(batch)
        if self._unsure:
            workers.keep_only(connection, self._worker, list(self._handed))
            self._unsure = False
        for prefetcher in (self._notice_prefetcher, self._prefetcher):
            prefetcher.restart()
        hold = self._config.hold_uncertain
        expire_silent_workers(connection, self._config.liveness, now, self._worker, hold=hold)
        names = sorted(
            workers.beats(connection)
        )  # all workers know all names, so they agree on each one's share
        self._limiter.share_with(len(names), names.index(self._worker))
        self._limiter.forget_idle(time.monotonic())
        self._settler.domains.read(connection, now)
        self._notice_due = due.a_notice(connection, now)
        if self._config.report and self._heartbeat.last - self._last_count >= _COUNT_EVERY_SECONDS:
            self.open, self._last_count = due.count_open(connection), self._heartbeat.last

    def _lose_rows(self, batch: Batch) -> None:
        """Forgets the rows that others have now.

        Letters that are with the server are orphaned: until it has answered nothing is claimed, for that could be the
        very same ones.
        """
        self._queue.clear()
        self._notices.clear()
        self._orphaned = set(self._handed)
        batch.stopped = {row.delivery_id for row in batch.waiting}

    def _pause_mailings(self, connection: Connection, batch: Batch, now: datetime) -> None:
        for reply in batch.refusals:
            running = {row.mailing_id for row in self._queue if row.mailing_id is not None}
            claims.pause(connection, running | set(due.mailings(connection, now)), str(reply), now)

    # --- claiming and handing over ---

    def _claim_notices(self, connection: Connection, room: int, now: datetime) -> None:
        wanted = self._notices_wanted(room)
        if wanted > 0:
            claimed = self._notice_prefetcher.fill(connection, self._worker, [None], wanted, now)
            self._notice_due = claimed >= wanted

    def _claim(self, connection: Connection, batch: Batch, room: int, now: datetime, *, beats: bool) -> None:
        steady = time.monotonic()
        if room <= 0:
            batch.more = due.anything_due(connection, now) if beats else self._more
        elif self._should_claim(room, steady):
            limit = self._prefetcher.wanted(room, self._heartbeat.pace, steady)
            self._running = due.mailings(connection, now)
            batch.claimed = self._prefetcher.fill(connection, self._worker, self._running, limit, now)

    def _hand_over(
        self, connection: Connection, batch: Batch, notice_room: int, room: int, now: datetime
    ) -> None:
        steady = time.monotonic()
        rows = self._notices.take(notice_room, steady)
        rows += self._queue.take(room - len(rows), steady)
        if rows:
            may_go = claims.hand_over(connection, self._worker, [row.delivery_id for row in rows], now)
            batch.granted = [row for row in rows if row.delivery_id in may_go]
            self._give_back_refused(connection, batch, rows)
        for queue in (self._notices, self._queue):
            self._settler.domains.park(connection, self._worker, queue, now)

    def _give_back_refused(self, connection: Connection, batch: Batch, rows: Sequence[Claimed]) -> None:
        """Gives back those `rows` that may not go after all."""
        refused = {row.delivery_id: row for row in rows}
        for row in batch.granted:
            del refused[row.delivery_id]
        if refused:
            workers.give_back(connection, self._worker, refused)
            for row in refused.values():
                self._limiter.ended(row.domain, accepted=False)

    def _give_back_all(self, connection: Connection) -> None:
        rows = self._notices.clear() + self._queue.clear()
        if rows:
            workers.give_back(connection, self._worker, [row.delivery_id for row in rows])
