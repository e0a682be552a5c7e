"""From the old mailbox to the new one, by the links in mails that were delivered, and what comes after."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.db import Base
from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.service import add_letter, open_mailing
from newsletter_service.letters.values import EditionContent, MailIdentity
from newsletter_service.services import Services
from newsletter_service.subscriptions.consent.models import Consent
from newsletter_service.subscriptions.models import Subscriber
from tests.conftest import NOW
from tests.factories import make_newsletter, make_subscriber
from tests.journeys.conftest import BASE, link_to, links_in
from tests.recipients import Recipient, add_deliveries
from tests.smtp_server import Received

Stored = Callable[[], AbstractContextManager[Session]]
Deliver = Callable[[], list[Received]]
OLD, NEW = "anna@gemeente.example", "anna@elders.example"


@pytest.fixture(autouse=True)
def one_reader(stored: Stored) -> None:
    with stored() as session:
        make_newsletter(session)
        make_subscriber(session, OLD, now=NOW, name="Anna")


@pytest.fixture
def edition(app: Flask, stored: Stored) -> Callable[[], None]:
    """Put one newsletter for every active reader into the ledger."""
    wired: Services = app.extensions["newsletter"]
    sender = MailIdentity(
        "Veilig Verbonden", "veilig-verbonden", "", "Postbus 1", wired.mail_from, wired.reply_to, BASE
    )
    content = EditionContent(1, NOW.date(), "Nieuws", "", "Welkom.", "nl", ())

    def write() -> None:
        with stored() as session:
            mailing = open_mailing(session, NOW)
            letter = add_letter(session, mailing, wired.renderer.edition(content, sender), NOW)
            readers = session.scalars(select(Subscriber).where(Subscriber.status == "active"))
            rows = [Recipient(one.id, one.link_key, one.address, one.name) for one in readers]
            add_deliveries(session, mailing, letter, rows, NOW)

    return write


@pytest.fixture
def page(client: FlaskClient, deliver: Deliver) -> str:
    """Where a reader asks for another address, behind the link that is mailed on request."""
    client.post("/link-kwijt", data={"address": OLD})
    (mail,) = deliver()
    return f"{link_to(mail, 'voorkeuren')}/adres"


def asked(client: FlaskClient, deliver: Deliver, page: str) -> tuple[Received, Received]:
    """What the new and the old address get."""
    client.post(page, data={"address": NEW})
    by_address = {mail.recipient: mail for mail in deliver()}
    assert set(by_address) == {NEW, OLD}
    return by_address[NEW], by_address[OLD]


def rows(stored: Stored) -> dict[str, list[tuple[object, ...]]]:
    with stored() as session:
        return {
            table.name: [tuple(row) for row in session.execute(select(table))]
            for table in Base.metadata.sorted_tables
        }


def test_the_newsletter_follows_its_reader_also_the_letter_that_was_ready_to_go(
    client: FlaskClient, stored: Stored, deliver: Deliver, edition: Callable[[], None], page: str
) -> None:
    edition()
    (before,) = deliver()
    at_new, at_old = asked(client, deliver, page)
    edition()
    client.post(link_to(at_new, "nieuw-adres"))
    assert "Uw adres is veranderd" in client.post(link_to(at_old, "oud-adres")).text
    (after,) = deliver()
    assert (before.recipient, after.recipient) == (OLD, NEW)
    one_click = str(before.message["List-Unsubscribe"]).strip(" <>").removeprefix(BASE)
    assert client.post(one_click, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    with stored() as session:
        reader = session.scalars(select(Subscriber)).one()
        assert (reader.address, reader.status, reader.name) == (NEW, "active", "Anna")
        history = session.scalars(select(Delivery.address).where(Delivery.mailing_id.is_not(None)))
        assert sorted(history) == [NEW, OLD]
        assert "moved" in set(session.scalars(select(Consent.step)))
    assert client.get(link_to(after, "afmelden")).status_code == 200


def test_filters_that_open_every_link_of_both_letters_change_no_row(
    client: FlaskClient, stored: Stored, deliver: Deliver, page: str
) -> None:
    found = {link for mail in asked(client, deliver, page) for link in links_in(mail)}
    links = {link for link in found if not link.endswith(".png")}
    assert {link.split("/")[1] for link in links} == {"nieuw-adres", "oud-adres"}
    before = rows(stored)
    for link in links:
        for _ in range(3):
            for answer in (client.get(link), client.head(link)):
                assert answer.status_code == 200
                assert "Set-Cookie" not in answer.headers
        assert "<script" not in client.get(link).text
    assert rows(stored) == before


def test_a_filter_that_presses_the_buttons_of_one_mailbox_moves_nobody(
    client: FlaskClient, stored: Stored, deliver: Deliver, page: str
) -> None:
    at_new, at_old = asked(client, deliver, page)
    client.post(link_to(at_new, "nieuw-adres"))
    with stored() as session:
        assert session.scalars(select(Subscriber.address)).one() == OLD
    for button in ("/weigeren", ""):
        client.post(f"{link_to(at_old, 'oud-adres')}{button}")
    with stored() as session:
        assert session.scalars(select(Subscriber.address)).one() == OLD, "a no comes before a yes"
