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

from newsletter_service.delivery import due, ledger, senders
from newsletter_service.delivery.domains import Domains
from newsletter_service.delivery.exchange import MOST_AT_ONCE, Wanted, exchange
from newsletter_service.delivery.ledger import Claimed, Place
from newsletter_service.delivery.pacing import Limits, Pacer
from newsletter_service.delivery.pool import Pool
from newsletter_service.delivery.roll_call import RollCall
from newsletter_service.delivery.rules import Reply, Verdict
from newsletter_service.delivery.settling import Answered, Settler, is_plain, settle_late, words

CLAIM_AT_ONCE = 500
BEAT_SECONDS = 1.0
LOOK_AGAIN_SECONDS = 0.5
_FEWEST_CLAIMED = 20
_NEWEST_BEAT_COUNTS = 0.3
_CLOCK_JUMP_SECONDS = 10.0
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
    roll_call: RollCall
    on_uncertain: Literal["resend", "hold"] = "resend"
    counting: bool = False


@dataclass
class Turn:
    """What one transaction is about: outcomes and unsent letters go in, letters that may go now come out.

    `refusals` are answers that concern all we have; `stopped` are those of the `waiting` letters that may not go
    any more, by delivery id. With `more` there is something due that found no room.
    """

    outcomes: list[Answered]
    unsent: list[Claimed]
    refusals: list[Reply]
    waiting: Collection[Claimed]
    granted: list[Claimed] = field(default_factory=list)
    refused: list[Claimed] = field(default_factory=list)
    stopped: set[int] = field(default_factory=set)
    verdicts: list[Verdict] = field(default_factory=list)
    claimed: int = 0
    more: bool = False


