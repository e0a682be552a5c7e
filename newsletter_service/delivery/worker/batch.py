"""A sender's side of the ledger: what one transaction does, a few letters at a time.

Whatever became of letters since the last transaction is settled in the next one, together with the handing
over of the letters that may go next: many connections share one commit, and what was under way when a
process died is exactly what the ledger says was handed over.
"""

import logging
import os
import secrets
import socket
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, Engine

from newsletter_service.delivery.ledger import claims, due, workers
from newsletter_service.delivery.ledger.claims import Claimed, Place
from newsletter_service.delivery.ledger.fast_path import MOST_AT_ONCE, Chosen, Wanted, exchange
from newsletter_service.delivery.rules import Verdict
from newsletter_service.delivery.worker.backoff import DomainBackoffs
from newsletter_service.delivery.worker.heartbeat import Heartbeat
from newsletter_service.delivery.worker.liveness import Liveness
from newsletter_service.delivery.worker.outcomes import Answered, Settler, is_plain, settle_late, words
from newsletter_service.delivery.worker.prefetch import LOOK_AGAIN_SECONDS, Prefetcher
from newsletter_service.delivery.worker.rate_limits import Limits, RateLimiter
from newsletter_service.delivery.worker.ready_queue import LONG, ReadyQueue
from newsletter_service.smtp.replies import Reply

NOTICES_AT_ONCE = 10
"""So many may be handed over beside what is handed over of mailings: they need not wait until that is gone."""
_COUNT_EVERY_SECONDS = 10.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Office:
    """What a clerk needs from outside; `clock` gives aware UTC.

    With `counting` the clerk knows how many letters are open altogether.
    """

    engine: Engine
    clock: Callable[[], datetime]
    secret_key: str
    limits: Limits
    liveness: Liveness
    on_uncertain: Literal["resend", "hold"] = "resend"
    counting: bool = False


@dataclass
class Batch:
    """What one transaction is about: outcomes and unsent letters go in, letters that may go now come out.

    `refusals` are answers that concern all we have; `stopped` are those of the `waiting` letters that may not go
    any more, by delivery id. With `more` there is something due that found no room.
    """

    outcomes: list[Answered]
    unsent: list[Claimed]
    refusals: list[Reply]
    waiting: Collection[Claimed]
    granted: list[Claimed] = field(default_factory=list)
    stopped: set[int] = field(default_factory=set)
    verdicts: list[Verdict] = field(default_factory=list)
    claimed: int = 0
    more: bool = False


