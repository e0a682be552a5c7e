"""The mailbox that bounces come to, in a real Dovecot."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from imapclient import IMAPClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.bounces.mailbox import read_mailbox
from newsletter_service.bounces.models import Bounce
from newsletter_service.imap import ImapError, ImapMailbox, ImapServer, opened
from newsletter_service.services import Services
from newsletter_service.subscriptions.models import Subscriber
from scheduled_jobs import read_bounces
from tests.bounces.db.conftest import make_delivery, message_about
from tests.bounces.samples import sample
from tests.conftest import NOW
from tests.dovecot import PASSWORD, USER, Dovecot, running_dovecot
from tests.factories import make_newsletter, make_subscriber


@pytest.fixture(scope="module")
def dovecot(certificate: Path) -> Iterator[Dovecot]:
    with running_dovecot(certificate) as dovecot:
        yield dovecot


@pytest.fixture
def server(dovecot: Dovecot) -> ImapServer:
    """The account of the mailbox, which is emptied first."""
    with IMAPClient("127.0.0.1", dovecot.port, ssl=False) as client:
        client.login(USER, PASSWORD)
        client.select_folder("INBOX")
        client.delete_messages(client.search("ALL"))
        client.expunge()
        if client.folder_exists("INBOX.unreadable"):
            client.delete_folder("INBOX.unreadable")
    return ImapServer("127.0.0.1", dovecot.port, "none", USER, PASSWORD)


def put(server: ImapServer, *messages: bytes) -> None:
    with IMAPClient(server.host, server.port, ssl=False) as client:
        client.login(USER, PASSWORD)
        for message in messages:
            client.append("INBOX", message)


def number_in(server: ImapServer, folder: str, criteria: str = "ALL") -> int:
    with IMAPClient(server.host, server.port, ssl=False) as client:
        client.login(USER, PASSWORD)
        client.select_folder(folder)
        return len(client.search(criteria))


@pytest.fixture
def wired(app: Flask, server: ImapServer) -> Services:
    wired = replace(app.extensions["newsletter"], bounce_mailbox=server)
    app.extensions["newsletter"] = wired
    return wired


@pytest.fixture
def bounce(session: Session) -> bytes:
    make_newsletter(session)
    anna = make_subscriber(session, "anna@gemeente.example", now=NOW)
    raw = message_about("postfix_unknown", make_delivery(session, anna))
    session.commit()
    return raw


def statuses(session: Session) -> list[str]:
    found = [status.value for status in session.scalars(select(Subscriber.status))]
    session.rollback()
    return found


def test_what_lies_in_the_mailbox_is_taken_in_and_flagged(
    app: Flask, session: Session, server: ImapServer, wired: Services, bounce: bytes
) -> None:
    put(server, bounce, sample("out_of_office_exchange"), sample("postfix_unknown"))
    assert read_bounces.run() == "bounces: 3 messages: 1 auto-reply, 2 hard; 1 foreign, 1 ignored, 1 stopped"
    assert statuses(session) == ["left"]
    assert number_in(server, "INBOX", "UNSEEN") == 0
    assert number_in(server, "INBOX") == 3
    assert read_bounces.run() == ""


def test_more_messages_than_are_fetched_at_a_time_are_all_read(
    session: Session, server: ImapServer, wired: Services
) -> None:
    put(server, *(sample("postfix_unknown") for _ in range(45)))
    assert read_bounces.run() == "bounces: 45 messages: 45 hard; 45 foreign"


def test_a_message_that_cannot_be_taken_apart_goes_to_a_folder_beside_and_stops_nothing(
    app: Flask, session: Session, server: ImapServer, wired: Services, bounce: bytes
) -> None:
    put(server, b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" * 101, bounce)
    assert read_bounces.run() == "bounces: 2 messages: 1 hard, 1 none; 1 stopped, 1 unreadable"
    assert number_in(server, "INBOX") == 1
    assert number_in(server, "INBOX.unreadable") == 1
    assert statuses(session) == ["left"]
    assert read_bounces.run() == ""


def test_of_a_huge_message_only_the_beginning_comes_over_the_line(server: ImapServer) -> None:
    put(server, sample("postfix_unknown") + b"x" * 900_000)
    with opened(server) as mailbox:
        uids = mailbox.unread(10)
        assert [len(raw) for raw in mailbox.fetch(uids, 5000).values()] == [5000]
        assert mailbox.unread(10) == uids


class CutOff(ImapMailbox):
    """A mailbox whose connection is lost just when a message was committed and is to be flagged."""

    dovecot: Dovecot

    def mark_read(self, uids: list[int]) -> None:
        self.dovecot.hang_up()
        super().mark_read(uids)


def test_a_lost_connection_loses_nothing_and_what_comes_again_counts_once(
    app: Flask, session: Session, server: ImapServer, wired: Services, bounce: bytes, dovecot: Dovecot
) -> None:
    put(server, bounce)
    with opened(server) as mailbox:
        mailbox.__class__ = CutOff
        CutOff.dovecot = dovecot
        with pytest.raises(ImapError):
            read_mailbox(mailbox, wired)
    assert statuses(session) == ["left"]
    assert number_in(server, "INBOX", "UNSEEN") == 1
    assert read_bounces.run() == "bounces: 1 message: 1 hard; 1 known"
    assert number_in(server, "INBOX", "UNSEEN") == 0
    assert len(session.scalars(select(Bounce)).all()) == 1


def test_the_mailbox_is_read_over_tls_with_a_certificate_that_is_trusted(
    server: ImapServer, dovecot: Dovecot, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(server, sample("postfix_unknown"))
    safe = [replace(server, security="starttls"), replace(server, security="tls", port=dovecot.tls_port)]
    for one in safe:
        with pytest.raises(ImapError, match="certificate verify failed"), opened(one):
            pass
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    for one in safe:
        with opened(one) as mailbox:
            assert len(mailbox.unread(10)) == 1


@pytest.mark.parametrize(
    "wrong", [{"password": "fout"}, {"folder": "bestaat-niet"}, {"port": 1}, {"security": "tls"}], ids=str
)
def test_a_mailbox_that_cannot_be_opened_is_said_in_one_line_and_tried_again(
    app: Flask,
    wired: Services,
    server: ImapServer,
    wrong: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    app.extensions["newsletter"] = replace(wired, bounce_mailbox=replace(server, **wrong))
    with app.app_context():
        assert read_bounces.run() == ""
    app.extensions["newsletter"] = wired
    with app.app_context():
        assert read_bounces.run() == ""
    assert PASSWORD not in caplog.text
    assert caplog.text.count("the mailbox for bounces cannot be read") == 2


def test_without_a_mailbox_nothing_is_polled(app: Flask) -> None:
    with app.app_context():
        assert read_bounces.run() == ""
