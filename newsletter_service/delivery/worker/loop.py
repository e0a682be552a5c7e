"""claim -> fill -> transport -> settle, until nothing is due.

One loop speaks SMTP over all connections and, every few letters, to the database; connections are opened in
threads of their own, for that may take long.
"""

import logging
import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from selectors import EVENT_READ, SelectorKey

from newsletter_service.delivery.ledger import due
from newsletter_service.delivery.rules import Verdict, classify
from newsletter_service.delivery.worker.batch import Office, expire_silent_workers
from newsletter_service.delivery.worker.ledger_client import LedgerClient
from newsletter_service.delivery.worker.outcomes import is_plain, words
from newsletter_service.delivery.worker.personalise import Personaliser
from newsletter_service.delivery.worker.rate_limits import Ramp
from newsletter_service.delivery.worker.setup import DeliveryConfig, Snapshot
from newsletter_service.delivery.worker.spread import ConnectionSpread
from newsletter_service.smtp.connection import ConnectFailed, SmtpConnection
from newsletter_service.smtp.connector import Connector
from newsletter_service.smtp.messages import Outcome
from newsletter_service.smtp.poller import Poller
from newsletter_service.smtp.replies import Phase, Reply

SPARE_LETTERS = 10
"""Answers that may wait to be written down: a kill repeats these, and what each connection has under way."""
NEAR_SECONDS = 0.005
"""A server that answers EHLO faster than this is near: more than one letter a connection under way gains nothing."""
FAR_DEPTH = 8
MOST_IN_VAIN = 3
"""So many connections that end before any letter was accepted are enough to come back later."""
STOP_SECONDS = 6.0
LEAVE_SECONDS = 3.0
_TICK_SECONDS = 1.0
_LINGER_SECONDS = 0.002
_FEWEST_BUSY = 8
_MANY_BUSY = 16
_GATHER_SECONDS = 0.001
"""With so many connections the server has enough to do; coming for each answer alone costs as much as reading it."""

log = logging.getLogger(__name__)


def send_until_empty(outbox: DeliveryConfig, stop: threading.Event | None = None) -> Counter[Verdict]:
    """Send all that is due; how many letters met each verdict.

    Ends early when `stop` is set: letters under way are finished first. Ends too when no connection can be
    opened: UNREACHABLE is then among the verdicts, and all letters wait where they were.
    Raises TransportMisconfigured; sqlalchemy.exc.DBAPIError for what waiting does not mend.
    """
    if not _anything_to_do(outbox):
        return Counter()
    return _Run(outbox, stop or threading.Event()).run()


def _anything_to_do(outbox: DeliveryConfig) -> bool:
    now = outbox.clock()
    with outbox.engine.begin() as connection:
        expire_silent_workers(connection, outbox.liveness, now, hold=outbox.on_uncertain == "hold")
        return due.anything_due(connection, now)


def comes_soon(outbox: DeliveryConfig, within: timedelta) -> bool:
    """Whether something falls due soon, or is held by a sender of which nobody knows yet whether it lives."""
    now = outbox.clock()
    with outbox.engine.begin() as connection:
        if due.soonest(connection, now, now + within) is not None:
            return True
        return any(not outbox.liveness.alive(sender) for sender in due.claimed_by(connection))


