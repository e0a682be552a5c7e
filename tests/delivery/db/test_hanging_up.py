"""Servers that hang up: before they were asked anything, at each letter, or while a sender is about to end."""

import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.delivery.models import DomainBackoff
from newsletter_service.delivery.rules import DeliveryState, Verdict
from newsletter_service.delivery.worker.loop import MOST_FRUITLESS, NEAR_SECONDS, send_until_empty
from newsletter_service.delivery.worker.rate_limits import Limits
from newsletter_service.delivery.worker.setup import DeliveryConfig
from newsletter_service.smtp.extensions import Extensions
from tests.chaos.waiting import PATIENCE_SECONDS
from tests.conftest import Clock
from tests.delivery.db.conftest import release, states
from tests.pipelining_server import DROP, StrictSession, as_usual, running_erring_server
from tests.smtp_server import Received, RecordingServer

_RESET = struct.pack("ii", 1, 0)


@contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """The port of a server that does `serve` with each connection, one after the other."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            with suppress(OSError):
                while True:
                    client, _ = listener.accept()
                    with client, suppress(OSError):
                        serve(client)

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(PATIENCE_SECONDS)


def to(outbox: DeliveryConfig, port: int) -> DeliveryConfig:
    return replace(outbox, server=replace(outbox.server, port=port, connections=4))


@pytest.mark.parametrize("seconds", [0, 2 * NEAR_SECONDS], ids=["near", "far"])
def test_a_server_that_hangs_up_at_every_letter_is_left_alone_after_a_few(
    session: Session, outbox: DeliveryConfig, clock: Clock, seconds: float
) -> None:
    mailing = release(session, 200)

    def answer(verb: str, _recipient: str) -> str:
        return DROP if verb == "." else "250 OK"

    announced = Extensions(pipelining=True, chunking=True)
    with running_erring_server(announced, answer, seconds=seconds) as server:
        for _ in range(20):
            send_until_empty(to(outbox, server.port))
            clock.move(seconds=2)
        assert server.connections <= 4 * MOST_FRUITLESS
    ambiguous = states(session, mailing)[DeliveryState.DEFERRED]
    assert 0 < ambiguous <= server.connections
    rest = session.scalars(select(DomainBackoff)).one()
    assert (rest.domain, rest.until > clock.now) == ("", True)


def test_a_server_that_resets_after_its_greeting_costs_no_sender_its_life(
    session: Session, outbox: DeliveryConfig
) -> None:
    mailing = release(session, 5)

    def greet_and_reset(client: socket.socket) -> None:
        client.sendall(b"220 mx\r\n")
        client.recv(1000)
        client.sendall(b"250-mx\r\n250 PIPELINING\r\n")
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)

    with listening(greet_and_reset) as port:
        for _ in range(10):
            assert send_until_empty(to(outbox, port)) <= Counter({Verdict.UNREACHABLE: 1, Verdict.REQUEUE: 5})
    assert states(session, mailing) == {DeliveryState.READY: 5}


class Impatient:
    """A server that hangs up on three connections or more at once, as soon as so many were never asked for anything.

    It does so while it has a letter in hand, for then a client that may have one under way begins no other.
    """

    def __init__(self) -> None:
        self.hung_up = 0
        self.received: list[Received] = []
        self._unused: set[socket.socket] = set()
        self._lock = threading.Lock()

    def serve(self, client: socket.socket) -> None:
        threading.Thread(target=self._talk, args=(client.dup(),), daemon=True).start()

    def _talk(self, client: socket.socket) -> None:
        session = StrictSession(Extensions(pipelining=True), self._answer, self.received)
        with client, suppress(OSError):
            client.sendall(b"220 mx\r\n")
            client.sendall(session.feed(client.recv(1000)))
            with self._lock:
                self._unused.add(client)
            while data := client.recv(65_536):
                with self._lock:
                    self._unused.discard(client)
                client.sendall(session.feed(data))

    def _answer(self, verb: str, recipient: str) -> str:
        if verb == ".":
            time.sleep(0.05)
            with self._lock:
                if len(self._unused) >= MOST_FRUITLESS:
                    self._hang_up()
        return as_usual(verb, recipient)

    def _hang_up(self) -> None:
        self.hung_up += len(self._unused)
        for client in self._unused:
            client.shutdown(socket.SHUT_RDWR)
        self._unused.clear()


def test_connections_closed_because_nobody_needs_them_do_not_end_a_run(
    session: Session, outbox: DeliveryConfig
) -> None:
    mailing, server = release(session, 40), Impatient()
    with listening(server.serve) as port:
        many = replace(outbox.server, port=port, connections=16)
        verdicts = send_until_empty(replace(outbox, server=many, limits=Limits(domain_connections=1)))
    assert server.hung_up >= MOST_FRUITLESS
    assert verdicts == Counter({Verdict.SENT: 40})
    assert states(session, mailing) == {DeliveryState.SENT: 40}


def test_no_letter_begins_on_a_connection_that_opens_after_the_stop(
    session: Session, outbox: DeliveryConfig, smtp: RecordingServer
) -> None:
    mailing = release(session, 100)
    smtp.seconds = 1.0
    stop, second = threading.Event(), threading.Event()

    def relay(client: socket.socket) -> None:
        """The first connection works; the next one is greeted only after the stop."""
        if smtp.received:
            second.set()
            stop.wait(PATIENCE_SECONDS)
        threading.Thread(target=_pass_on, args=(client.dup(), smtp.port), daemon=True).start()

    with listening(relay) as port:
        sender = threading.Thread(target=lambda: send_until_empty(to(outbox, port), stop))
        sender.start()
        assert second.wait(PATIENCE_SECONDS)
        under_way_at_most = len(smtp.received) + 2  # on the connection that was there: two may be under way
        stop.set()
        sender.join(PATIENCE_SECONDS)
    assert len(smtp.received) <= under_way_at_most
    assert states(session, mailing)[DeliveryState.READY] == 100 - len(smtp.received)


def _pass_on(client: socket.socket, port: int) -> None:
    with client, socket.create_connection(("127.0.0.1", port)) as server, suppress(OSError):
        back = threading.Thread(target=_copy, args=(server, client), daemon=True)
        back.start()
        _copy(client, server)
        server.shutdown(socket.SHUT_WR)
        back.join(PATIENCE_SECONDS)


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
