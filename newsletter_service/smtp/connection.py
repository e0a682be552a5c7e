"""A connection to an SMTP server: opened by smtplib, then driven without blocking."""

import smtplib
import socket
import ssl
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from newsletter_service.smtp.certificates import Validity, fault_of, validity_of
from newsletter_service.smtp.extensions import Extensions
from newsletter_service.smtp.messages import Outcome
from newsletter_service.smtp.protocol import SmtpProtocol
from newsletter_service.smtp.replies import Phase, Reply, readable

_OPENING_SECONDS = 60
# Seconds a server may take in each phase (RFC 5321, section 4.5.3.2).
_TIMEOUTS = {Phase.MAIL: 300, Phase.RCPT: 300, Phase.DATA: 180, Phase.DOT: 600}
# A server that gets a whole message in one read replies to its envelope first. Nagle's algorithm holds back the final
# reply until those are acknowledged, and a client with nothing to send delays that: 40 ms for every message.
_QUICK_ACK = getattr(socket, "TCP_QUICKACK", None)  # Linux only; it holds until the next packet
_READ_BYTES = 16_384
_PARTS_PER_WRITE = 64
_WOULD_BLOCK = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


@dataclass(frozen=True)
class SmtpServer:
    """Where messages go, over at most so many `connections`.

    `helo_name` is the name we give in EHLO, `ca_file` the certificates to trust instead of the system's.
    """

    host: str
    port: int
    security: Literal["none", "starttls", "tls"]
    username: str = ""
    password: str = ""
    connections: int = 1
    helo_name: str = "localhost"
    ca_file: str = ""


class TransportMisconfigured(Exception):
    """The server cannot be used as configured; a person has to change the configuration."""


class ConnectFailed(Exception):
    """No connection came about; `reply` says at which phase and what the server said."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"{reply.phase}: {reply.code} {reply.text}")
        self.reply = reply


class SmtpConnection:
    """An open connection that never blocks: whoever drives it says when it can be read and written.

    It takes at most `max_messages`; 0 is no limit.
    """

    def __init__(self, sock: socket.socket, extensions: Extensions, ehlo_seconds: float = 0.0) -> None:
        self.protocol = SmtpProtocol(extensions)
        self.closed = False
        self.ehlo_seconds = ehlo_seconds
        self.max_messages = extensions.mail_max
        sock.setblocking(False)
        self._socket = sock
        self._tls = sock if isinstance(sock, ssl.SSLSocket) else None
        self._quick_ack = _QUICK_ACK if extensions.chunking else None
        self._unsent: deque[bytes | memoryview] = deque()
        self._written = 0
        self._last_progress = time.monotonic()

    def fileno(self) -> int:
        """The socket's file descriptor, for selectors; -1 once closed."""
        return self._socket.fileno()

    @property
    def wants_write(self) -> bool:
        """Whether something is left that the socket did not take yet."""
        return bool(self._unsent)

    @property
    def validity(self) -> Validity | None:
        """The time in which the server's certificate holds; None without TLS."""
        return validity_of(self._tls) if self._tls is not None else None

    def limit_messages(self, count: int) -> None:
        """Limits the connection to `count` messages, within the server's own limit; 0 is no limit."""
        if count:
            self.max_messages = min(count, self.max_messages or count)

    def flush(self) -> None:
        """Writes as much as the socket takes now."""
        self._unsent += self.protocol.data_to_send()
        try:
            while self._unsent:
                self._drop_sent(self._write())
        except _WOULD_BLOCK:
            pass
        except OSError as error:  # the server's last reply may still be there to be read
            self._unsent.clear()
            self.protocol.stop_sending(type(error).__name__)

    def on_readable(self) -> list[Outcome]:
        """Reads what the server sent and returns the outcomes; closes the connection where the server did."""
        outcomes: list[Outcome] = []
        try:
            while data := self._socket.recv(_READ_BYTES):
                if self._quick_ack is not None:
                    self._socket.setsockopt(socket.IPPROTO_TCP, self._quick_ack, 1)
                outcomes += self._received(data)
                if self._tls is None or not self._tls.pending():
                    return outcomes
            self._end("the server closed the connection")
        except _WOULD_BLOCK:
            pass
        except OSError as error:
            self._end(type(error).__name__)
        return outcomes

    def overdue(self, now: float) -> bool:
        """Whether the server owes a reply that is overdue at `now` (monotonic seconds)."""
        phase = self.protocol.awaited_phase
        return phase is not None and now > self._last_progress + _TIMEOUTS[phase]

    def lost(self) -> list[Outcome]:
        """Returns the outcomes of the messages that were in flight when the connection ended."""
        return self.protocol.lost(self._written)

    def close(self) -> None:
        """Closes the socket; `lost` then tells what was in flight."""
        self.closed = True
        self._unsent.clear()
        self._socket.close()

    def _write(self) -> int:
        if self._tls is None:
            return self._socket.sendmsg(islice(self._unsent, _PARTS_PER_WRITE))
        whole = b"".join(self._unsent)
        self._unsent = deque([whole])
        return self._tls.send(whole)

    def _drop_sent(self, count: int) -> None:
        """Drops the first `count` unsent bytes."""
        self._last_progress = time.monotonic()
        self._written += count
        if self._written == self.protocol.queued_bytes:
            self._unsent.clear()
            return
        while count:
            part = self._unsent[0]
            if count < len(part):
                self._unsent[0] = memoryview(part)[count:]
                return
            count -= len(part)
            self._unsent.popleft()

    def _received(self, data: bytes) -> list[Outcome]:
        before = self.protocol.replies
        outcomes = self.protocol.receive(data)
        if self.protocol.replies != before:  # single bytes of a reply do not put its deadline off
            self._last_progress = time.monotonic()
        if self.protocol.finished:
            self._unsent.clear()
        return outcomes

    def _end(self, reason: str) -> None:
        self.protocol.stop_sending(reason)
        self.close()