class _Run:
    """One run: the loop over all connections. `stop` comes from outside."""

    def __init__(self, outbox: DeliveryConfig, stop: threading.Event) -> None:
        self._outbox, self._stop = outbox, stop
        self._poller = Poller()
        personaliser = Personaliser(
            outbox.links, outbox.clock, outbox.secret_key, outbox.mail_domain, outbox.bounce_domain
        )
        office = Office(
            engine=outbox.engine,
            clock=outbox.clock,
            secret_key=outbox.secret_key,
            limits=replace(outbox.limits),
            liveness=outbox.liveness,
            on_uncertain=outbox.on_uncertain,
            counting=outbox.report is not None,
        )
        self._ledger = LedgerClient(office, personaliser, self._poller.wake)
        self._connector = Connector(outbox.server, self._poller.wake)
        self._ramp = Ramp(outbox.server.connections)
        self._connections: set[SmtpConnection] = set()
        self._busy: set[SmtpConnection] = set()
        self._unreachable: Reply | None = None
        self._finishing = False
        self._in_vain = 0
        half = outbox.server.connections // 2
        self._spread = ConnectionSpread(max(_FEWEST_BUSY, half), outbox.server.connections)
        self._slots = 0
        self._next_tick = 0.0
        self._told: tuple[float, int] = (time.monotonic(), 0)

    def run(self) -> Counter[Verdict]:
        began = time.monotonic()
        self._open_more()
        try:
            while not self._over():
                self._step(_TICK_SECONDS)
            self._finish()
        finally:
            self._close_all()
        verdicts = Counter(self._ledger.verdicts)
        counts = {str(verdict): number for verdict, number in sorted(verdicts.items())}
        seconds = time.monotonic() - began
        log.debug("a run ended after %.1f s: %s", seconds, counts, extra={"verdicts": counts})
        if self._unreachable is not None:
            verdicts[Verdict.UNREACHABLE] += 1
        return verdicts

    def _over(self) -> bool:
        return self._stop.is_set() or self._unreachable is not None or self._ledger.idle

    def _step(self, timeout: float) -> None:
        """Hear what servers say and answer; write it down when that pays: all at once, or when nobody says more."""
        ledger_client = self._ledger
        events = self._events(timeout)
        for key, what in events:
            if key.data is None:
                self._poller.clear_wake()
            elif ledger_client.unsettled < self._spare_letters():
                self._serve(key.data, what)
        ledger_client.collect()
        if (
            not events
            or ledger_client.worth_work(self._spare_letters())
            or ledger_client.pause(self._slots) <= 0
        ):
            ledger_client.work(self._slots)
        self._take_in_opened()
        self._open_more()
        now = time.monotonic()
        self._spread.look(now)
        if now >= self._next_tick:
            self._tick()

    def _events(self, timeout: float) -> list[tuple[SelectorKey, int]]:
        """What there is to be read or written; before it is waited for, idle connections get letters.

        All of them if the server says nothing for a while: what else is there to do.
        """
        full = self._ledger.unsettled >= self._spare_letters()
        if not full and (events := self._poller.poll(0)):
            return events
        pause = min(timeout, self._ledger.pause(self._slots))
        if full:  # the database is away, or slow: what servers say now waits
            self._poller.wait_for_wake(pause)
            return []
        idle = self._assign(self._spread.enough)
        lingers = idle or self._ledger.could_settle
        began = time.monotonic()
        if len(self._busy) >= _MANY_BUSY:
            time.sleep(_GATHER_SECONDS)
        events = self._poller.poll(min(pause, _LINGER_SECONDS) if lingers else pause)
        self._spread.waited(time.monotonic() - began)
        if idle and not events:
            self._assign(self._outbox.server.connections)
        return events

    def _spare_letters(self) -> int:
        """How many answers may wait to be written down: a connection that has nothing under way can lose nothing."""
        return SPARE_LETTERS + self._outbox.server.connections - len(self._busy)

    # --- connections ---

    def _serve(self, connection: SmtpConnection, events: int) -> None:
        if events & EVENT_READ:
            self._settle(connection.on_readable())
        if len(self._busy) > self._spread.enough:
            connection.flush()
        else:
            self._give(connection)
        self._mind(connection)

    def _settle(self, outcomes: list[Outcome]) -> None:
        for outcome in outcomes:
            self._ledger.settle(outcome.message, outcome.reply)
            if is_plain(outcome.reply):
                self._ramp.accepted()
                self._outbox.server_away.over()
                self._in_vain = 0
            elif classify(outcome.reply) is Verdict.PAUSE:
                self._ledger.take_back()

    def _give(self, connection: SmtpConnection) -> None:
        """Start letters on a connection as long as it wants any, and send what is to be sent."""
        ledger_client, most = self._ledger, connection.max_messages
        while ledger_client.waiting and connection.protocol.can_start and not connection.closed:
            full = most and connection.protocol.started >= most
            if full or not connection.protocol.accepts_domain(ledger_client.next_domain):
                connection.protocol.quit()
                break
            letter = ledger_client.next_letter()
            if letter is None:
                break
            at_once = connection.start(letter)
            if at_once is not None:
                self._settle([at_once])
        connection.flush()

    def _assign(self, most: int) -> bool:
        """Put letters on up to `most` connections; whether there are letters that only others could take.

        A connection that begins takes away the room of an answer that waits, so there has to be one.
        """
        ledger_client, busy = self._ledger, self._busy
        if not ledger_client.waiting:
            return False
        for connection in list(self._connections if len(busy) < most else busy):
            may = connection in busy or (len(busy) < most and ledger_client.unsettled < self._spare_letters())
            if may and connection.protocol.can_start:
                self._give(connection)
                self._mind(connection)
        return bool(ledger_client.waiting) and len(busy) < len(self._connections)

    def _mind(self, connection: SmtpConnection) -> None:
        """Part with a connection that has ended; watch for room to write where something is left to be sent."""
        if connection.protocol.finished and not connection.wants_write:
            connection.close()
        if connection.closed:
            self._part(connection)
            return
        if connection.protocol.in_flight:
            self._busy.add(connection)
        else:
            self._busy.discard(connection)
        self._poller.update(connection)

    def _part(self, connection: SmtpConnection) -> None:
        if connection in self._connections:
            self._connections.discard(connection)
            self._busy.discard(connection)
            self._poller.unregister(connection)
            lost = connection.lost()
            self._settle(lost)
            self._make_room()
            if lost or not self._connections:  # not one that had nothing to do while others had
                self._mind_vain(connection)

    def _mind_vain(self, connection: SmtpConnection) -> None:
        """End the run when one connection after the other ends without having accepted a letter."""
        if connection.protocol.accepted or self._finishing:
            return
        self._in_vain += 1
        self._ledger.take_back()
        if self._in_vain >= MOST_IN_VAIN:
            self._unreachable = Reply(Phase.CONNECT, None, "connections end before a letter is accepted")
            self._outbox.server_away.note(f"it ended {self._in_vain} connections and accepted nothing")

    def _open_more(self) -> None:
        wanting = self._ledger.waiting or not self._connections
        opened = len(self._connections) + self._connector.pending
        if wanting and not self._finishing and self._ramp.may_open(opened, time.monotonic()):
            self._connector.start()

    def _take_in_opened(self) -> None:
        while self._connector.results:
            result = self._connector.results.popleft()
            self._connector.pending -= 1
            if isinstance(result, SmtpConnection) and self._finishing:
                result.close()
            elif isinstance(result, SmtpConnection):
                result.limit_messages(self._outbox.limits.letters_per_connection)
                self._connections.add(result)
                self._poller.register(result)
                self._make_room()
            elif isinstance(result, ConnectFailed):
                self._not_opened(result.reply)
            else:
                raise result

    def _not_opened(self, reply: Reply) -> None:
        self._outbox.server_away.note(f"no connection at phase {reply.phase}: {words(reply)}")
        self._ramp.refused(len(self._connections), time.monotonic())
        if classify(reply) is Verdict.PAUSE:
            self._ledger.refused_altogether(reply)
        if not self._connections and not self._connector.pending:
            self._unreachable = reply

    def _make_room(self) -> None:
        """Let as many letters be handed over as the connections can use until the next ones are."""
        count = 0 if self._finishing else len(self._connections)
        if count == 0:
            self._slots = 0
            self._ledger.take_back()
            return
        near = min(connection.ehlo_seconds for connection in self._connections) < NEAR_SECONDS
        depth = 1 if near else FAR_DEPTH
        for connection in self._connections:
            connection.protocol.depth = depth
        self._slots = count * (depth + 1) + SPARE_LETTERS + self._outbox.server.connections

    # --- once a second ---

    def _tick(self) -> None:
        now = time.monotonic()
        self._next_tick = now + _TICK_SECONDS
        for connection in list(self._connections):
            if connection.overdue(now):
                log.warning(
                    "the server did not answer in time at phase %s", connection.protocol.awaited_phase
                )
                connection.close()
                self._part(connection)
        self._tell(now)

    def _tell(self, now: float) -> None:
        if self._outbox.report is None:
            return
        verdicts = Counter(self._ledger.verdicts)
        done = verdicts.total()
        then, before = self._told
        rate = (done - before) / (now - then) if now > then else 0.0
        self._told = (now, done)
        left = self._ledger.batcher.open
        self._outbox.report(
            Snapshot(verdicts, left, rate, left / rate if rate else 0.0, self._ledger.trouble)
        )

    # --- the end ---

    def _finish(self) -> None:
        """Let the letters that are under way come to their end, and start no more."""
        self._finishing = True
        self._slots = 0
        self._ledger.take_back()
        for connection in list(self._connections):
            connection.protocol.quit()
            connection.flush()
            self._mind(connection)
        latest = time.monotonic() + STOP_SECONDS
        while self._connections and time.monotonic() < latest:
            self._step(min(_TICK_SECONDS, latest - time.monotonic()))

    def _close_all(self) -> None:
        for connection in list(self._connections):
            connection.close()
            self._part(connection)
        self._connector.close()
        settled = self._ledger.close(LEAVE_SECONDS)
        self._poller.close()
        if not settled:
            log.error("the ledger could not be brought up to date: %s", self._ledger.trouble)
