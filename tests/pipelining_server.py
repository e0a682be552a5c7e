"""An SMTP server that pipelines, errs on command, and writes down whatever it is told against the rules."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from newsletter_service.smtp.extensions import Extensions
from tests.smtp_server import Received

DROP = "drop"
"""As an answer: hang up without one."""
_END = b"\r\n.\r\n"
_MAIL = re.compile(r"MAIL FROM:<([^<>\s]*)>(?: SIZE=(\d+))?( SMTPUTF8)?\Z")
_RCPT = re.compile(r"RCPT TO:<([^<>\s]+)>\Z")
_BDAT = re.compile(r"BDAT (\d+) LAST\Z")
USUAL = {"MAIL": "250 OK", "RCPT": "250 OK", "DATA": "354 Go ahead", "RSET": "250 OK", "QUIT": "221 Bye"}


def as_usual(verb: str, recipient: str) -> str:
    """Accept everything; answers get the verb ("." for the end of a message) and the recipient, once known."""
    return USUAL.get(verb, "250 OK")


def _says(reply: str, *codes: str) -> bool:
    """Whether a reply, by its last line, begins with one of `codes`."""
    return reply.rpartition("\n")[2].startswith(codes)


@dataclass
class StrictSession:
    """One connection after its greeting, without a socket: bytes in, replies out.

    `violations` says what no client may do: speak ahead of a 354, nest envelopes, go on after QUIT.
    """

    extensions: Extensions
    answer: Callable[[str, str], str] = as_usual
    received: list[Received] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    closed: bool = False
    _inbox: bytes = b""
    _sender: str | None = None
    _recipient: str | None = None
    _taking: bool = False
    _awaited: int | None = None

    def feed(self, data: bytes) -> bytes:
        """Take in the client's bytes; what it is answered."""
        if data and self.closed:
            self.violations.append(f"after the end: {data[:50]!r}")
        self._inbox += data
        replies = b""
        while not self.closed and (reply := self._next()) is not None:
            if reply == DROP or _says(reply, "421"):
                self.closed = True
            replies += b"" if reply == DROP else reply.encode() + b"\r\n"
        return replies

    def _next(self) -> str | None:
        if self._taking:
            return self._take_until_dot()
        if self._awaited is not None:
            return self._take_counted(self._awaited)
        line, found, rest = self._inbox.partition(b"\r\n")
        if not found:
            return None
        self._inbox = rest
        text = line.decode()
        verb = text[:4].upper()
        if rest and not self.extensions.pipelining:
            self.violations.append(f"{rest[:50]!r} while {text!r} was not answered")
        command = getattr(self, f"_{verb.lower()}", None)
        if command is None:
            self.violations.append(f"no command: {text[:50]!r}")
            return "500 5.5.2 no such command"
        reply: str | None = command(text)
        return reply

    def _ehlo(self, text: str) -> str:
        announced = ["mx.nieuwsbrief.example"]
        announced += ["PIPELINING"] * self.extensions.pipelining + ["CHUNKING"] * self.extensions.chunking
        announced += ["SMTPUTF8"] * self.extensions.smtputf8
        announced += [f"SIZE {self.extensions.size}"] if self.extensions.size else []
        announced += [f"LIMITS MAILMAX={self.extensions.mail_max}"] if self.extensions.mail_max else []
        return "\r\n".join([f"250-{word}" for word in announced[:-1]] + [f"250 {announced[-1]}"])

    def _mail(self, text: str) -> str:
        match = self._matched(_MAIL, text)
        if self._sender is not None:
            self.violations.append("an envelope within another")
        reply = self.answer("MAIL", "")
        if _says(reply, "2"):
            self._sender, self._recipient = match[1], None
        return reply

    def _rcpt(self, text: str) -> str:
        match = self._matched(_RCPT, text)
        if self._sender is None and not self.extensions.pipelining:
            self.violations.append("a recipient without a sender")
        reply = self.answer("RCPT", match[1])
        if self._sender is None and reply == USUAL["RCPT"]:
            reply = "503 5.5.1 MAIL first"
        self._recipient = match[1] if _says(reply, "2") else None
        return reply

    def _data(self, text: str) -> str:
        if self._inbox:
            self.violations.append(f"{self._inbox[:50]!r} before DATA was answered")
        reply = self.answer("DATA", self._recipient or "")
        self._taking = _says(reply, "354")
        return reply

    def _bdat(self, text: str) -> str | None:
        if not self.extensions.chunking:
            self.violations.append("BDAT without CHUNKING")
        self._awaited = int(self._matched(_BDAT, text)[1])
        return self._take_counted(self._awaited)

    def _rset(self, text: str) -> str:
        self._sender = self._recipient = None
        return self.answer("RSET", "")

    def _quit(self, text: str) -> str:
        self.closed = True
        if self._inbox:
            self.violations.append(f"after QUIT: {self._inbox[:50]!r}")
        return self.answer("QUIT", "")

    def _matched(self, pattern: re.Pattern[str], text: str) -> re.Match[str]:
        match = pattern.match(text)
        assert match is not None, text
        return match

    def _take_until_dot(self) -> str | None:
        content, found, rest = (b"\r\n" + self._inbox).partition(_END)
        if not found:
            return None
        self._inbox, self._taking = rest, False
        reply = self._finished((content + b"\r\n").removeprefix(b"\r\n"))
        self._sender = self._recipient = None
        return reply

    def _take_counted(self, count: int) -> str | None:
        if len(self._inbox) < count:
            return None
        content, self._inbox, self._awaited = self._inbox[:count], self._inbox[count:], None
        if self._recipient is None or self._sender is None:
            reply = self.answer("DATA", "")
            return "554 5.5.1 no valid recipients" if _says(reply, "2", "3") else reply
        reply = self._finished(content)
        if _says(reply, "2"):  # else the state is indeterminate until RSET (RFC 3030, section 2)
            self._sender = self._recipient = None
        return reply

    def _finished(self, content: bytes) -> str:
        nobody = self._recipient is None or self._sender is None
        if nobody and content:
            self.violations.append("content without an envelope")
        if not nobody and not content:
            self.violations.append("an empty message to somebody")
        reply = self.answer(".", self._recipient or "")
        if self._recipient is not None and self._sender is not None and (_says(reply, "2") or reply == DROP):
            self.received.append(Received(self._sender, self._recipient, content))
        return reply


@dataclass
class ErringServer:
    """A running server: `received` and `violations` over all connections."""

    port: int
    received: list[Received] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    connections: int = 0


@contextmanager
def running_erring_server(
    extensions: Extensions,
    answer: Callable[[str, str], str] = as_usual,
    *,
    dribbling: bool = False,
    seconds: float = 0,
) -> Iterator[ErringServer]:
    """A server on 127.0.0.1; `dribbling` sends its replies byte by byte, and takes `seconds` before it replies."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = ErringServer(listener.getsockname()[1])

        def serve(client: socket.socket) -> None:
            server.connections += 1
            session = StrictSession(extensions, answer, server.received, server.violations)
            with client, suppress(OSError):
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                client.sendall(b"220 mx.nieuwsbrief.example ESMTP\r\n")
                while not session.closed and (data := client.recv(65_536)):
                    replies = session.feed(data)
                    time.sleep(seconds)
                    step = 1 if dribbling else len(replies) or 1
                    for at in range(0, len(replies), step):
                        client.sendall(replies[at : at + step])

        def accept() -> None:
            with suppress(OSError):
                while True:
                    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()
