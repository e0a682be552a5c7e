import os
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger

from newsletter_service.web.server.gathering import LARGEST_BODY
from newsletter_service.web.server.worker import PatientWorker
from tests.chaos.waiting import until

LARGE = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % LARGEST_BODY + b"x" * LARGEST_BODY
FIT_IN = 5
"""Of the largest requests, in the memory that there is for all."""


class Listening:
    """A worker whose loop turns only when it is told to, and whose answers wait until they may go."""

    def __init__(self, stack: ExitStack, log: Path) -> None:
        self.may_answer = threading.Event()
        self.listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        self.listener.setblocking(False)
        config = Config()
        config.set("errorlog", str(log))
        logger = Logger(config)
        stack.callback(lambda: [handler.close() for handler in logger.error_log.handlers])
        self.worker = PatientWorker(0, os.getppid(), [self.listener], None, 30, config, logger)
        self.worker.wsgi, self.worker.tpool = self._answer, stack.enter_context(ThreadPoolExecutor(2))
        self.worker.poller = stack.enter_context(DefaultSelector())
        self.worker.method_queue.init()
        stack.callback(self.worker.method_queue.close)
        stack.callback(self.worker.tmp.close)
        stack.callback(until, lambda: self._turn() and not self.worker.nr_conns)
        stack.callback(self.may_answer.set)
        self.worker.poller.register(
            self.worker.method_queue.fileno(), EVENT_READ, self.worker.method_queue.run_callbacks
        )
        self.worker.set_accept_enabled(True)
        self._stack, self._log = stack, log

    def _answer(self, _environ: Any, start_response: Callable[..., Any]) -> list[bytes]:
        self.may_answer.wait(30)
        start_response("204 No Content", [])
        return []

    def say(self, said: bytes) -> socket.socket:
        """Send all of it on a connection of its own, and have the worker take it in."""
        client = self._stack.enter_context(socket.create_connection(self.listener.getsockname()))
        client.settimeout(30)
        sending = threading.Thread(target=self._send, args=(client, said))
        sending.start()
        until(lambda: self._turn() and not sending.is_alive())
        return client

    def status(self, client: socket.socket) -> bytes:
        """What the client is told."""
        client.setblocking(False)
        until(lambda: self._turn() and _readable(client))
        return client.recv(100)[9:12]

    @property
    def said(self) -> str:
        """All it has logged."""
        return self._log.read_text(encoding="utf-8")

    def _turn(self) -> bool:
        self.worker.wait_for_and_dispatch_events(0.05)
        return True

    @staticmethod
    def _send(client: socket.socket, said: bytes) -> None:
        try:
            client.sendall(said)
        except OSError:
            return  # refused before its end


def _readable(client: socket.socket) -> bool:
    try:
        return bool(client.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return False


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[Listening]:
    with ExitStack() as stack:
        yield Listening(stack, tmp_path / "log")


def test_requests_that_wait_for_their_answer_are_held_in_memory_too_and_then_no_longer(
    listening: Listening,
) -> None:
    held = [listening.say(LARGE) for _ in range(FIT_IN)]
    assert listening.status(listening.say(LARGE)) == b"503"
    listening.may_answer.set()
    assert [listening.status(client) for client in held] == [b"204"] * FIT_IN
    assert listening.status(listening.say(LARGE)) == b"204"


def test_a_large_request_that_is_sent_slowly_makes_way_for_one_that_is_not(listening: Listening) -> None:
    listening.may_answer.set()
    slow = [listening.say(LARGE[:-1]) for _ in range(FIT_IN)]
    assert listening.status(listening.say(LARGE)) == b"204"
    assert listening.status(slow[0]) == b"503"
    slow[1].sendall(b"x")
    assert listening.status(slow[1]) == b"204"


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"GET /afmelden/key-of-a-reader\xe2\x80\x9d HTTP/1.1\r\nHost: x\r\n\r\n", b"400"),
        (b"GET /afmelden/key-of-a-reader HTTP/1.1\r\nHost: x\r\nkey-of-a-reader\r\n\r\n", b"400"),
        (b"GET /" + b"key-of-a-reader" * 600 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"414"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 9000 + b"\r\n\r\n", b"431"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nExpect: key-of-a-reader\r\n\r\n", b"417"),
    ],
)
def test_of_what_is_no_request_nothing_is_written_down(
    listening: Listening, said: bytes, status: bytes
) -> None:
    assert listening.status(listening.say(said)) == status
    assert not listening.said
