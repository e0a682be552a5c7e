"""Limits hold for all senders together, and connections are opened one by one as the server does well."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import log2

import pytest
from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session

from newsletter_service.delivery.ledger import workers
from newsletter_service.delivery.models import Worker
from newsletter_service.delivery.rules import DeliveryState, Verdict
from newsletter_service.delivery.worker.loop import send_until_empty
from newsletter_service.delivery.worker.rate_limits import BURST_SECONDS, Limits
from newsletter_service.delivery.worker.setup import DeliveryConfig, Snapshot
from newsletter_service.smtp.connection import SmtpServer
from newsletter_service.smtp.extensions import Extensions
from tests.conftest import NOW
from tests.delivery.db.beside import eventually, sending
from tests.delivery.db.conftest import release, states
from tests.pipelining_server import USUAL, running_erring_server
from tests.smtp_server import RecordingServer

RATE = 10.0
WHILE_SECONDS = 2.0
LETTERS = 600
"""More than go out at that rate while a test has patience."""
CONNECTIONS = 8
COLLEAGUES = pytest.mark.parametrize("colleagues", [0, 1], ids=["alone", "with a second sender"])


def running_clock() -> Callable[[], datetime]:
    began = time.monotonic()
    return lambda: NOW + timedelta(seconds=time.monotonic() - began)


@contextmanager
def colleagues_at_work(engine: Engine, count: int, name: str = "colleague") -> Iterator[None]:
    """So many other senders that are alive: they are registered, and their beats grow."""
    names, over = [f"{name}{number}" for number in range(count)], threading.Event()

    def beat() -> None:
        while not over.wait(0.5):
            with engine.begin() as connection:
                for name in names:
                    workers.beat(connection, name, 0, NOW)

    with engine.begin() as connection:
        for name in names:
            workers.register(connection, name, "elders.example", 1, NOW)
    thread = threading.Thread(target=beat)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        with engine.begin() as connection:
            connection.execute(delete(Worker).where(Worker.id.in_(names)))


def sent_in_turns(smtp: RecordingServer) -> Iterator[tuple[int, float]]:
    """How many letters came in one while after the other, and how many seconds each took."""
    eventually(lambda: bool(smtp.received))
    while True:
        before, began = len(smtp.received), time.monotonic()
        time.sleep(WHILE_SECONDS)
        yield len(smtp.received) - before, time.monotonic() - began


@COLLEAGUES
@pytest.mark.parametrize("limits", [Limits(rate=RATE), Limits(domain_rate=RATE)], ids=["all", "a domain"])
def test_a_second_sender_leaves_the_first_one_half_of_a_rate(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer, limits: Limits, colleagues: int
) -> None:
    """On a machine that is busy with other things a sender that is alone needs a few tries for all of its rate."""
    release(session, LETTERS)
    session.rollback()
    limited = replace(outbox, limits=limits, clock=running_clock())
    with colleagues_at_work(outbox.engine, colleagues), sending(limited, watch=True):
        for tries, (count, seconds) in enumerate(sent_in_turns(smtp), 1):
            half = RATE / 2 * (seconds + BURST_SECONDS)
            assert 0 < count <= half * (1 if colleagues else 2) + 4
            if colleagues or count > 1.3 * half or tries == 20:
                break
    assert colleagues or count > 1.3 * half


@COLLEAGUES
def test_a_second_sender_leaves_the_first_one_half_of_a_domains_connections(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer, colleagues: int
) -> None:
    release(session, 39)  # one, two, and then as many as two or four at a time
    session.rollback()
    smtp.seconds, smtp.together = 0.03, 2 if colleagues else 4
    wide = replace(outbox, limits=Limits(domain_connections=4), clock=running_clock())
    wide = replace(wide, server=replace(outbox.server, connections=8))
    with colleagues_at_work(outbox.engine, colleagues), sending(wide, watch=True):
        eventually(lambda: len(smtp.received) == 39)
    assert smtp.most_at_once == (2 if colleagues else 4)


def test_a_sender_without_a_share_of_a_domains_connections_waits_until_others_leave(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer
) -> None:
    mailing = release(session, 20)
    looks: list[Snapshot] = []
    limited = replace(outbox, limits=Limits(domain_connections=2), clock=running_clock(), report=looks.append)
    session.rollback()
    with contextlib.ExitStack() as stack:
        with colleagues_at_work(outbox.engine, 2, name="-of-lower-name"):
            stack.enter_context(sending(limited))
            eventually(lambda: len(looks) > 2)
            assert smtp.received == []
            assert states(session, mailing) == {DeliveryState.READY: 20}
        eventually(lambda: len(smtp.received) == 20)


@dataclass
class Watched:
    """A server that notes before each letter how many it had accepted and how many connections were open.

    It accepts none before there are as many connections as there may be by then.
    """

    open: Callable[[], int] = field(default=lambda: 0)
    noted: list[tuple[int, int]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, verb: str, _recipient: str) -> str:
        if verb == ".":
            if not self.noted:
                time.sleep(0.3)  # time enough to open all of them, for a sender that would not wait
            due = min(CONNECTIONS, 2 ** int(log2(len(self.noted) + 1)))
            eventually(lambda: self.open() >= due)
            with self._lock:
                self.noted.append((len(self.noted), self.open()))
        return USUAL.get(verb, "250 OK")


def test_one_connection_is_opened_first_and_more_only_as_letters_are_accepted(
    session: Session, outbox: DeliveryConfig
) -> None:
    release(session, 60)
    session.rollback()
    watched = Watched()
    with running_erring_server(Extensions(pipelining=True), watched.answer) as server:
        watched.open = lambda: server.connections
        eight = replace(outbox, server=SmtpServer("127.0.0.1", server.port, "none", connections=CONNECTIONS))
        assert send_until_empty(eight)[Verdict.SENT] == 60
        assert server.violations == []
    assert watched.noted[0] == (0, 1)
    assert all(connections <= accepted + 1 for accepted, connections in watched.noted)
    assert max(connections for _accepted, connections in watched.noted) == CONNECTIONS
