"""A letter offers to unsubscribe by mail where somebody reads that: from the bytes that went out to the end of it."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.bounces.reading import read
from newsletter_service.bounces.service import take_in
from newsletter_service.delivery import service
from newsletter_service.imap import ImapServer
from newsletter_service.letters.values import EditionContent, MailIdentity
from newsletter_service.services import Services
from newsletter_service.settings import Settings
from newsletter_service.subscriptions.consent.models import Consent
from newsletter_service.subscriptions.models import Subscriber
from tests.conftest import CLOSED_PORT, NOW
from tests.factories import make_newsletter, make_subscriber
from tests.journeys.conftest import BASE
from tests.recipients import Recipient, add_deliveries
from tests.smtp_server import Received

CONTENT = EditionContent(1, NOW.date(), "Nieuws", "", "Welkom.", "nl", ())
Stored = Callable[[], AbstractContextManager[Session]]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """There is a mailbox that bounces come to."""
    return replace(settings, bounce_mailbox=ImapServer("127.0.0.1", CLOSED_PORT, "none", "bounces", "geheim"))


@pytest.fixture
def letter(app: Flask, stored: Stored, deliver: Callable[[], list[Received]]) -> bytes:
    """The newsletter as its one reader got it."""
    wired: Services = app.extensions["newsletter"]
    sender = MailIdentity(
        "Veilig Verbonden", "veilig-verbonden", "", "Postbus 1", wired.mail_from, wired.reply_to, BASE
    )
    with stored() as session:
        make_newsletter(session)
        anna = make_subscriber(session, "anna@gemeente.example", now=NOW)
        mailing = service.open_mailing(session, NOW)
        row = service.add_letter(session, mailing, wired.renderer.edition(CONTENT, sender), NOW)
        add_deliveries(session, mailing, row, [Recipient(anna.id, anna.link_key, anna.address, "")], NOW)
    (mail,) = deliver()
    return mail.content


def test_the_address_in_the_letter_unsubscribes_its_reader(app: Flask, stored: Stored, letter: bytes) -> None:
    (header,) = re.findall(
        rb"^List-Unsubscribe:\r\n <(\S+)>,\r\n <mailto:(\S+)\?subject=(\S+)>\r\n", letter, re.MULTILINE
    )
    link, address, subject = (part.decode() for part in header)
    assert link.startswith(f"{BASE}/afmelden/")
    assert address.endswith("@bounces.nieuwsbrief.example")
    mail = f"From: anna@gemeente.example\r\nTo: {address}\r\nSubject: {subject}\r\n\r\n\r\n"
    with stored() as session:
        assert take_in(session, app.extensions["newsletter"], read(mail.encode()), NOW) == "unsubscribed"
    with stored() as session:
        assert session.scalars(select(Subscriber.status)).all() == ["left"]
        assert [(row.step, row.source) for row in session.scalars(select(Consent))] == [("left", "mail")]


def test_an_automatic_reply_to_that_address_unsubscribes_nobody(
    app: Flask, stored: Stored, letter: bytes
) -> None:
    (address,) = re.findall(rb"<mailto:(\S+)\?", letter)
    for subject in ("Automatisch antwoord: unsubscribe", "Re: Nieuws", ""):
        mail = f"From: anna@gemeente.example\r\nTo: {address.decode()}\r\nSubject: {subject}\r\n\r\nIk ben er niet.\r\n"
        with stored() as session:
            assert take_in(session, app.extensions["newsletter"], read(mail.encode()), NOW) == "ignored"
