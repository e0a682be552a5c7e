"""TLS where it is asked for, or nothing at all."""

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter_service.delivery.connection import SmtpServer, TransportMisconfigured
from newsletter_service.delivery.rules import Phase, Reply, Verdict, classify
from newsletter_service.letters.errors import LetterError
from newsletter_service.letters.skeleton import Template
from tests.required import missing
from tests.smtp_client import hand_in
from tests.smtp_server import RecordingServer, running_smtp_server

MESSAGE = b"Subject: hallo\r\n\r\nTekst\r\n"
LOGIN = ("nieuwsbrief", "een lang wachtwoord")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 with its key, in one file."""
    if shutil.which("openssl") is None:
        missing("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    key, cert, both = folder / "key.pem", folder / "cert.pem", folder / "both.pem"
    command = (
        f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout {key} -out {cert} -subj /CN=127.0.0.1 "
        "-addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=critical,CA:TRUE "
        "-addext keyUsage=critical,digitalSignature,keyCertSign"
    )
    subprocess.run(command.split(), check=True, capture_output=True)
    both.write_bytes(key.read_bytes() + cert.read_bytes())
    return both


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def guarded(tls: ssl.SSLContext) -> Iterator[RecordingServer]:
    """A server that takes nothing before STARTTLS and AUTH."""
    with running_smtp_server(tls=tls, login=LOGIN) as server:
        yield server


def send(server: SmtpServer) -> Reply:
    return hand_in(server, "lezer@gemeente.example", MESSAGE)


def test_a_letter_goes_by_starttls_with_a_password(guarded: RecordingServer, certificate: Path) -> None:
    server = SmtpServer("127.0.0.1", guarded.port, "starttls", *LOGIN, ca_file=str(certificate))
    assert send(server).code == 250
    assert guarded.received[0].content == MESSAGE


def test_a_wrong_password_concerns_every_letter(guarded: RecordingServer, certificate: Path) -> None:
    server = SmtpServer("127.0.0.1", guarded.port, "starttls", LOGIN[0], "fout", ca_file=str(certificate))
    reply = send(server)
    assert (reply.phase, reply.code) == (Phase.AUTH, 535)
    assert classify(reply) is Verdict.PAUSE
    assert guarded.received == []


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(guarded: RecordingServer) -> None:
    reply = send(SmtpServer("127.0.0.1", guarded.port, "starttls", *LOGIN))
    assert (reply.phase, reply.code) == (Phase.CONNECT, None)
    assert classify(reply) is Verdict.UNREACHABLE
    assert guarded.received == []


def test_a_certificate_for_another_name_is_not_trusted(guarded: RecordingServer, certificate: Path) -> None:
    reply = send(SmtpServer("localhost", guarded.port, "starttls", *LOGIN, ca_file=str(certificate)))
    assert reply.code is None
    assert guarded.received == []


def test_without_starttls_nothing_is_sent_in_the_clear(smtp: RecordingServer) -> None:
    with pytest.raises(TransportMisconfigured, match="STARTTLS"):
        send(SmtpServer("127.0.0.1", smtp.port, "starttls"))
    assert smtp.received == []


def test_a_password_never_travels_in_the_clear(smtp: RecordingServer) -> None:
    with pytest.raises(TransportMisconfigured, match="SMTP_SECURITY"):
        send(SmtpServer("127.0.0.1", smtp.port, "none", *LOGIN))


def test_a_server_without_smtputf8_gets_no_address_beyond_ascii(smtp: RecordingServer) -> None:
    reply = hand_in(SmtpServer("127.0.0.1", smtp.port, "none"), "jörg@gemeente.example", MESSAGE)
    assert (reply.code, reply.enhanced_status) in {(553, "5.6.7"), (250, "")}
    assert reply.code == 553 or smtp.received[0].recipient == "jörg@gemeente.example"


@pytest.mark.parametrize(
    "smuggled", [b"a\nb\r\n", b"a\rb\r\n", b"a\r\n.\r\nMAIL FROM:<x@y.example>\r\n", b"a"]
)
def test_a_letter_that_could_smuggle_in_another_is_refused(smuggled: bytes) -> None:
    with pytest.raises(LetterError):
        Template(b"Subject: hallo\r\n\r\n" + smuggled)
