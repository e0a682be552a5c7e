"""Mail filters open every link of every mail, more than once: that changes no row and uses no link up."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.db import Base
from newsletter_service.delivery.service import add_letter, open_mailing
from newsletter_service.letters.values import EditionContent, MailIdentity
from newsletter_service.services import Services
from newsletter_service.subscriptions.models import Subscriber
from tests.conftest import NOW
from tests.factories import make_newsletter, make_segment, make_subscriber
from tests.journeys.conftest import BASE, link_to, links_in, sign_up
from tests.recipients import Recipient, add_deliveries
from tests.smtp_server import Received

Stored = Callable[[], AbstractContextManager[Session]]
Deliver = Callable[[], list[Received]]
NEW, READER = "nieuw@gemeente.example", "lezer@gemeente.example"


def snapshot(stored: Stored) -> dict[str, list[tuple[object, ...]]]:
    with stored() as session:
        return {
            table.name: [tuple(row) for row in session.execute(select(table))]
            for table in Base.metadata.sorted_tables
        }


@pytest.fixture
def mails(app: Flask, client: FlaskClient, stored: Stored, deliver: Deliver) -> list[Received]:
    """Every kind of mail that readers get: a confirmation, word to who is a reader already, a link, an edition."""
    wired: Services = app.extensions["newsletter"]
    sender = MailIdentity(
        "Veilig Verbonden", "veilig-verbonden", "", "Postbus 1", wired.mail_from, wired.reply_to, BASE
    )
    content = EditionContent(1, NOW.date(), "Nieuws", "", "Welkom.", "nl", ())
    with stored() as session:
        make_newsletter(session)
        reader = make_subscriber(session, READER, now=NOW, segments=(make_segment(session),))
        mailing = open_mailing(session, NOW)
        letter = add_letter(session, mailing, wired.renderer.edition(content, sender), NOW)
        add_deliveries(session, mailing, letter, [Recipient(reader.id, reader.link_key, READER, "")], NOW)
    sign_up(client, NEW)
    sign_up(client, READER)
    client.post("/link-kwijt", data={"address": READER})
    received = deliver()
    assert len(received) == 4
    return received


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_opening_every_link_of_every_mail_thrice_changes_no_row(
    client: FlaskClient, stored: Stored, mails: list[Received], method: str
) -> None:
    links = {link for mail in mails for link in links_in(mail)}
    assert {link.split("/")[1] for link in links} == {
        "bevestigen",
        "niet-ik",
        "voorkeuren",
        "afmelden",
        "archief",
        "aanmelden",
    }
    before = snapshot(stored)
    for link in sorted(links):
        for _ in range(3):
            answer = client.open(link, method=method)
            assert answer.status_code == (404 if link.startswith("/archief") else 200), link
            assert "Set-Cookie" not in answer.headers
    assert snapshot(stored) == before


def test_no_page_behind_a_link_sends_itself(client: FlaskClient, mails: list[Received]) -> None:
    for mail in mails:
        for link in links_in(mail):
            page = client.get(link).text
            assert "<script" not in page
            assert "http-equiv" not in page


def test_every_link_still_does_its_work_after_the_scanner_was_there(
    client: FlaskClient, stored: Stored, mails: list[Received]
) -> None:
    for mail in mails:
        for link in links_in(mail):
            client.get(link)
            client.head(link)
    confirmation = next(mail for mail in mails if mail.recipient == NEW)
    edition = next(mail for mail in mails if mail.message["List-Unsubscribe"])
    assert "bevestigd" in client.post(link_to(confirmation, "bevestigen")).text
    assert "afgemeld" in client.post(link_to(edition, "afmelden")).text
    with stored() as session:
        statuses = session.scalars(select(Subscriber.status).order_by(Subscriber.address)).all()
    assert statuses == ["left", "active"]
