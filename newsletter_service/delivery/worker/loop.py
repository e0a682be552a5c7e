"""The loop of a worker: claim, fill, send and settle letters until nothing is due.

One loop drives all SMTP connections and, every few letters, a transaction; connections are opened in threads of their
own, for that may take long.
"""

import logging
import threading
import time
from collections import Counter
from selectors import EVENT_READ, SelectorKey

from newsletter_service.delivery.rules import Verdict, classify
from newsletter_service.delivery.worker.ledger_client import LedgerClient
from newsletter_service.delivery.worker.outlook import has_work
from newsletter_service.delivery.worker.rate_limits import Ramp
from newsletter_service.delivery.worker.setup import DeliveryConfig, Snapshot
from newsletter_service.delivery.worker.spread import ConnectionSpread
from newsletter_service.smtp.connection import ConnectFailed, SmtpConnection
from newsletter_service.smtp.connector import Connector
from newsletter_service.smtp.messages import Outcome
from newsletter_service.smtp.poller import Poller
from newsletter_service.smtp.replies import Phase, Reply

SPARE_LETTERS = 10
"""Outcomes that may wait to be written down: a kill repeats these letters, and those in flight."""
NEAR_SECONDS = 0.005
"""A server that replies to EHLO faster than this is near: more than one letter in flight a connection gains nothing."""
FAR_DEPTH = 8
MOST_FRUITLESS = 3
"""After so many connections that ended before a letter was accepted, the server is tried again later."""
STOP_SECONDS = 6.0
LEAVE_SECONDS = 3.0
_TICK_SECONDS = 1.0
_LINGER_SECONDS = 0.002
_FEWEST_BUSY = 8
_MANY_BUSY = 16
_GATHER_SECONDS = 0.001
"""With so many busy connections the server has enough to do; waking for each reply alone costs as much as reading
it."""

_ABOUT_ALL_LETTERS = (Verdict.PAUSE, Verdict.UNREACHABLE)

log = logging.getLogger(__name__)


def send_until_empty(
    config: DeliveryConfig, stop: threading.Event | None = None, poller: Poller | None = None
) -> Counter[Verdict]:
    """Sends all that is due; returns the number of letters by verdict. `poller` is what waits for connections.

    Ends early when `stop` is set: letters in flight are finished first. Ends too when no connection can be opened:
    UNREACHABLE is then among the verdicts, and all letters wait where they were.
    Raises TransportMisconfigured; sqlalchemy.exc.DBAPIError for what waiting does not mend.
    """
    if not has_work(config):
        return Counter()
    return _Run(config, stop or threading.Event(), poller or Poller()).run()


