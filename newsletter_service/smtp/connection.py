"""A connection to an SMTP server: opened by the standard library, then driven without blocking."""

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

from newsletter_service.smtp.protocol import Dialogue, Extensions, Outcome, Outgoing
from newsletter_service.smtp.reply import Phase, Reply, readable

_OPENING_SECONDS = 60
# Seconds a server may take in each phase (RFC 5321, section 4.5.3.2).
_TIMEOUTS = {
    Phase.MAIL: 300,
    Phase.RCPT: 300,
    Phase.DATA: 180,
    Phase.DOT: 600,
}
# A server that reads a whole letter at once replies to its envelope first. Nagle's algorithm keeps the last reply
# until those are acknowledged, and a client that has nothing to send puts that off: 40 ms for every letter.
_ACKNOWLEDGE_AT_ONCE = getattr(socket, "TCP_QUICKACK", None)  # Linux has it; it holds until the next packet
_READ_BYTES = 16_384
_PARTS_A_WRITE = 64
_LATER = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


@dataclass(frozen=True)
class SmtpServer:
    """Where letters are handed in; over at most so many `connections`.

    `helo_name` is what we call ourselves, `ca_file` the certificates to trust instead of the system's.
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
    """The server cannot be spoken to as the settings demand; no letter is handed in until somebody looks."""


class NotOpened(Exception):
    """The server let us not in; `reply` says how far we came and what it said."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"{reply.phase}: {reply.code} {reply.text}")
        self.reply = reply


class SmtpConnection:
    """An open connection that neither blocks nor waits: its driver says when it can be read and written.

    It is good for `most_letters`; 0 is any number.
    """

    def __init__(self, sock: socket.socket, extensions: Extensions, ehlo_seconds: float = 0.0) -> None:
        self.dialogue = Dialogue(extensions)
        self.closed = False
        self.ehlo_seconds = ehlo_seconds
        self.most_letters = extensions.mail_max
        sock.setblocking(False)
        self._socket = sock
        self._tls = sock if isinstance(sock, ssl.SSLSocket) else None
        self._acknowledge = _ACKNOWLEDGE_AT_ONCE if extensions.chunking else None
        self._unsent: deque[bytes | memoryview] = deque()
        self._written = 0
        self._last_progress = time.monotonic()

    def fileno(self) -> int:
        """The socket's number, for selectors; -1 once closed."""
        return self._socket.fileno()

    @property
    def wants_write(self) -> bool:
        """Whether something is left that the socket did not take yet."""
        return bool(self._unsent)

    def take_at_most(self, letters: int) -> None:
        """Be good for so many letters, and no more than the server said; 0 is any number."""
        if letters:
            self.most_letters = min(letters, self.most_letters or letters)

    def start(self, letter: Outgoing) -> Outcome | None:
        """Begin to hand in a letter; its outcome at once if this server can never take it."""
        return self.dialogue.start(letter)

    def flush(self) -> None:
        """Write as much as the socket takes now."""
        self._unsent += self.dialogue.to_send()
        try:
            while self._unsent:
                self._sent(self._write())
        except _LATER:
            pass
        except OSError as error:  # the server's last words may still be there to be read
            self._unsent.clear()
            self.dialogue.hang_up(type(error).__name__)

    def on_readable(self) -> list[Outcome]:
        """Take in what the server says; closed afterwards if that was its end."""
        outcomes: list[Outcome] = []
        try:
            while data := self._socket.recv(_READ_BYTES):
                if self._acknowledge is not None:
                    self._socket.setsockopt(socket.IPPROTO_TCP, self._acknowledge, 1)
                outcomes += self._heard(data)
                if self._tls is None or not self._tls.pending():
                    return outcomes
            self._end("the server closed the connection")
        except _LATER:
            pass
        except OSError as error:
            self._end(type(error).__name__)
        return outcomes

    def deadline(self) -> float | None:
        """When (monotonic seconds) the server is too late with its reply; None while it owes none."""
        phase = self.dialogue.waiting_for
        return None if phase is None else self._last_progress + _TIMEOUTS[phase]

    def overdue(self, now: float) -> bool:
        """Whether the server is too late at `now` (monotonic seconds)."""
        deadline = self.deadline()
        return deadline is not None and now > deadline

    def lost(self) -> list[Outcome]:
        """What became of the letters that were under way when the connection ended."""
        return self.dialogue.lost(self._written)

    def close(self) -> None:
        """Close the socket; whoever drives the connection asks what was lost by it."""
        self.closed = True
        self._unsent.clear()
        self._socket.close()

    def _write(self) -> int:
        if self._tls is None:
            return self._socket.sendmsg(islice(self._unsent, _PARTS_A_WRITE))
        whole = b"".join(self._unsent)
        self._unsent = deque([whole])
        return self._tls.send(whole)

    def _sent(self, count: int) -> None:
        """Let go of the first `count` bytes."""
        self._last_progress = time.monotonic()
        self._written += count
        if self._written == self.dialogue.said:
            self._unsent.clear()
            return
        while count:
            part = self._unsent[0]
            if count < len(part):
                self._unsent[0] = memoryview(part)[count:]
                return
            count -= len(part)
            self._unsent.popleft()

    def _heard(self, data: bytes) -> list[Outcome]:
        before = self.dialogue.replies
        outcomes = self.dialogue.receive(data)
        if self.dialogue.replies != before:  # a server that dribbles is as late as a silent one
            self._last_progress = time.monotonic()
        if self.dialogue.finished:
            self._unsent.clear()
        return outcomes

    def _end(self, reason: str) -> None:
        self.dialogue.hang_up(reason)
        self.close()


