"""Hands finished letters to an SMTP server, one kept-open connection a transport."""

import re
import smtplib
import ssl
from dataclasses import dataclass
from typing import Literal, Protocol

from newsletter_service.delivery.rules import Phase, Reply

_LINE_START_DOT = re.compile(rb"^\.", re.MULTILINE)
_BARE = re.compile(rb"(?<!\r)\n|\r(?!\n)")
# Seconds a server may take in each phase (RFC 5321, section 4.5.3.2).
_TIMEOUTS = {
    Phase.CONNECT: 60,
    Phase.AUTH: 60,
    Phase.MAIL: 300,
    Phase.RCPT: 300,
    Phase.DATA: 180,
    Phase.DOT: 600,
}


@dataclass(frozen=True)
class SmtpServer:
    """Where letters are handed in; `rate` is messages a second over all connections, 0 for no limit.

    `helo_name` is what we call ourselves, `ca_file` the certificates to trust instead of the system's.
    """

    host: str
    port: int
    security: Literal["none", "starttls", "tls"]
    username: str = ""
    password: str = ""
    connections: int = 1
    rate: float = 0
    helo_name: str = "localhost"
    ca_file: str = ""


class TransportMisconfigured(Exception):
    """The server cannot be spoken to as the settings demand; no letter is handed in until somebody looks."""


class Transport(Protocol):
    """One way to hand in letters, one at a time; the same contract holds for whatever stands behind it."""

    def send(self, envelope_sender: str, recipient: str, message: bytes) -> Reply:
        """Hand in `message` (CRLF lines); the server's last answer, or where the connection ended."""

    def close(self) -> None:
        """Say goodbye, if anybody is still there."""


class SmtpTransport:
    """A connection to an SMTP server, opened when first needed and again after it broke."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self._connection: smtplib.SMTP | None = None
        self._phase = Phase.CONNECT

    def send(self, envelope_sender: str, recipient: str, message: bytes) -> Reply:
        """See Transport; a message with a bare CR or LF is a ValueError: it could smuggle in a second one."""
        if _BARE.search(message) or not message.endswith(b"\r\n"):
            raise ValueError("a message must have CRLF line ends only")
        try:
            return self._dialogue(envelope_sender, recipient, message)
        except smtplib.SMTPResponseException as error:
            self._drop()
            return Reply(self._phase, error.smtp_code, _readable(error.smtp_error))
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Reply(self._phase, None, type(error).__name__)

    def close(self) -> None:
        """See Transport."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.quit()
            except (OSError, smtplib.SMTPException):
                connection.close()

    def _dialogue(self, envelope_sender: str, recipient: str, message: bytes) -> Reply:
        connection = self._connection or self._connect()
        if not recipient.isascii() and not connection.has_extn("smtputf8"):
            return Reply(Phase.RCPT, 553, "5.6.7 the relay takes no address beyond ASCII")
        options = [] if recipient.isascii() else ["SMTPUTF8"]
        self._enter(connection, Phase.MAIL)
        code, text = connection.mail(envelope_sender, options)
        if code == 250:
            self._enter(connection, Phase.RCPT)
            code, text = connection.rcpt(recipient)
        if code in (250, 251):
            self._enter(connection, Phase.DATA)
            code, text = connection.docmd("data")
        if code == 354:
            connection.send(_LINE_START_DOT.sub(b"..", message) + b".\r\n")
            self._enter(connection, Phase.DOT)
            code, text = connection.getreply()
        return self._answer(connection, code, text)

    def _answer(self, connection: smtplib.SMTP, code: int, text: bytes) -> Reply:
        reply = Reply(self._phase, code, _readable(text))
        if code == 421:
            self._drop()
        elif code != 250 or self._phase is not Phase.DOT:
            self._start_over(connection)
        return reply

    def _start_over(self, connection: smtplib.SMTP) -> None:
        """Clear a refused envelope; the answer that we have stays true if the server is gone by now."""
        try:
            connection.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        self._phase = Phase.CONNECT
        connection = self._connection = _opened(server)
        connection.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            if not connection.has_extn("starttls"):
                self._drop()
                raise TransportMisconfigured(
                    f"{server.host} offers no STARTTLS; nothing is sent in the clear"
                )
            connection.starttls(context=_tls(server))
            connection.ehlo()
        if server.username:
            self._log_in(connection)
        return connection

    def _log_in(self, connection: smtplib.SMTP) -> None:
        if self._server.security == "none":
            self._drop()
            raise TransportMisconfigured("a password is set without SMTP_SECURITY starttls or tls")
        self._enter(connection, Phase.AUTH)
        connection.login(self._server.username, self._server.password)

    def _enter(self, connection: smtplib.SMTP, phase: Phase) -> None:
        self._phase = phase
        if connection.sock is not None:
            connection.sock.settimeout(_TIMEOUTS[phase])

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def _opened(server: SmtpServer) -> smtplib.SMTP:
    timeout, name = _TIMEOUTS[Phase.CONNECT], server.helo_name
    if server.security == "tls":
        return smtplib.SMTP_SSL(server.host, server.port, name, timeout=timeout, context=_tls(server))
    return smtplib.SMTP(server.host, server.port, name, timeout=timeout)


def _tls(server: SmtpServer) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=server.ca_file or None)


def _readable(text: bytes | str) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text