class Batcher:
    """Knows which rows this sender holds; `turn` works in a transaction, `remember` once that is committed."""

    def __init__(self, office: Office) -> None:
        self.open = 0
        self.idle = False
        self._office = office
        self._sender = ""
        self._limiter = RateLimiter(office.limits)
        self._settler = Settler(DomainBackoffs(self._limiter, office.limits), office.on_uncertain)
        self._notices, self._queue = ReadyQueue(self._limiter), ReadyQueue(self._limiter)
        self._notice_prefetcher = Prefetcher(self._notices, office.secret_key)
        self._prefetcher = Prefetcher(self._queue, office.secret_key)
        self._handed: dict[object, Claimed] = {}
        self._orphaned: set[object] = set()
        self._running: list[int] = []
        self._heartbeat = Heartbeat()
        self._last_count = float("-inf")
        self._unsure = self._more = self._notice_due = False

    def handed(self, delivery_id: object) -> Claimed:
        """The row of a letter that was handed over and is not settled."""
        return self._handed[delivery_id]

    def all_answered(self, answers: int) -> bool:
        """Whether these are the answers to all letters that were handed over: there is no other to wait for."""
        return 0 < len(self._handed) == answers

    def pause(self, slots: int, waiting: int) -> float:
        """Seconds until there is something to do even if nothing happens."""
        now = time.monotonic()
        batch = LOOK_AGAIN_SECONDS
        if not self._nobody_may_go():
            room = self._room(slots, waiting, len(self._handed))
            notice_room = self._notice_room(slots, room, ())
            if notice_room > 0:
                batch = 0.0 if self._notices_wanted(notice_room) > 0 else min(batch, self._notices.wait(now))
            if room > 0:
                should_claim = self._more or self._should_claim(room, now)
                batch = min(batch, self._limiter.wait(now) if should_claim else self._queue.wait(now))
        return max(0.0, min(self._heartbeat.wait(now), batch))

    def run(self, connection: Connection, batch: Batch, slots: int) -> None:
        """One transaction's work, with about `slots` letters handed over and not settled after it."""
        now = self._office.clock()
        beat = self._heartbeat.wait(time.monotonic()) <= 0
        if beat:
            self._keep_house(connection, batch, now)
        batch.verdicts = self._settler.settle(connection, self._sender, batch.outcomes, now)
        workers.hand_back(connection, self._sender, [row.delivery_id for row in batch.unsent])
        self._mind_ended(batch)
        self._pause_mailings(connection, batch, now)
        if self._orphaned:
            return
        if self._nobody_may_go():
            self._hand_back_all(connection)
            waits = self._limiter.has_no_share
            batch.more = waits and (due.anything_due(connection, now) if beat else self._more)
            return
        room = self._room_after(batch, slots)
        gone = [*(row for row, _reply in batch.outcomes), *batch.unsent]
        notice_room = self._notice_room(slots, room, gone)
        self._claim_notices(connection, notice_room, now)
        self._claim(connection, batch, room, now, beat=beat)
        self._hand_over(connection, batch, notice_room, room, now)

    def run_fast(self, connection: Connection, batch: Batch, slots: int) -> bool:
        """The same by `exchange`, in a transaction of its own, where nothing is out of the ordinary; whether it was.

        That is nearly always: letters arrived, and more are to go that are claimed or that nothing holds up.
        """
        room = min(self._room_after(batch, slots), MOST_AT_ONCE)
        if not self._is_ordinary(batch):
            return False
        if self._prefetcher.claims_as_they_go:
            return self._claim_quickly(connection, batch, room)
        return self._hand_over_quickly(connection, batch, room)

    def _is_ordinary(self, batch: Batch) -> bool:
        return bool(
            not (batch.unsent or batch.refusals or self._unsure or self._orphaned)
            and not (self._notice_due or len(self._notices))
            and self._heartbeat.wait(time.monotonic()) > 0
            and all(is_plain(reply) for _row, reply in batch.outcomes)
            and not self._settler.domains.is_affected(row.domain for row, _reply in batch.outcomes)
        )

    def _claim_quickly(self, connection: Connection, batch: Batch, room: int) -> bool:
        """Hand over the next letters, whoever they are to; those that may not go just now wait here."""
        if not (self._running and (batch.outcomes or room > 0)) or self._nobody_may_go():
            return False
        steady, now, mailing_id = time.monotonic(), self._office.clock(), self._running[0]
        batch.verdicts = [Verdict.SENT] * len(batch.outcomes)
        self._mind_ended(batch)
        room = int(min(room, self._limiter.room(steady)))
        wanted = Wanted(mailing_id, room, self._prefetcher.places.get(mailing_id)) if room > 0 else None
        rows, place = self._exchanged(connection, batch, wanted, now)
        batch.granted, batch.claimed, batch.more = rows, len(rows), self._more
        if wanted is not None:
            self._prefetcher.places[mailing_id] = place if len(rows) == room else None
            if len(rows) < room:
                self._running = self._running[1:]
        if unwanted := self._unwanted_handed(connection, rows, now):
            batch.granted = [row for row in rows if row.delivery_id not in unwanted]
        self._have_wait(connection, batch, steady)
        return True

    def _have_wait(self, connection: Connection, batch: Batch, steady: float) -> None:
        """Keep here, as claimed, those that were handed over and whose domain may have no more just now."""
        if self._limiter.free:
            return
        handed, start = batch.granted, self._limiter.start
        batch.granted = [row for row in handed if start(row.domain, steady)]
        self._limiter.started(len(batch.granted), steady)
        if len(batch.granted) < len(handed):
            granted = {row.delivery_id for row in batch.granted}
            waiting = [row for row in handed if row.delivery_id not in granted]
            with connection.begin():
                workers.hand_back(connection, self._sender, [row.delivery_id for row in waiting])
            self._queue.have_wait(waiting)

    def _hand_over_quickly(self, connection: Connection, batch: Batch, room: int) -> bool:
        """Hand over letters that are claimed and may go now."""
        steady, now = time.monotonic(), self._office.clock()
        if (
            self._nobody_may_go()
            or (room > 0 and self._should_claim(room, steady))
            or self._queue.resting(steady)
        ):
            return False
        batch.verdicts = [Verdict.SENT] * len(batch.outcomes)
        self._mind_ended(batch)
        rows = self._queue.take(room, steady) if room > 0 else []
        batch.granted, _place = self._exchanged(connection, batch, Chosen(rows) if rows else None, now)
        if len(batch.granted) < len(rows):
            with connection.begin():
                self._refuse(connection, batch, rows)
        return True

    def _exchanged(
        self, connection: Connection, batch: Batch, wanted: Wanted | Chosen | None, now: datetime
    ) -> tuple[list[Claimed], Place | None]:
        """What was handed over, and how far claiming went; what arrived is settled."""
        if not batch.outcomes and wanted is None:
            return [], None
        settled, rows, place = exchange(connection, self._sender, batch.outcomes, wanted, now)
        if settled < len(batch.outcomes):
            with connection.begin():
                settle_late(connection, batch.outcomes, now)
        return rows, place

    def _unwanted_handed(self, connection: Connection, rows: Sequence[Claimed], now: datetime) -> set[int]:
        """Rows that were handed over but go to nobody: cancelled before any connection sees them."""
        if not (self._prefetcher.suppressing and rows):
            return set()
        with connection.begin():
            unwanted = self._prefetcher.unwanted(connection, rows)
            claims.cancel_claimed(connection, self._sender, unwanted, now)
        return unwanted

    # --- how many letters may go ---

    def _room(self, slots: int, waiting: int, handed: int) -> int:
        """For letters of mailings; none while half of the slots wait: many at once are handed over more cheaply."""
        return slots - handed if waiting < slots // 2 else 0

    def _room_after(self, batch: Batch, slots: int) -> int:
        handed = len(self._handed) - len(batch.outcomes) - len(batch.unsent)
        return self._room(slots, len(batch.waiting), handed)

    def _notice_room(self, slots: int, room: int, gone: Sequence[Claimed]) -> int:
        """For notices, if there are any: all room there is, and some of their own."""
        if not slots or not (self._notice_due or len(self._notices)):
            return 0
        handed = sum(row.mailing_id is None for row in self._handed.values())
        return max(room, NOTICES_AT_ONCE - handed + sum(row.mailing_id is None for row in gone))

    def _notices_wanted(self, room: int) -> int:
        """How many notices to claim."""
        return room - self._notices.unseen if self._notice_due and not self._notice_prefetcher.full else 0

    def _nobody_may_go(self) -> bool:
        """Whether nothing can go for long: the SMTP server rests, or other senders have all that a domain takes."""
        return self._limiter.has_no_share or self._limiter.rests_for(time.monotonic()) >= LONG

    def _should_claim(self, room: int, now: float) -> bool:
        return self._prefetcher.wants(room, self._heartbeat.lately, now) > 0 or self._prefetcher.is_short(now)

    def leave(self, connection: Connection, batch: Batch) -> None:
        """The last transaction: settle what is known, give back what reached no connection, doubt all the rest."""
        now = self._office.clock()
        batch.verdicts = self._settler.settle(connection, self._sender, batch.outcomes, now)
        workers.hand_back(connection, self._sender, [row.delivery_id for row in batch.unsent])
        self._pause_mailings(connection, batch, now)
        workers.leave(connection, self._sender, now, hold=self._hold)

    def remember(self, batch: Batch) -> None:
        """Take into memory what was committed."""
        had_orphans = bool(self._orphaned)
        for row in (*(row for row, _reply in batch.outcomes), *batch.unsent):
            del self._handed[row.delivery_id]
            self._orphaned.discard(row.delivery_id)
        for row in reversed(batch.unsent):
            (self._queue if row.mailing_id else self._notices).add([row], first=True)
        self._handed.update((row.delivery_id, row) for row in batch.granted)
        self._heartbeat.went_out(len(batch.verdicts))
        self.open = max(0, self.open - len(batch.verdicts))
        self._more = batch.more or batch.claimed > 0 or (had_orphans and not self._orphaned)
        self.idle = not (self._more or self._handed or len(self._queue) or len(self._notices))

    def forget(self) -> None:
        """A transaction failed, and nobody knows how far it came: hold only what is with the server."""
        self._queue.clear()
        self._notices.clear()
        self._limiter.recount(row.domain for row in self._handed.values())
        self._heartbeat.skip()
        self._unsure = True

    def _mind_ended(self, batch: Batch) -> None:
        """Let others start in the place of letters that were answered or came back."""
        if not self._limiter.free:
            for (row, _reply), verdict in zip(batch.outcomes, batch.verdicts, strict=True):
                self._limiter.ended(row.domain, accepted=verdict is Verdict.SENT)
            for row in batch.unsent:
                self._limiter.ended(row.domain, accepted=False)

    # --- once a second ---

    def _keep_house(self, connection: Connection, batch: Batch, now: datetime) -> None:
        self._heartbeat.beat(now)
        batch.stopped = due.stopped(connection, [row.delivery_id for row in batch.waiting])
        if not self._sender or not workers.beat(connection, self._sender, round(self._heartbeat.pace), now):
            self._begin(connection, batch, now)
        if self._unsure:
            workers.keep_only(connection, self._sender, [row.delivery_id for row in self._handed.values()])
            self._unsure = False
        suppressing = claims.anyone_suppressed(connection)
        for prefetcher in (self._notice_prefetcher, self._prefetcher):
            prefetcher.suppressing = suppressing
            prefetcher.begin_anew()
        expire_silent_workers(connection, self._office.liveness, now, self._sender, hold=self._hold)
        self._share_limits(connection)
        self._settler.domains.read(connection, now)
        self._notice_due = due.a_notice(connection, now)
        if self._office.counting and self._heartbeat.last - self._last_count >= _COUNT_EVERY_SECONDS:
            self.open, self._last_count = due.count_open(connection), self._heartbeat.last

    def _share_limits(self, connection: Connection) -> None:
        """Use the share of the limits that all senders agree on without a word: they know each other's names."""
        names = sorted(workers.beats(connection))
        self._limiter.share_with(len(names), names.index(self._sender))
        self._limiter.tidy(time.monotonic())

    def _begin(self, connection: Connection, batch: Batch, now: datetime) -> None:
        """Register; under a new name if the others had given us up, with whom our rows then are.

        Letters that are with the server have gone had_orphans: until it has answered nothing new is claimed, for that
        could be the very same ones.
        """
        if self._sender:
            log.warning("the others took this sender for dead; it goes on under a new name")
            self._queue.clear()
            self._notices.clear()
            self._orphaned = set(self._handed)
            batch.stopped = {row.delivery_id for row in batch.waiting}
        self._sender = secrets.token_hex(16)
        workers.register(connection, self._sender, socket.gethostname(), os.getpid(), now)

    @property
    def _hold(self) -> bool:
        return self._office.on_uncertain == "hold"

    def _pause_mailings(self, connection: Connection, batch: Batch, now: datetime) -> None:
        for reply in batch.refusals:
            running = {row.mailing_id for row in self._queue if row.mailing_id is not None}
            claims.pause(connection, running | set(due.mailings(connection, now)), words(reply), now)

    # --- claiming and handing over ---

    def _claim_notices(self, connection: Connection, room: int, now: datetime) -> None:
        wanted = self._notices_wanted(room)
        if wanted > 0:
            self._notice_due = (
                self._notice_prefetcher.fill(connection, self._sender, [None], wanted, now) >= wanted
            )

    def _claim(self, connection: Connection, batch: Batch, room: int, now: datetime, *, beat: bool) -> None:
        steady = time.monotonic()
        if room <= 0:
            batch.more = due.anything_due(connection, now) if beat else self._more
        elif self._should_claim(room, steady):
            limit = self._prefetcher.wants(room, self._heartbeat.lately, steady)
            self._running = due.mailings(connection, now)
            batch.claimed = self._prefetcher.fill(connection, self._sender, self._running, limit, now)

    def _hand_over(
        self, connection: Connection, batch: Batch, notice_room: int, room: int, now: datetime
    ) -> None:
        steady = time.monotonic()
        rows = self._notices.take(notice_room, steady)
        rows += self._queue.take(room - len(rows), steady)
        if rows:
            may_go = claims.hand_over(connection, self._sender, [row.delivery_id for row in rows], now)
            batch.granted = [row for row in rows if row.delivery_id in may_go]
            self._refuse(connection, batch, rows)
        for queue in (self._notices, self._queue):
            self._settler.domains.park(connection, self._sender, queue, now)

    def _refuse(self, connection: Connection, batch: Batch, rows: Sequence[Claimed]) -> None:
        """Let go of those `rows` that may not go after all."""
        refused = {row.delivery_id: row for row in rows}
        for row in batch.granted:
            del refused[row.delivery_id]
        if refused:
            claims.give_back(connection, self._sender, refused)
            for row in refused.values():
                self._limiter.ended(row.domain, accepted=False)

    def _hand_back_all(self, connection: Connection) -> None:
        rows = self._notices.clear() + self._queue.clear()
        if rows:
            claims.give_back(connection, self._sender, [row.delivery_id for row in rows])


def expire_silent_workers(
    connection: Connection, liveness: Liveness, now: datetime, sender: str = "", *, hold: bool
) -> int:
    """Free the rows of senders that are silent for too long; how many rows."""
    liveness.hear({one: beats for one, beats in workers.beats(connection).items() if one != sender})
    freed = 0
    for silent, beats in liveness.silent().items():
        rows = workers.expire_worker(connection, silent, beats, now, hold=hold)
        log.warning("sender %s is gone; %d of its rows are free again", silent[:8], rows)
        freed += rows
    # Of a sender that was struck off while a statement of its own was under way, which the strike could not see.
    return freed + workers.free_rows_of(connection, None, now, hold=hold)