class _Run:
    """One run: the loop over all connections, until nothing is left to do or `stop` is set."""

    def __init__(self, config: DeliveryConfig, stop: threading.Event, poller: Poller) -> None:
        self._config, self._stop, self._poller = config, stop, poller
        self._ledger = LedgerClient(config, self._poller.wake)
        self._connector = Connector(config.server, self._poller.wake)
        self._ramp = Ramp(config.server.connections)
        self._connections: set[SmtpConnection] = set()
        self._busy: set[SmtpConnection] = set()
        self._unreachable: Reply | None = None
        self._finishing = False
        self._fruitless = 0
        half = config.server.connections // 2
        self._spread = ConnectionSpread(max(_FEWEST_BUSY, half), config.server.connections)
        self._slots = 0
        self._next_tick = 0.0
        self._reported: tuple[float, int] = (time.monotonic(), 0)

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
        """Reads replies and sends letters; settles when enough wait for it, or when no more replies come."""
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
        self._collect_opened()
        self._open_more()
        now = time.monotonic()
        self._spread.look(now)
        if now >= self._next_tick:
            self._tick()

    def _events(self, timeout: float) -> list[tuple[SelectorKey, int]]:
        """Returns what can be read or written; before it waits for that, idle connections get letters.

        All of them if no reply comes for a while: there is nothing else to do.
        """
        full = self._ledger.unsettled >= self._spare_letters()
        if not full and (events := self._poller.poll(0)):
            return events
        pause = min(timeout, self._ledger.pause(self._slots))
        if full:  # the database is slow or cannot be reached: replies have to wait
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
            self._assign(self._config.server.connections)
        return events

    def _spare_letters(self) -> int:
        """The number of outcomes that may wait to be written down: an idle connection can lose nothing."""
        return SPARE_LETTERS + self._config.server.connections - len(self._busy)

    # --- connections ---

    def _serve(self, connection: SmtpConnection, events: int) -> None:
        if events & EVENT_READ:
            self._settle(connection.on_readable())
        if len(self._busy) > self._spread.enough:
            connection.flush()
        else:
            self._give(connection)
        self._update(connection)

    def _settle(self, outcomes: list[Outcome]) -> None:
        for outcome in outcomes:
            verdict = self._ledger.settle(outcome)
            if verdict is Verdict.SENT:
                self._ramp.accepted()
                self._config.server_away.over()
                self._fruitless = 0
            elif verdict in _ABOUT_ALL_LETTERS:
                self._ledger.take_back()

    def _give(self, connection: SmtpConnection) -> None:
        """Starts letters on a connection as long as it can take any, and sends what is to be sent."""
        ledger_client, most = self._ledger, connection.max_messages
        while ledger_client.waiting and connection.protocol.can_start and not connection.closed:
            full = most and connection.protocol.started >= most
            if full or not connection.protocol.accepts_domain(ledger_client.next_domain):
                connection.protocol.quit()
                break
            letter = ledger_client.next_letter()
            if letter is None:
                break
            refused = connection.protocol.start(letter)
            if refused is not None:
                self._settle([refused])
        connection.flush()

    def _assign(self, most: int) -> bool:
        """Puts letters on up to `most` connections; returns whether there are letters that only others could take.

        A connection that becomes busy leaves room for one outcome less, so there has to be some.
        """
        ledger_client, busy = self._ledger, self._busy
        if not ledger_client.waiting:
            return False
        for connection in list(self._connections if len(busy) < most else busy):
            may = connection in busy or (len(busy) < most and ledger_client.unsettled < self._spare_letters())
            if may and connection.protocol.can_start:
                self._give(connection)
                self._update(connection)
        return bool(ledger_client.waiting) and len(busy) < len(self._connections)

    def _update(self, connection: SmtpConnection) -> None:
        """Drops a connection that has ended; watches one with unsent bytes for room to write."""
        if connection.protocol.finished and not connection.wants_write:
            connection.close()
        if connection.closed:
            self._drop(connection)
            return
        if connection.protocol.in_flight:
            self._busy.add(connection)
        else:
            self._busy.discard(connection)
        self._poller.update(connection)

    def _drop(self, connection: SmtpConnection) -> None:
        if connection in self._connections:
            self._connections.discard(connection)
            self._busy.discard(connection)
            self._poller.unregister(connection)
            lost = connection.lost()
            self._settle(lost)
            self._set_slots()
            if lost or not self._connections:  # not one that had nothing to do while others had
                self._note_fruitless(connection)

    def _note_fruitless(self, connection: SmtpConnection) -> None:
        """Ends the run when one connection after the other ends before a letter was accepted."""
        if connection.protocol.accepted or self._finishing:
            return
        self._fruitless += 1
        self._ledger.take_back()
        if self._fruitless >= MOST_FRUITLESS:
            self._unreachable = Reply(Phase.CONNECT, None, "connections end before a letter is accepted")
            self._config.server_away.note(
                f"it closed {self._fruitless} connections in a row before it accepted a letter"
            )

    def _open_more(self) -> None:
        wanted = self._ledger.waiting or not self._connections
        opened = len(self._connections) + self._connector.pending
        if wanted and not self._finishing and self._ramp.may_open(opened, time.monotonic()):
            self._connector.start()

    def _collect_opened(self) -> None:
        while self._connector.results:
            result = self._connector.results.popleft()
            self._connector.pending -= 1
            if isinstance(result, SmtpConnection) and self._finishing:
                result.close()
            elif isinstance(result, SmtpConnection):
                result.limit_messages(self._config.limits.letters_per_connection)
                self._connections.add(result)
                self._poller.register(result)
                self._set_slots()
            elif isinstance(result, ConnectFailed):
                self._connect_failed(result.reply)
            else:
                raise result

    def _connect_failed(self, reply: Reply) -> None:
        self._config.server_away.note(f"no connection at phase {reply.phase}: {reply}")
        self._ramp.refused(len(self._connections), time.monotonic())
        if classify(reply) is Verdict.PAUSE:
            self._ledger.pause_all(reply)
        if not self._connections and not self._connector.pending:
            self._unreachable = reply

    def _set_slots(self) -> None:
        """Lets as many letters be handed over as the connections can use until the next batch."""
        count = 0 if self._finishing else len(self._connections)
        if count == 0:
            self._slots = 0
            self._ledger.take_back()
            return
        near = min(connection.ehlo_seconds for connection in self._connections) < NEAR_SECONDS
        depth = 1 if near else FAR_DEPTH
        for connection in self._connections:
            connection.protocol.depth = depth
        self._slots = count * (depth + 1) + SPARE_LETTERS + self._config.server.connections

    # --- once a second ---

    def _tick(self) -> None:
        now = time.monotonic()
        self._next_tick = now + _TICK_SECONDS
        for connection in list(self._connections):
            if connection.overdue(now):
                log.warning(
                    "no reply from the server in time, at phase %s", connection.protocol.awaited_phase
                )
                connection.close()
                self._drop(connection)
        self._report(now)

    def _report(self, now: float) -> None:
        if self._config.report is None:
            return
        verdicts = Counter(self._ledger.verdicts)
        done = verdicts.total()
        then, before = self._reported
        rate = (done - before) / (now - then) if now > then else 0.0
        self._reported = (now, done)
        left = self._ledger.batcher.open
        self._config.report(
            Snapshot(verdicts, left, rate, left / rate if rate else 0.0, self._ledger.trouble)
        )

    # --- the end ---

    def _finish(self) -> None:
        """Finishes the letters that are in flight and starts no more."""
        self._finishing = True
        self._slots = 0
        self._ledger.take_back()
        for connection in list(self._connections):
            connection.protocol.quit()
            connection.flush()
            self._update(connection)
        latest = time.monotonic() + STOP_SECONDS
        while self._connections and time.monotonic() < latest:
            self._step(min(_TICK_SECONDS, latest - time.monotonic()))

    def _close_all(self) -> None:
        for connection in list(self._connections):
            connection.close()
            self._drop(connection)
        self._connector.close()
        settled = self._ledger.close(LEAVE_SECONDS)
        self._poller.close()
        if not settled:
            log.error(
                "outcomes could not be written down, those letters are uncertain: %s", self._ledger.trouble
            )
