"""Gunicorn's threads, which get a request only when all of it is here.

gthread gives a connection a thread as soon as its first byte came, and that thread waits for the rest as long as the
client likes: a few slow ones stop the service. Here the loop that accepts connections also collects what they say,
so a client that says it slowly costs a few bytes until its time is up. TLS ends at the proxy in front.
"""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import suppress
from errno import EAGAIN, ECONNABORTED
from functools import partial
from http import HTTPStatus
from selectors import EVENT_READ

from gunicorn.http.errors import (
    ExpectationFailed,
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
)
from gunicorn.workers.gthread import TConn, ThreadWorker

from newsletter_service.web.server.gathering import CONTINUE, Gathered, Gathering, Refused, refusal

_READ_AT_ONCE = 64 * 1024
_MOST_HELD = 64 * 1024 * 1024
"""Bytes of bodies that are not small, of all requests that are on their way in or wait for their answer."""
_SEND_BUFFER = 512 * 1024
"""A page fits, so that its thread is free again however slowly the client reads."""
_OURS = (InvalidResponseHeader, InvalidResponseHeaderName)
_STATUSES = {
    LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
}


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """A worker that no client can hold by sending slowly, or not at all."""

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        self._gathering: dict[TConn, Gathering] = {}
        self._answering: dict[TConn, int] = {}

    def accept(self, listener: socket.socket) -> None:
        """Take in a connection and listen to it; no thread is given to it yet."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno in (EAGAIN, ECONNABORTED):
                return
            raise
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        self.nr_conns += 1
        self._gather(TConn(self.cfg, Gathered(client), address, listener.getsockname()))

    def on_client_socket_readable(self, conn: TConn, client: Gathered) -> None:
        """Listen to a connection that was kept open and says something again."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._gather(conn)

    def _gather(self, conn: TConn) -> None:
        conn.sock.setblocking(False)
        self._gathering[conn] = Gathering(time.monotonic())
        self.poller.register(conn.sock, EVENT_READ, partial(self._on_said, conn))

    def _on_said(self, conn: TConn, _sock: Gathered) -> None:
        """Take in what a client said; a thread answers once that is a whole request."""
        gathering = self._gathering.get(conn)
        if gathering is None:
            return  # it made way a moment ago
        try:
            gathering.take(conn.sock.receive(_READ_AT_ONCE))
            if gathering.asks_to_go_on:
                conn.sock.send(CONTINUE)
        except Refused as error:
            self._refuse(conn, error.status)
        except BlockingIOError:
            return
        except OSError:
            self._drop(conn)
        else:
            self._make_room()
            if gathering.complete and conn in self._gathering:
                self._answer(conn, gathering)

    def _make_room(self) -> None:
        """Part with the large requests that take longest: else a few slow ones would keep out all others."""
        for conn, gathering in list(self._gathering.items()):
            if self._held() <= _MOST_HELD:
                return
            if gathering.beyond_small:
                self._refuse(conn, HTTPStatus.SERVICE_UNAVAILABLE)

    def _held(self) -> int:
        on_their_way = sum(one.beyond_small for one in self._gathering.values())
        return on_their_way + sum(self._answering.values())

    def _answer(self, conn: TConn, gathering: Gathering) -> None:
        self._forget(conn)
        self._answering[conn] = gathering.beyond_small
        conn.sock.feed(gathering.request, more=gathering.surplus)
        conn.data_ready = True
        self.enqueue_req(conn)

    def finish_request(self, conn: TConn, answered: Future[bool]) -> None:
        """Let go of the request, and listen again or part."""
        del self._answering[conn]
        conn.sock.feed(b"", more=False)
        super().finish_request(conn, answered)

    def handle_error(self, _req: object, client: Gathered, _address: object, error: Exception) -> None:
        """Say in one line what is wrong. The log gets nothing of what a client said: it may hold a reader's key."""
        if isinstance(error, ParseException) and not isinstance(error, _OURS):
            status = _STATUSES.get(type(error), HTTPStatus.BAD_REQUEST)
        else:
            status = HTTPStatus.INTERNAL_SERVER_ERROR
            self.log.error("A request failed.", exc_info=error)
        with suppress(OSError):
            client.sendall(refusal(status))

    def _keepalive_after(self, conn: TConn, keepalive: bool) -> bool:
        """A client that did not wait for the answer before it asked again has to come back."""
        return not conn.sock.more and bool(super()._keepalive_after(conn, keepalive))

    def murder_pending(self) -> None:
        """About once a second: part with clients whose time is up; with no room left, with those that came first."""
        super().murder_pending()
        now = time.monotonic()
        for conn in list(self._expired(now)):
            self._refuse(conn, HTTPStatus.REQUEST_TIMEOUT)
        if self.nr_conns >= self.worker_connections:
            for conn in list(self._gathering)[: self.worker_connections // 10]:
                self._refuse(conn, HTTPStatus.SERVICE_UNAVAILABLE)

    def _expired(self, now: float) -> Iterator[TConn]:
        for conn, gathering in self._gathering.items():
            if now >= gathering.until or (gathering.silent and not self.alive):
                yield conn

    def _refuse(self, conn: TConn, status: HTTPStatus) -> None:
        """Say why in one line, if the client said anything at all, and part."""
        if not self._gathering[conn].silent:
            with suppress(OSError):
                conn.sock.send(refusal(status))
        self._drop(conn)

    def _drop(self, conn: TConn) -> None:
        self._forget(conn)
        self.nr_conns -= 1
        conn.close()

    def _forget(self, conn: TConn) -> None:
        del self._gathering[conn]
        self.poller.unregister(conn.sock)
