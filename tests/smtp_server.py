"""A real SMTP server that records what it gets, byte for byte, and answers as told."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.chaos.waiting import PATIENCE_SECONDS

_LOOK_SECONDS = 0.01


@dataclass(frozen=True)
class Received:
    """One message as it came: envelope, and the bytes between DATA and the final dot."""

    sender: str
    recipient: str
    content: bytes

    @property
    def message(self) -> EmailMessage:
        """What Python's own parser makes of the bytes."""
        parsed = message_from_bytes(self.content, policy=POLICY)
        assert isinstance(parsed, EmailMessage)
        return parsed


class _Group:
    """Letters that are answered once there are `size` of them."""

    def __init__(self, size: int) -> None:
        self.size = self.missing = size
        self.complete = asyncio.Event()


@dataclass
class RecordingServer:
    """`answers` maps a recipient to what RCPT is answered, `after_data` to what the final dot is.

    An answer of "drop" closes the connection instead. `mail_answer` answers every MAIL FROM.
    Each letter takes it `seconds`; `most_at_once` is over how many connections it was taking one at a time.
    With `together` it answers letters by the group only: one, two, four, and so on, at last so many at a time.
    While `answering` is not set it answers no letter.
    """

    port: int = 0
    received: list[Received] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    after_data: dict[str, str] = field(default_factory=dict)
    mail_answer: str = ""
    connections: int = 0
    seconds: float = 0.0
    most_at_once: int = 0
    together: int = 0
    answering: threading.Event = field(default_factory=threading.Event)
    _at_once: int = 0
    _group: _Group = field(default_factory=lambda: _Group(1))

    def to(self, address: str) -> list[Received]:
        """The messages that `address` got."""
        return [message for message in self.received if message.recipient == address]

    # What aiosmtpd calls; the names are its own.

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.mail_answer:
            return self.mail_answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.answers.get(address, "250 OK")
        if answer == "drop":
            return self._hang_up(server)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await self._take_time()
        recipient = envelope.rcpt_tos[0]
        answer = self.after_data.get(recipient, "250 OK")
        if answer == "drop" or answer.startswith("250"):
            content = envelope.original_content
            assert isinstance(content, bytes)
            self.received.append(Received(envelope.mail_from or "", recipient, content))
        return self._hang_up(server) if answer == "drop" else answer

    async def _take_time(self) -> None:
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        await asyncio.sleep(self.seconds)
        while not self.answering.is_set():
            await asyncio.sleep(_LOOK_SECONDS)
        if self.together:
            await self._be_answered_with_others()
        self._at_once -= 1

    async def _be_answered_with_others(self) -> None:
        """Twice as many each time: so a sender opens connections."""
        group = self._group
        group.missing -= 1
        if group.missing:
            await asyncio.wait_for(group.complete.wait(), PATIENCE_SECONDS)
        else:
            self._group = _Group(min(2 * group.size, self.together))
            group.complete.set()

    @staticmethod
    def _hang_up(server: SMTP) -> str:
        assert server.transport is not None
        server.transport.close()
        return "451 never sent"


class _Controller(Controller):
    def __init__(self, handler: RecordingServer, port: int, **options: Any) -> None:
        self._options = options
        super().__init__(handler, hostname="127.0.0.1", port=port)

    def factory(self) -> SMTP:
        handler: RecordingServer = self.handler
        handler.connections += 1
        return SMTP(
            handler, loop=asyncio.get_running_loop(), hostname="mx.nieuwsbrief.example", **self._options
        )


@contextmanager
def running_smtp_server(
    tls: ssl.SSLContext | None = None, login: tuple[str, str] | None = None
) -> Iterator[RecordingServer]:
    """A server on 127.0.0.1; with `tls` it demands STARTTLS, with `login` also that user and password."""
    server = RecordingServer(port=_free_port())
    server.answering.set()

    def authenticator(
        smtp: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        good = isinstance(data, LoginPassword) and (data.login.decode(), data.password.decode()) == login
        return AuthResult(success=good, handled=False)

    options: dict[str, Any] = {"data_size_limit": 33_554_432}
    if tls is not None:
        options |= {"tls_context": tls, "require_starttls": True}
    if login is not None:
        options |= {"authenticator": authenticator, "auth_required": True}
    controller = _Controller(server, server.port, **options)
    controller.start()
    server.connections = 0
    try:
        yield server
    finally:
        server.answering.set()
        controller.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
