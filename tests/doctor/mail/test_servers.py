"""What is said of mail servers, real ones with certificates of every kind."""

from datetime import timedelta
from pathlib import Path

import pytest

from newsletter_service.clock import utc_now
from newsletter_service.doctor import servers
from newsletter_service.doctor.findings import Finding
from newsletter_service.doctor.rules import of_mailbox, of_smtp
from newsletter_service.doctor.texts.sentences import sentence
from newsletter_service.imap import ImapServer
from newsletter_service.smtp.connection import SmtpServer
from tests.certificates import HOST, Authority, make_authority
from tests.conftest import CLOSED_PORT
from tests.dovecot import PASSWORD, USER, running_dovecot
from tests.smtp_server import running_smtp_server

LONG = timedelta(days=60)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return make_authority(tmp_path)


def said(server: SmtpServer) -> list[Finding]:
    return list(of_smtp(servers.smtp(server), utc_now()))


def test_of_a_server_that_takes_our_password_over_tls_there_is_nothing_to_say(
    authority: Authority, tmp_path: Path
) -> None:
    with running_smtp_server(authority.context(tmp_path, ends=LONG), ("wij", "geheim")) as server:
        good = SmtpServer(HOST, server.port, "starttls", "wij", "geheim", ca_file=str(authority.file))
        assert said(good) == []
        wrong = SmtpServer(HOST, server.port, "starttls", "wij", "anders", ca_file=str(authority.file))
        (found,) = said(wrong)
    assert found.code == "password"
    assert "anders" not in sentence(found, "nl")
    assert server.received == []


@pytest.mark.parametrize(
    ("certificate", "code"),
    [
        ({"ends": -timedelta(days=1)}, "tls_expired"),
        ({"begins": timedelta(days=1), "ends": LONG}, "tls_not_yet_valid"),
        ({"host": "mail.elders.example", "ends": LONG}, "tls_wrong_host"),
        ({"host": "192.0.2.1", "ends": LONG}, "tls_wrong_host"),
        ({"ends": timedelta(days=3)}, "certificate_ends"),
    ],
)
def test_what_is_wrong_with_a_certificate_is_told_apart(
    authority: Authority, tmp_path: Path, certificate: dict[str, timedelta], code: str
) -> None:
    with running_smtp_server(authority.context(tmp_path, **certificate)) as server:  # type: ignore[arg-type]  # the table's
        (found,) = said(SmtpServer(HOST, server.port, "starttls", ca_file=str(authority.file)))
    assert found.code == code
    assert f"{HOST}:{server.port}" in sentence(found, "en")


def test_an_authority_that_nobody_knows_is_told_apart(authority: Authority, tmp_path: Path) -> None:
    with running_smtp_server(authority.context(tmp_path, ends=LONG)) as server:
        (found,) = said(SmtpServer(HOST, server.port, "starttls"))
    assert found.code == "tls_unknown_authority"


def test_a_server_without_starttls_and_one_that_is_not_there_are_told_apart() -> None:
    with running_smtp_server() as server:
        assert said(SmtpServer(HOST, server.port, "none")) == []
        (found,) = said(SmtpServer(HOST, server.port, "starttls"))
    assert found.code == "no_starttls"
    (found,) = said(SmtpServer(HOST, CLOSED_PORT, "none"))
    assert found.code == "unreachable"
    assert "ConnectionRefusedError" in sentence(found, "nl")


def mailbox(server: ImapServer) -> list[str]:
    return [one.code for one in of_mailbox(servers.mailbox(server))]


def test_the_mailbox_is_opened_as_the_service_does(authority: Authority, tmp_path: Path) -> None:
    assert [one.code for one in of_mailbox(None)] == ["no_mailbox"]
    authority.context(tmp_path, ends=LONG)
    with running_dovecot(tmp_path / "server.pem") as dovecot:
        assert mailbox(ImapServer(HOST, dovecot.port, "none", USER, PASSWORD)) == []
        assert mailbox(ImapServer(HOST, dovecot.port, "none", USER, "anders")) == ["password"]
        assert mailbox(ImapServer(HOST, dovecot.tls_port, "tls", USER, PASSWORD)) == ["tls_unknown_authority"]
    assert mailbox(ImapServer(HOST, CLOSED_PORT, "none", USER, PASSWORD)) == ["unreachable"]