def open_connection(server: SmtpServer) -> SmtpConnection:
    """Connect, greet, encrypt and log in as `server` says; blocks, for minutes if need be.

    Raises NotOpened; TransportMisconfigured where going on would send something in the clear.
    """
    if server.username and server.security == "none":
        raise TransportMisconfigured("a password is set without SMTP_SECURITY starttls or tls")
    with _told(Phase.CONNECT):
        client = _connected(server)
    try:
        with _told(Phase.CONNECT):
            ehlo_seconds = _greeted(client, server)
        with _told(Phase.AUTH):
            _log_in(client, server)
        with _told(Phase.CONNECT):
            return _taken_over(client, ehlo_seconds)
    except BaseException:
        client.close()
        raise


@contextmanager
def _told(phase: Phase) -> Iterator[None]:
    """Turn what smtplib raises into NotOpened."""
    try:
        yield
    except smtplib.SMTPResponseException as error:
        words = error.smtp_error
        text = readable(words if isinstance(words, bytes) else words.encode())
        raise NotOpened(Reply(phase, error.smtp_code, text)) from error
    except (OSError, smtplib.SMTPException) as error:
        raise NotOpened(Reply(phase, None, type(error).__name__)) from error


def _connected(server: SmtpServer) -> smtplib.SMTP:
    timeout, name = _OPENING_SECONDS, server.helo_name
    if server.security == "tls":
        return smtplib.SMTP_SSL(server.host, server.port, name, timeout=timeout, context=_trust(server))
    return smtplib.SMTP(server.host, server.port, name, timeout=timeout)


def _trust(server: SmtpServer) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=server.ca_file or None)


def _greeted(client: smtplib.SMTP, server: SmtpServer) -> float:
    """Say EHLO, encrypt where that is asked for; the seconds that the last EHLO took."""
    seconds = _ehlo(client)
    if server.security != "starttls":
        return seconds
    if not client.has_extn("starttls"):
        raise TransportMisconfigured(f"{server.host} offers no STARTTLS; nothing is sent in the clear")
    client.starttls(context=_trust(server))
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
        raise TransportMisconfigured("smtplib logs in with names and passwords in ASCII only") from error


def _taken_over(client: smtplib.SMTP, ehlo_seconds: float) -> SmtpConnection:
    """Take the socket from smtplib, and what its buffer may already have read beyond the last reply."""
    sock, buffer = client.sock, client.file
    if sock is None:
        raise NotOpened(Reply(Phase.CONNECT, None, "the server closed the connection"))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection = SmtpConnection(sock, Extensions.announced(client.esmtp_features), ehlo_seconds)
    if buffer is not None:
        with suppress(*_LATER):
            connection.dialogue.receive(buffer.peek())
        buffer.close()
    if connection.dialogue.finished:
        raise NotOpened(Reply(Phase.CONNECT, None, "the server spoke unasked"))
    client.sock = client.file = None
    return connection