def open_connection(server: SmtpServer) -> SmtpConnection:
    """Connects, says EHLO, starts TLS and logs in as `server` says; blocks, for minutes if need be.

    Raises ConnectFailed; TransportMisconfigured where going on would send something unencrypted.
    """
    if server.username and server.security == "none":
        raise TransportMisconfigured("a password is sent only with security starttls or tls")
    with _connect_errors(Phase.CONNECT):
        client = _connected(server)
    try:
        with _connect_errors(Phase.CONNECT):
            ehlo_seconds = _hello(client, server)
        with _connect_errors(Phase.AUTH):
            _log_in(client, server)
        with _connect_errors(Phase.CONNECT):
            return _detached(client, ehlo_seconds)
    except BaseException:
        client.close()
        raise


@contextmanager
def _connect_errors(phase: Phase) -> Iterator[None]:
    """Turns what smtplib raises into ConnectFailed."""
    try:
        yield
    except smtplib.SMTPResponseException as error:
        words = error.smtp_error
        text = readable(words if isinstance(words, bytes) else words.encode())
        raise ConnectFailed(Reply(phase, error.smtp_code, text)) from error
    except (OSError, smtplib.SMTPException) as error:
        raise ConnectFailed(Reply(phase, None, fault_of(error) or type(error).__name__)) from error


def _connected(server: SmtpServer) -> smtplib.SMTP:
    timeout, name = _OPENING_SECONDS, server.helo_name
    if server.security == "tls":
        return smtplib.SMTP_SSL(server.host, server.port, name, timeout=timeout, context=_tls_context(server))
    return smtplib.SMTP(server.host, server.port, name, timeout=timeout)


def _tls_context(server: SmtpServer) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=server.ca_file or None)


def _hello(client: smtplib.SMTP, server: SmtpServer) -> float:
    """Says EHLO and starts TLS where asked to; returns the seconds that the last EHLO took."""
    seconds = _ehlo(client)
    if server.security != "starttls":
        return seconds
    if not client.has_extn("starttls"):
        raise TransportMisconfigured(
            f"{server.host} does not offer STARTTLS, and nothing is sent unencrypted"
        )
    client.starttls(context=_tls_context(server))
    return _ehlo(client)


def _ehlo(client: smtplib.SMTP) -> float:
    began = time.monotonic()
    client.ehlo_or_helo_if_needed()
    return time.monotonic() - began


def _log_in(client: smtplib.SMTP, server: SmtpServer) -> None:
    if not server.username:
        return
    try:
        client.login(server.username, server.password)
    except UnicodeError as error:
        raise TransportMisconfigured("user name and password must be ASCII") from error


def _detached(client: smtplib.SMTP, ehlo_seconds: float) -> SmtpConnection:
    """Takes the socket from smtplib, and what its buffer may already have read beyond the last reply."""
    sock, buffer = client.sock, client.file
    if sock is None:
        raise ConnectFailed(Reply(Phase.CONNECT, None, "the server closed the connection"))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection = SmtpConnection(sock, Extensions.announced(client.esmtp_features), ehlo_seconds)
    if buffer is not None:
        with suppress(*_WOULD_BLOCK):
            connection.protocol.receive(buffer.peek())
        buffer.close()
    if connection.protocol.finished:
        raise ConnectFailed(Reply(Phase.CONNECT, None, "the server sent an unexpected reply"))
    client.sock = client.file = None
    return connection
