"""Clients that send slowly, or say nothing, or do not read: others are served as if they were not there."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from newsletter_service.web.server.gathering import HEAD_SECONDS, LARGEST_BODY
from tests.attack.server import Server
from tests.chaos.waiting import until

SLOW = 120
SOON = 3.0
"""Seconds within which an answer comes on a machine that has much else to do; unharmed it is hundredths."""
FORM = b"POST /aanmelden HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"

Opening = Callable[[socket.socket], None]


def says_nothing(_connection: socket.socket) -> None:
    """Connects, and that is all."""


def stops_in_the_head(connection: socket.socket) -> None:
    connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")


def stops_in_the_body(connection: socket.socket) -> None:
    connection.sendall(FORM + b"Content-Length: 60000\r\n\r\naddress=")


def stops_in_a_large_body(connection: socket.socket) -> None:
    connection.sendall(FORM + f"Content-Length: {LARGEST_BODY}\r\n\r\n".encode() + b"x" * 200_000)


def does_not_read(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    connection.sendall(b"GET /stijl/lezers.css HTTP/1.1\r\nHost: x\r\n\r\n" * 20)


@contextmanager
def slow_clients(server: Server, opening: Opening, count: int = SLOW) -> Iterator[list[socket.socket]]:
    """So many connections that began like this, and of which one says one byte more ten times a second."""
    with ExitStack() as stack:
        connections = [stack.enter_context(server.connect()) for _ in range(count)]
        for connection in connections:
            opening(connection)
        stop = threading.Event()
        dripping = threading.Thread(target=drip, args=(connections[0], stop))
        dripping.start()
        stack.callback(dripping.join)
        stack.callback(stop.set)
        yield connections


def drip(connection: socket.socket, stop: threading.Event) -> None:
    while not stop.wait(0.1):
        try:
            connection.send(b"a")
        except OSError:
            return


@pytest.mark.parametrize(
    "opening", [says_nothing, stops_in_the_head, stops_in_the_body, stops_in_a_large_body, does_not_read]
)
def test_others_are_served_while_many_clients_are_slow(server: Server, opening: Opening) -> None:
    with slow_clients(server, opening):
        for number in range(10):
            began = time.monotonic()
            address = f"lezer{number}@{opening.__name__.replace('_', '-')}.example"
            assert server.post("/aanmelden", {"address": address, "language": "nl"}).status == 200
            assert server.ask("GET", "/healthz/pages").body == "ok\n"
            assert time.monotonic() - began < 2 * SOON


def test_a_request_that_does_not_come_to_its_end_is_refused_in_time_however_it_drips(server: Server) -> None:
    began = time.monotonic()
    with slow_clients(server, stops_in_the_head, 2) as (dripping, still):
        for connection in (dripping, still):
            assert connection.recv(100).startswith(b"HTTP/1.1 408 ")
            assert time.monotonic() - began < HEAD_SECONDS + SOON


def test_more_clients_than_there_is_room_for_make_way_for_who_has_something_to_say(server: Server) -> None:
    with slow_clients(server, stops_in_the_head, 900):
        until(lambda: server.ask("GET", "/healthz/pages").body == "ok\n")


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"X: " + b"a" * 40_000, b"431"),
        (b"Content-Length: 99999999999", b"413"),
        (b"Transfer-Encoding: chunked", b"411"),
        (b"Content-Length: 1\r\nContent-Length: 2", b"400"),
        (b"Content-Length: -1", b"400"),
        (b"No colon", b"400"),
    ],
)
def test_what_nobody_may_send_is_refused_before_it_costs_anything(
    server: Server, head: bytes, status: bytes
) -> None:
    with server.connect() as connection:
        connection.sendall(b"POST /aanmelden HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n\r\nab")
        assert connection.recv(100).startswith(b"HTTP/1.1 " + status)


def test_who_asks_whether_to_go_on_is_told_and_answered(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(FORM + b"Content-Length: 9\r\nExpect: 100-continue\r\n\r\n")
        assert connection.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"address=x")
        said = b""
        while b"422" not in said and (more := connection.recv(10_000)):
            said += more
        assert b"HTTP/1.1 422 " in said
