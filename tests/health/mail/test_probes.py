"""What is seen of real servers, with certificates that are good and others."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from socket import create_server

import pytest

from newsletter_service.clock import utc_now
from newsletter_service.health import probes
from newsletter_service.health.rules import Server
from newsletter_service.smtp.connection import SmtpServer
from tests.certificates import HOST, Authority, make_authority
from tests.conftest import CLOSED_PORT
from tests.smtp_server import running_smtp_server

LONG = timedelta(days=60)


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """One that this process trusts, as if the system knew it."""
    made = make_authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.file))
    return made


@contextmanager
def running_site(context: ssl.SSLContext) -> Iterator[str]:
    """A server that speaks TLS and says nothing, by its address."""
    with create_server((HOST, 0)) as listening:
        ending = threading.Event()

        def serve() -> None:
            while not ending.is_set():
                with suppress(OSError):  # a client that does not like the certificate goes away
                    plain, _ = listening.accept()
                    with plain, context.wrap_socket(plain, server_side=True) as secure:
                        secure.recv(1)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"https://{HOST}:{listening.getsockname()[1]}"
        finally:
            ending.set()
            listening.close()


def test_a_good_site_says_until_when(authority: Authority, tmp_path: Path) -> None:
    with running_site(authority.context(tmp_path, ends=LONG)) as url:
        seen = probes.web(url)
    assert seen is not None
    assert seen.trouble == ""
    assert seen.validity is not None
    assert timedelta(days=59) < seen.validity.ends - utc_now() <= LONG


@pytest.mark.parametrize(
    ("certificate", "trouble"),
    [
        ({"ends": -timedelta(days=1)}, "the server's certificate has expired"),
        ({"host": "192.0.2.1", "ends": LONG}, "the server's certificate is for another host"),
    ],
)
def test_a_site_with_a_bad_certificate_is_told(
    authority: Authority, tmp_path: Path, certificate: dict[str, timedelta], trouble: str
) -> None:
    with running_site(authority.context(tmp_path, **certificate)) as url:  # type: ignore[arg-type]  # the table's
        assert probes.web(url) == Server(HOST, trouble)


def test_a_site_whose_authority_nobody_knows_is_told(tmp_path: Path) -> None:
    with running_site(make_authority(tmp_path).context(tmp_path, ends=LONG)) as url:
        assert probes.web(url) == Server(HOST, "the server's certificate is signed by an unknown authority")


def test_a_site_that_cannot_be_reached_from_here_is_not_known_and_one_without_tls_is_not_wrong() -> None:
    assert probes.web(f"https://{HOST}:{CLOSED_PORT}") is None
    assert probes.web(f"http://{HOST}:{CLOSED_PORT}") == Server("")


def test_the_mail_server_is_looked_at_without_a_letter(authority: Authority, tmp_path: Path) -> None:
    with running_smtp_server(authority.context(tmp_path, ends=LONG), ("wij", "geheim")) as server:
        there = SmtpServer(HOST, server.port, "starttls", "wij", "geheim")
        seen = probes.smtp(there)
        refused = probes.smtp(SmtpServer(HOST, server.port, "starttls", "wij", "anders"))
    assert (seen.trouble, seen.validity is not None) == ("", True)
    assert refused.trouble.startswith("535")
    assert server.received == []
    assert probes.smtp(there).trouble == "ConnectionRefusedError"


def test_the_disk_is_looked_at(tmp_path: Path) -> None:
    (seen,) = probes.disks([tmp_path])
    assert 0 <= seen.free <= seen.size
