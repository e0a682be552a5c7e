"""claim -> fill -> transport -> settle, until nothing is due."""

import logging
import random
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from newsletter_service.delivery import ledger
from newsletter_service.delivery.ledger import Claimed
from newsletter_service.delivery.models import Letter
from newsletter_service.delivery.rules import Phase, Reply, Verdict, envelope_sender, message_id
from newsletter_service.delivery.transport import Transport
from newsletter_service.letters.errors import LetterError
from newsletter_service.letters.skeleton import SlotValues, fill

CLAIM_AT_ONCE = 20
_STOPS_THE_RUN = (Verdict.UNREACHABLE, Verdict.PAUSE)

log = logging.getLogger(__name__)


class LinkMaker(Protocol):
    """Makes a reader's own links, in whatever way the pages behind them read them."""

    def manage(self, reader_id: int, generation: int) -> str:
        """Where the reader changes preferences."""

    def unsubscribe(self, reader_id: int, generation: int) -> str:
        """Where the reader leaves."""


@dataclass(frozen=True)
class Outbox:
    """All a sender needs from outside: sessions that commit when left, transports, links, names and a clock."""

    open_session: Callable[[], AbstractContextManager[Session]]
    open_transport: Callable[[], Transport]
    links: LinkMaker
    clock: Callable[[], datetime]
    secret_key: str
    mail_domain: str
    bounce_domain: str
    connections: int = 1
    rate: float = 0


@dataclass
class Pace:
    """Spaces letters evenly over all connections; `rate` a second, 0 for no limit."""

    rate: float
    _next: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, stop: threading.Event) -> None:
        """Return when the next letter may go, or at once when `stop` is set."""
        if not self.rate:
            return
        with self._lock:
            start = max(self._next, time.monotonic())
            self._next = start + 1 / self.rate
        stop.wait(max(0.0, start - time.monotonic()))


def send_until_empty(outbox: Outbox, stop: threading.Event | None = None) -> Counter[Verdict]:
    """Send all that is due over `outbox.connections` connections; how many letters met each verdict.

    Ends early when `stop` is set, or when the server cannot be reached or refuses us altogether: what
    was claimed is given back and waits for the next run.
    """
    stop = stop or threading.Event()
    with outbox.open_session() as session:
        recovered = ledger.recover(session, outbox.clock())
    if recovered:
        log.warning("%d deliveries of a sender that is gone were settled", recovered)
    pace, halt = Pace(outbox.rate), threading.Event()
    with ThreadPoolExecutor(outbox.connections) as pool:
        runs = [pool.submit(_Worker(outbox, pace, stop, halt).run) for _ in range(outbox.connections)]
    total: Counter[Verdict] = Counter()
    for run in runs:
        total += run.result()
    return total


class _Worker:
    """One connection's share of the work; `stop` comes from outside, `halt` from a worker that found no server."""

    def __init__(self, outbox: Outbox, pace: Pace, stop: threading.Event, halt: threading.Event) -> None:
        self.outbox = outbox
        self.pace = pace
        self.stop = stop
        self.halt = halt
        self.holder = secrets.token_hex(16)
        self.transport = outbox.open_transport()
        self.skeletons: dict[int, bytes] = {}
        self.verdicts: Counter[Verdict] = Counter()

    def run(self) -> Counter[Verdict]:
        try:
            while not self._over() and (rows := self._claim()):
                self._work_off(rows)
        finally:
            self.transport.close()
        return self.verdicts

    def _over(self) -> bool:
        return self.stop.is_set() or self.halt.is_set()

    def _claim(self) -> list[Claimed]:
        with self.outbox.open_session() as session:
            return ledger.claim(
                session, self.holder, self.outbox.clock(), CLAIM_AT_ONCE, self.outbox.secret_key
            )

    def _work_off(self, rows: list[Claimed]) -> None:
        waiting = list(rows)
        try:
            while waiting and not self._over():
                self.pace.wait(self.stop)
                if not self._over():
                    self._deliver(waiting.pop(0))
        finally:
            self._give_back(waiting)

    def _deliver(self, row: Claimed) -> None:
        with self.outbox.open_session() as session:
            message = self._filled(session, row)
            if message is None or not ledger.hand_over(session, row, self.holder, self.outbox.clock()):
                ledger.release(session, row, self.holder)
                return
        sender = envelope_sender(row.delivery_id, self.outbox.secret_key, self.outbox.bounce_domain)
        self._settle(row, self.transport.send(sender, row.address, message))

    def _filled(self, session: Session, row: Claimed) -> bytes | None:
        """The letter for this reader; None (and the row settled as failed) if it cannot be made."""
        try:
            return fill(self._skeleton(session, row.letter_id), self._values(row))
        except LetterError as error:
            log.error("delivery %d cannot be filled: %s", row.delivery_id, error)
            reply = Reply(Phase.DATA, 554, f"5.6.0 {error}")
            self._count(ledger.settle(session, row, self.holder, reply, self.outbox.clock(), 0))
            return None

    def _skeleton(self, session: Session, letter_id: int) -> bytes:
        if letter_id not in self.skeletons:
            if len(self.skeletons) > 32:
                self.skeletons.clear()
            self.skeletons[letter_id] = session.get_one(Letter, letter_id).skeleton
        return self.skeletons[letter_id]

    def _values(self, row: Claimed) -> SlotValues:
        reader = row.reader_id is not None and row.reader_generation is not None
        links = self.outbox.links
        return SlotValues(
            address=row.address,
            date=self.outbox.clock(),
            message_id=message_id(row.delivery_id, self.outbox.secret_key, self.outbox.mail_domain),
            name=row.name,
            manage_url=links.manage(row.reader_id or 0, row.reader_generation or 0) if reader else "",
            unsubscribe_url=links.unsubscribe(row.reader_id or 0, row.reader_generation or 0)
            if reader
            else "",
        )

    def _settle(self, row: Claimed, reply: Reply) -> None:
        with self.outbox.open_session() as session:
            chance = random.random()  # noqa: S311  # spreads retries, keeps no secret
            verdict = ledger.settle(session, row, self.holder, reply, self.outbox.clock(), chance)
        self._count(verdict)
        if verdict in _STOPS_THE_RUN:
            log.error(
                "sending stops for now at phase %s: %s %s", reply.phase, reply.code or "", _safe(reply.text)
            )
            self.halt.set()

    def _count(self, verdict: Verdict) -> None:
        self.verdicts[verdict] += 1

    def _give_back(self, rows: list[Claimed]) -> None:
        if rows:
            with self.outbox.open_session() as session:
                for row in rows:
                    ledger.release(session, row, self.holder)


def _safe(text: str) -> str:
    """A server's words without the addresses that servers like to repeat."""
    return " ".join("…" if "@" in word else word for word in text.split())
