from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.delivery import service
from newsletter_service.delivery.models import Delivery
from newsletter_service.letters.values import EditionContent, MailIdentity
from newsletter_service.services import Services
from newsletter_service.subscriptions.consent.models import Consent
from newsletter_service.subscriptions.models import Subscriber
from tests.conftest import NOW
from tests.factories import make_newsletter, make_subscriber
from tests.journeys.conftest import BASE, link_to
from tests.recipients import Recipient, add_deliveries
from tests.smtp_server import Received, RecordingServer

Stored = Callable[[], AbstractContextManager[Session]]
Deliver = Callable[[], list[Received]]
ADDRESS = "anna@gemeente.example"


@pytest.fixture
def release(app: Flask, stored: Stored) -> Callable[[], None]:
    """Put one newsletter for every active reader into the ledger."""
    wired: Services = app.extensions["newsletter"]
    sender = MailIdentity(
        "Veilig Verbonden", "veilig-verbonden", "", "Postbus 1", wired.mail_from, wired.reply_to, BASE
    )
    content = EditionContent(1, NOW.date(), "Nieuws", "", "Welkom.", "nl", ())

    def write() -> None:
        with stored() as session:
            mailing = service.open_mailing(session, NOW)
            letter = service.add_letter(session, mailing, wired.renderer.edition(content, sender), NOW)
            readers = session.scalars(select(Subscriber).where(Subscriber.status == "active"))
            rows = [Recipient(r.id, r.link_key, r.address, r.name) for r in readers]
            add_deliveries(session, mailing, letter, rows, NOW)

    return write


@pytest.fixture(autouse=True)
def one_reader(stored: Stored) -> None:
    with stored() as session:
        make_newsletter(session)
        make_subscriber(session, ADDRESS, now=NOW, name="Anna")


def reader(session: Session) -> Subscriber:
    return session.scalars(select(Subscriber).where(Subscriber.address == ADDRESS)).one()


def one_click(mail: Received) -> str:
    return str(mail.message["List-Unsubscribe"]).strip(" <>").removeprefix(BASE)


def whole_page(client: FlaskClient, deliver: Deliver) -> str:
    """The link to all preferences, mailed to who presses the button behind the newsletter's own."""
    client.post(f"{link_to(deliver()[0], 'voorkeuren')}/link")
    (mail,) = deliver()
    return link_to(mail, "voorkeuren")


def test_leaving_takes_one_button_and_can_be_undone(
    client: FlaskClient, stored: Stored, release: Callable[[], None], deliver: Deliver
) -> None:
    release()
    link = link_to(deliver()[0], "afmelden")
    assert "Meld mij af" in client.get(link).get_data(as_text=True)
    page = client.post(link).get_data(as_text=True)
    assert "U bent afgemeld" in page
    assert f"{link}/terug" in page
    with stored() as session:
        assert reader(session).status == "left"
    assert "weer aangemeld" in client.post(f"{link}/terug").get_data(as_text=True)
    with stored() as session:
        assert reader(session).status == "active"
        assert [c.step for c in session.scalars(select(Consent))] == ["left", "returned"]


@pytest.mark.parametrize("how", ["urlencoded", "multipart"])
def test_a_mail_program_unsubscribes_with_one_post(
    client: FlaskClient, stored: Stored, release: Callable[[], None], deliver: Deliver, how: str
) -> None:
    release()
    (mail,) = deliver()
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    kind = {"content_type": "multipart/form-data"} if how == "multipart" else {}
    for _ in range(2):
        answer = client.post(one_click(mail), data={"List-Unsubscribe": "One-Click"}, **kind)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
    with stored() as session:
        assert reader(session).status == "left"


def test_who_leaves_between_release_and_sending_gets_nothing(
    client: FlaskClient, stored: Stored, release: Callable[[], None], deliver: Deliver, smtp: RecordingServer
) -> None:
    release()
    (first,) = deliver()
    release()
    client.post(link_to(first, "afmelden"))
    assert deliver() == []
    with stored() as session:
        assert [row.state for row in session.scalars(select(Delivery).order_by(Delivery.id))] == [
            "sent",
            "cancelled",
        ]


def test_links_of_an_ended_subscription_stay_dead_after_signing_up_anew(
    client: FlaskClient, stored: Stored, release: Callable[[], None], deliver: Deliver
) -> None:
    release()
    (old,) = deliver()
    client.post(link_to(old, "afmelden"))
    client.post("/aanmelden", data={"address": ADDRESS, "language": "nl"})
    (mail,) = deliver()
    client.post(link_to(mail, "bevestigen"))
    assert client.get(link_to(old, "voorkeuren")).status_code == 410
    assert client.post(one_click(old), data={"List-Unsubscribe": "One-Click"}).status_code == 200
    with stored() as session:
        assert reader(session).status == "active"


def test_preferences_are_changed_without_signing_in(
    client: FlaskClient, stored: Stored, release: Callable[[], None], deliver: Deliver
) -> None:
    release()
    link = whole_page(client, deliver)
    page = client.post(link, data={"name": "Anna Çelik", "language": "en"}).get_data(as_text=True)
    assert "Anna Çelik" in page
    with stored() as session:
        assert (reader(session).name, reader(session).language) == ("Anna Çelik", "en")


def test_a_name_cannot_bring_a_header_with_it(
    client: FlaskClient, stored: Stored, release: Callable[[], None], deliver: Deliver
) -> None:
    release()
    link = whole_page(client, deliver)
    answer = client.post(link, data={"name": "Anna\r\nBcc: spion@elders.example", "language": "nl"})
    assert answer.status_code == 422
    with stored() as session:
        assert reader(session).name == "Anna"