class Clerk:
    """Knows which rows this sender holds; `turn` works in a transaction, `remember` once that is committed."""

    def __init__(self, office: Office) -> None:
        self.open = 0
        self.idle = False
        self._office = office
        self._sender = ""
        self._pacer = Pacer(office.limits)
        self._settler = Settler(Domains(self._pacer, office.limits), office.on_uncertain)
        self._pool = Pool(self._pacer)
        self._handed: dict[object, Claimed] = {}
        self._strays: set[object] = set()
        self._places: dict[int | None, Place | None] = {}
        self._running: list[int] = []
        self._last_beat = self._last_claim = self._last_count = float("-inf")
        self._settled_since_beat = 0
        self._clock_at: tuple[datetime, float] | None = None
        self._pace = 0.0
        self._unsure = self._more = self._suppressing = False

    def handed(self, delivery_id: object) -> Claimed:
        """The row of a letter that was handed over and is not settled."""
        return self._handed[delivery_id]

    def pause(self, slots: int) -> float:
        """Seconds until there is something to do even if nothing happens."""
        now = time.monotonic()
        beat = self._last_beat + BEAT_SECONDS - now
        turn = (0.0 if self._more else self._pool.wait(now)) if slots > len(self._handed) else None
        return max(0.0, min(beat, LOOK_AGAIN_SECONDS if turn is None else turn))

    def turn(self, connection: Connection, turn: Turn, slots: int) -> None:
        """One transaction's work, with at most `slots` letters handed over and not settled after it."""
        now = self._office.clock()
        beat = time.monotonic() - self._last_beat >= BEAT_SECONDS
        if beat:
            self._keep_house(connection, turn, now)
        turn.verdicts = self._settler.settle(connection, self._sender, turn.outcomes, now)
        senders.hand_back(connection, self._sender, [row.delivery_id for row in turn.unsent])
        self._pause_mailings(connection, turn, now)
        room = self._room(turn, slots)
        self._claim(connection, turn, room, now, beat=beat)
        self._hand_over(connection, turn, room, now)

    def quick_turn(self, connection: Connection, turn: Turn, slots: int) -> bool:
        """The same by `exchange`, in a transaction of its own, where nothing is out of the ordinary; whether it was.

        That is nearly always: letters arrived, more of a mailing are due, and no domain has limits.
        """
        room = min(self._room(turn, slots), MOST_AT_ONCE)
        if not (self._is_ordinary(turn) and (turn.outcomes or room > 0)):
            return False
        now, mailing_id = self._office.clock(), self._running[0]
        wanted = Wanted(mailing_id, room, self._places.get(mailing_id)) if room > 0 else None
        settled, rows, place = exchange(connection, self._sender, turn.outcomes, wanted, now)
        turn.verdicts = [Verdict.SENT] * len(turn.outcomes)
        turn.granted, turn.claimed, turn.more = rows, len(rows), self._more
        self._settler.domains.returned(rows)
        if wanted is not None:
            self._places[mailing_id] = place if len(rows) == room else None
            if len(rows) < room:
                self._running = self._running[1:]
        if settled < len(turn.outcomes):
            with connection.begin():
                settle_late(connection, turn.outcomes, now)
        if unwanted := self._unwanted_handed(connection, rows, now):
            turn.granted = [row for row in rows if row.delivery_id not in unwanted]
        return True

    def _is_ordinary(self, turn: Turn) -> bool:
        return bool(
            self._running
            and self._pacer.free
            and not (len(self._pool) or turn.unsent or turn.refusals or self._unsure or self._strays)
            and time.monotonic() - self._last_beat < BEAT_SECONDS
            and all(is_plain(reply) for _row, reply in turn.outcomes)
        )

    def _unwanted_handed(self, connection: Connection, rows: Sequence[Claimed], now: datetime) -> set[int]:
        """Rows that were handed over but go to nobody: cancelled before any connection sees them."""
        if not (self._suppressing and rows):
            return set()
        with connection.begin():
            unwanted = self._unwanted(connection, rows)
            ledger.cancel_claimed(connection, self._sender, unwanted, now)
        return unwanted

    def _room(self, turn: Turn, slots: int) -> int:
        return slots - (len(self._handed) - len(turn.outcomes) - len(turn.unsent))

    def leave(self, connection: Connection, turn: Turn) -> None:
        """The last transaction: settle what is known, give back what reached no connection, doubt all the rest."""
        now = self._office.clock()
        turn.verdicts = self._settler.settle(connection, self._sender, turn.outcomes, now)
        senders.hand_back(connection, self._sender, [row.delivery_id for row in turn.unsent])
        self._pause_mailings(connection, turn, now)
        senders.leave(connection, self._sender, now, hold=self._hold)

    def remember(self, turn: Turn) -> None:
        """Take into memory what was committed."""
        done = [row for row, _reply in turn.outcomes]
        astray = bool(self._strays)
        for row in (*done, *turn.unsent):
            del self._handed[row.delivery_id]
            self._strays.discard(row.delivery_id)
        if not self._pacer.free:
            for row, verdict in zip(done, turn.verdicts, strict=True):
                self._pacer.ended(row.domain, verdict is Verdict.SENT)
            for row in (*turn.unsent, *turn.refused):
                self._pacer.ended(row.domain, False)
        self._pool.add(turn.unsent, first=True)
        self._handed.update((row.delivery_id, row) for row in turn.granted)
        self._settled_since_beat += len(turn.verdicts)
        self.open = max(0, self.open - len(turn.verdicts))
        self._more = turn.more or turn.claimed > 0 or (astray and not self._strays)
        self.idle = not (self._more or self._handed or len(self._pool))

    def forget(self) -> None:
        """A transaction failed, and nobody knows how far it came: hold only what is with the server."""
        self._pool.clear()
        self._pacer = Pacer(self._office.limits)
        self._settler.domains = Domains(self._pacer, self._office.limits)
        self._pool.pacer = self._pacer
        self._last_beat = float("-inf")
        self._unsure = True

    # --- once a second ---

    def _keep_house(self, connection: Connection, turn: Turn, now: datetime) -> None:
        self._measure_pace()
        self._mind_clock(now)
        turn.stopped = due.stopped(connection, [row.delivery_id for row in turn.waiting])
        if not self._sender or not senders.beat(connection, self._sender, round(self._pace), now):
            self._begin(connection, turn, now)
        if self._unsure:
            senders.keep_only(connection, self._sender, [row.delivery_id for row in self._handed.values()])
            self._unsure = False
        self._places.clear()
        self._suppressing = ledger.anyone_suppressed(connection)
        call_roll(connection, self._office.roll_call, now, self._sender, hold=self._hold)
        self._pacer.share_with(len(senders.beats(connection)))
        self._settler.domains.read(connection, now)
        if self._office.counting and self._last_beat - self._last_count >= _COUNT_EVERY_SECONDS:
            self.open, self._last_count = due.count_open(connection), self._last_beat

    def _mind_clock(self, now: datetime) -> None:
        """Say it when the clock was set: what is due when follows the clock, who is alive does not."""
        steady = time.monotonic()
        if self._clock_at is not None:
            then, steady_then = self._clock_at
            jumped = (now - then).total_seconds() - (steady - steady_then)
            if abs(jumped) > _CLOCK_JUMP_SECONDS:
                log.warning("the clock jumped by %+.0f s; sending goes on by the new time", jumped)
        self._clock_at = now, steady

    def _measure_pace(self) -> None:
        """Letters a second, smoothed over a few beats."""
        now = time.monotonic()
        latest = self._settled_since_beat / max(now - self._last_beat, BEAT_SECONDS)
        self._pace += (latest - self._pace) * _NEWEST_BEAT_COUNTS
        self._last_beat, self._settled_since_beat = now, 0

    def _begin(self, connection: Connection, turn: Turn, now: datetime) -> None:
        """Register; under a new name if the others had given us up, with whom our rows then are.

        Letters that are with the server have gone astray: until it has answered nothing new is claimed, for that
        could be the very same ones.
        """
        if self._sender:
            log.warning("the others took this sender for dead; it goes on under a new name")
            self._pool.clear()
            self._strays = set(self._handed)
            turn.stopped = {row.delivery_id for row in turn.waiting}
        self._sender = secrets.token_hex(16)
        senders.register(connection, self._sender, socket.gethostname(), os.getpid(), now)

    @property
    def _hold(self) -> bool:
        return self._office.on_uncertain == "hold"

    def _pause_mailings(self, connection: Connection, turn: Turn, now: datetime) -> None:
        for reply in turn.refusals:
            running = {row.mailing_id for row in self._pool if row.mailing_id is not None}
            ledger.pause(connection, running | set(due.mailings(connection, now)), words(reply), now)

    # --- claiming and handing over ---

    def _claim(self, connection: Connection, turn: Turn, room: int, now: datetime, *, beat: bool) -> None:
        """Claim what can go now, or where domains have limits, ahead for two seconds; notices always come first."""
        if self._strays:
            return
        if self._pacer.free and room <= 0:
            turn.more = due.anything_due(connection, now) if beat else self._more
            return
        limit = room if self._pacer.free else max(_FEWEST_CLAIMED, min(CLAIM_AT_ONCE, round(2 * self._pace)))
        in_reach = len(self._pool) - self._pool.blocked
        recently = time.monotonic() - self._last_claim < LOOK_AGAIN_SECONDS
        if in_reach > limit // 2 or (recently and not in_reach):
            limit = _FEWEST_CLAIMED if beat else 0
            mailings: list[int] = []
        else:
            mailings = due.mailings(connection, now)
        rows: list[Claimed] = []
        for mailing_id in (None, *mailings):
            if len(rows) < limit:
                rows += self._claim_from(connection, turn, mailing_id, now, limit - len(rows))
        if not turn.claimed and mailings == [] and not in_reach and not recently:
            self._last_claim = time.monotonic()
        self._running = mailings
        self._settler.domains.park(connection, self._sender, self._pool, now)

    def _claim_from(
        self, connection: Connection, turn: Turn, mailing_id: int | None, now: datetime, limit: int
    ) -> list[Claimed]:
        rows, whole = self._claimed(connection, mailing_id, now, limit)
        turn.claimed += whole
        self._settler.domains.returned(rows)
        self._pool.add(rows, first=mailing_id is None)
        return rows

    def _claimed(
        self, connection: Connection, mailing_id: int | None, now: datetime, limit: int
    ) -> tuple[list[Claimed], int]:
        """Rows that may go, and how many were claimed for that."""
        rows, place = ledger.claim(
            connection, self._sender, mailing_id, now, limit, self._places.get(mailing_id)
        )
        self._places[mailing_id] = place if len(rows) == limit else None
        unwanted = self._unwanted(connection, rows)
        ledger.cancel_claimed(connection, self._sender, unwanted, now)
        return [row for row in rows if row.delivery_id not in unwanted], len(rows)

    def _unwanted(self, connection: Connection, rows: Sequence[Claimed]) -> set[int]:
        """Those to addresses that are not to be mailed any more; to be cancelled."""
        if not self._suppressing:
            return set()
        return ledger.suppressed(connection, rows, self._office.secret_key)

    def _hand_over(self, connection: Connection, turn: Turn, room: int, now: datetime) -> None:
        rows = self._pool.take(room, time.monotonic()) if room > 0 and not self._strays else []
        if not rows:
            return
        may_go = ledger.hand_over(connection, self._sender, [row.delivery_id for row in rows], now)
        turn.granted = [row for row in rows if row.delivery_id in may_go]
        if len(may_go) < len(rows):
            turn.refused = [row for row in rows if row.delivery_id not in may_go]
            ledger.give_back(connection, self._sender, [row.delivery_id for row in turn.refused])


def call_roll(
    connection: Connection, roll_call: RollCall, now: datetime, sender: str = "", *, hold: bool
) -> int:
    """Free the rows of senders that are silent for too long; how many rows."""
    roll_call.hear({one: beats for one, beats in senders.beats(connection).items() if one != sender})
    freed = 0
    for silent, beats in roll_call.silent().items():
        rows = senders.bury(connection, silent, beats, now, hold=hold)
        log.warning("sender %s is gone; %d of its rows are free again", silent[:8], rows)
        freed += rows
    # Of a sender that was struck off while a statement of its own was under way, which the strike could not see.
    return freed + senders.free_rows_of(connection, None, now, hold=hold)
