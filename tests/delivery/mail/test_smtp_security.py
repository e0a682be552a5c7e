"""TLS where it is asked for, or nothing at all."""

import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter_service.delivery.rules import Verdict, classify
from newsletter_service.letters.errors import LetterError
from newsletter_service.letters.mime.skeleton import Template
from newsletter_service.smtp.connection import (
    ConnectFailed,
    SmtpServer,
    TransportMisconfigured,
    open_connection,
)
from newsletter_service.smtp.replies import Phase, Reply
from tests.chaos.waiting import PATIENCE_SECONDS
from tests.handing_in import content_of, hand_in, letter, run
from tests.smtp_server import RecordingServer, running_smtp_server

LOGIN = ("nieuwsbrief", "een lang wachtwoord")


@pytest.fixture
def guarded(tls: ssl.SSLContext) -> Iterator[RecordingServer]:
    """A server that takes nothing before STARTTLS and AUTH."""
    with running_smtp_server(tls=tls, login=LOGIN) as server:
        yield server


def refused(server: SmtpServer) -> Reply:
    with pytest.raises(ConnectFailed) as caught:
        open_connection(server)
    return caught.value.reply


def test_a_letter_goes_by_starttls_with_a_password(guarded: RecordingServer, certificate: Path) -> None:
    server = SmtpServer("127.0.0.1", guarded.port, "starttls", *LOGIN, ca_file=str(certificate))
    sent = letter("lezer")
    assert hand_in(server, [sent])["lezer"].code == 250
    assert guarded.received[0].content == content_of(sent)


def test_a_wrong_password_concerns_every_letter(guarded: RecordingServer, certificate: Path) -> None:
    reply = refused(
        SmtpServer("127.0.0.1", guarded.port, "starttls", LOGIN[0], "fout", ca_file=str(certificate))
    )
    assert (reply.phase, reply.code) == (Phase.AUTH, 535)
    assert classify(reply) is Verdict.PAUSE
    assert guarded.received == []


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(guarded: RecordingServer) -> None:
    reply = refused(SmtpServer("127.0.0.1", guarded.port, "starttls", *LOGIN))
    assert (reply.phase, reply.code) == (Phase.CONNECT, None)
    assert classify(reply) is Verdict.UNREACHABLE
    assert guarded.received == []


def test_a_certificate_for_another_name_is_not_trusted(guarded: RecordingServer, certificate: Path) -> None:
    server = SmtpServer("localhost", guarded.port, "starttls", *LOGIN, ca_file=str(certificate))
    assert refused(server).code is None
    assert guarded.received == []


def test_without_starttls_nothing_is_sent_in_the_clear(smtp: RecordingServer) -> None:
    with pytest.raises(TransportMisconfigured, match="STARTTLS"):
        open_connection(SmtpServer("127.0.0.1", smtp.port, "starttls"))
    assert smtp.received == []


def test_a_password_never_travels_in_the_clear(smtp: RecordingServer) -> None:
    with pytest.raises(TransportMisconfigured, match="starttls or tls"):
        open_connection(SmtpServer("127.0.0.1", smtp.port, "none", *LOGIN))
    assert smtp.connections == 0


@pytest.mark.parametrize(
    "smuggled", [b"a\nb\r\n", b"a\rb\r\n", b"a\r\n.\r\nMAIL FROM:<x@y.example>\r\n", b"a"]
)
def test_a_letter_that_could_smuggle_in_another_is_refused(smuggled: bytes) -> None:
    with pytest.raises(LetterError):
        Template(b"Subject: hallo\r\n\r\n" + smuggled)


def test_a_letter_goes_over_implicit_tls_however_large(tls: ssl.SSLContext, certificate: Path) -> None:
    """The other end is an SMTP server behind a TLS tunnel that reads slowly."""
    with running_smtp_server() as behind, socket.create_server(("127.0.0.1", 0)) as listener:
        tunnel = threading.Thread(target=_tunnel, args=(listener, tls, behind.port))
        tunnel.start()
        server = SmtpServer("127.0.0.1", listener.getsockname()[1], "tls", ca_file=str(certificate))
        sent = letter("lezer", "Lang.\n" * 100_000)
        connection = open_connection(server)
        assert run(connection, iter([sent]))["lezer"].code == 250
        tunnel.join(PATIENCE_SECONDS)
        assert behind.received[0].content == content_of(sent)


def _tunnel(listener: socket.socket, context: ssl.SSLContext, port: int) -> None:
    plain, _ = listener.accept()
    with (
        context.wrap_socket(plain, server_side=True) as near,
        socket.create_connection(("127.0.0.1", port)) as far,
    ):

        def back() -> None:
            while data := far.recv(4096):
                near.sendall(data)

        answers = threading.Thread(target=back)
        answers.start()
        while data := near.recv(4096):
            far.sendall(data)
        far.shutdown(socket.SHUT_WR)
        answers.join()
