"""SECRET_KEY is changed on a working day: letters are out, readers are gone, staff are at work."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from newsletter_service.app import create_app
from newsletter_service.db import db
from newsletter_service.delivery import service
from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.rules import bounced_delivery
from newsletter_service.delivery.worker.loop import send_until_empty
from newsletter_service.keys.secret_keys import SecretKeys
from newsletter_service.letters.values import EditionContent, MailIdentity
from newsletter_service.links.tokens import BadToken, Purpose, Tokens
from newsletter_service.services import Services, services
from newsletter_service.settings import Settings
from newsletter_service.staff.rules import Role
from newsletter_service.startup import with_suppression_key
from newsletter_service.subscriptions.models import Subscriber
from tests.answering import answer_forms_of
from tests.conftest import NOW, Clock
from tests.factories import make_newsletter, make_organisation, make_subscriber
from tests.journeys.conftest import BASE, link_to, sign_up
from tests.journeys.office import Stored, fresh
from tests.recipients import Recipient, add_deliveries
from tests.smtp_server import Received, RecordingServer
from tests.staff_browser import StaffBrowser, make_staff

ANNA, BOB, NEVER = "anna@gemeente.example", "bob@gemeente.example", "nooit@gemeente.example"
NEW = "the-secret-from-this-afternoon-on-0123456789"
COOKIE = "redactie"


@dataclass
class Day:
    """What happened in the morning: what Anna and Bob got, and who is at work."""

    anna: Received
    bob: Received
    confirmation: Received
    staff: StaffBrowser


def write_newsletter(app: Flask, stored: Stored, *, corrects: bool = False) -> None:
    """One letter to every active reader; what `corrects` is in answer to the one before."""
    wired: Services = app.extensions["newsletter"]
    sender = MailIdentity(
        "Veilig Verbonden", "veilig-verbonden", "", "Postbus 1", wired.mail_from, wired.reply_to, BASE
    )
    content = EditionContent(1, NOW.date(), "Nieuws", "", "Welkom.", "nl", (), corrects=corrects)
    with stored() as session:
        mailing = service.open_mailing(session, NOW)
        letter = service.add_letter(session, mailing, wired.renderer.edition(content, sender), NOW)
        readers = session.scalars(select(Subscriber).where(Subscriber.status == "active")).all()
        rows = [Recipient(one.id, one.link_key, one.address, one.name) for one in readers]
        add_deliveries(session, mailing, letter, rows, NOW)
        mine = select(Delivery).where(Delivery.mailing_id == mailing.id)
        for row in session.scalars(mine):
            before = select(Delivery.id).where(
                Delivery.subscriber_id == row.subscriber_id, Delivery.mailing_id < mailing.id
            )
            row.answers_id = session.scalar(before)


def sent(app: Flask, smtp: RecordingServer) -> list[Received]:
    before = len(smtp.received)
    with app.app_context():
        send_until_empty(services().delivery)
    return smtp.received[before:]


@pytest.fixture
def day(app: Flask, settings: Settings, client: FlaskClient, stored: Stored, smtp: RecordingServer) -> Day:
    """Under the key of the morning: one letter arrived, one is tried again, one reader is gone, one head is at work."""
    with_suppression_key(settings)
    with stored() as session:
        make_newsletter(session)
        make_organisation(session)
        for address in (ANNA, BOB):
            make_subscriber(session, address, now=NOW)
    with app.app_context(), stored() as session:
        email = make_staff(session, Role.HEAD, organisation="noord").email
    sign_up(client, NEVER)
    answer_forms_of(client)
    (confirmation,) = sent(app, smtp)
    client.post(link_to(confirmation, "niet-ik"))
    write_newsletter(app, stored)
    smtp.after_data[BOB] = "drop"
    anna, bob = sorted(sent(app, smtp), key=lambda mail: mail.recipient)
    smtp.after_data.clear()
    return Day(anna, bob, confirmation, StaffBrowser(fresh(app), email))


@pytest.fixture
def changed(day: Day, settings: Settings, clock: Clock) -> Iterator[Flask]:
    """The service as it starts in the afternoon, under another key."""
    afternoon = replace(settings, secret_key=NEW, secret_key_fallbacks=(settings.secret_key,))
    clock.move(hours=1)
    app = create_app(with_suppression_key(afternoon), clock)
    yield app
    with app.app_context():
        db.engine.dispose()


def test_links_in_letters_that_are_out_work(changed: Flask, day: Day, stored: Stored) -> None:
    client = fresh(changed)
    assert client.get(link_to(day.anna, "voorkeuren")).status_code == 200
    one_click = str(day.anna.message["List-Unsubscribe"]).strip(" <>").removeprefix(BASE)
    assert client.post(one_click, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    with stored() as session:
        states = {one.address: one.status for one in session.scalars(select(Subscriber))}
    assert states == {ANNA: "left", BOB: "active"}


def test_never_stays_never(changed: Flask, day: Day, smtp: RecordingServer) -> None:
    sign_up(fresh(changed), NEVER)
    sent(changed, smtp)
    assert smtp.to(NEVER) == [day.confirmation]


def test_a_letter_that_is_tried_again_keeps_its_ids_and_answers_are_threaded_under_it(
    changed: Flask, day: Day, stored: Stored, smtp: RecordingServer, settings: Settings, clock: Clock
) -> None:
    (again,) = sent(changed, smtp)
    assert (again.recipient, again.sender) == (BOB, day.bob.sender)
    assert again.message["Message-ID"] == day.bob.message["Message-ID"]
    write_newsletter(changed, stored, corrects=True)
    after = {mail.recipient: mail for mail in sent(changed, smtp)}
    for address, before in ((ANNA, day.anna), (BOB, day.bob)):
        assert after[address].message["In-Reply-To"] == before.message["Message-ID"]
    both = SecretKeys(NEW, (settings.secret_key,))
    for bounce in (day.anna.sender, after[ANNA].sender):
        assert bounced_delivery(bounce, both) is not None
    assert bounced_delivery(after[ANNA].sender, SecretKeys(settings.secret_key)) is None


def test_what_is_new_is_sealed_with_the_new_key_alone(
    changed: Flask, stored: Stored, smtp: RecordingServer, settings: Settings
) -> None:
    write_newsletter(changed, stored)
    mail = next(mail for mail in sent(changed, smtp) if mail.recipient == ANNA)
    token = link_to(mail, "afmelden").rpartition("/")[2]
    assert Tokens(SecretKeys(NEW)).read(Purpose.UNSUBSCRIBE, token, NOW)
    with pytest.raises(BadToken):
        Tokens(SecretKeys(settings.secret_key)).read(Purpose.UNSUBSCRIBE, token, NOW)


def test_whoever_is_at_work_goes_on_and_their_forms_and_passwords_are_taken(changed: Flask, day: Day) -> None:
    client = fresh(changed)
    cookie = day.staff.client.get_cookie(COOKIE)
    assert cookie is not None
    client.set_cookie(COOKIE, cookie.value, secure=True)
    assert client.get("/redactie/kopij/").status_code == 200
    form = {"csrf_token": day.staff.token}
    assert client.post("/redactie/uitloggen", data=form).status_code in (302, 303)
    assert client.get("/redactie/kopij/").status_code == 302
    StaffBrowser(fresh(changed), day.staff.email)  # signs in


@pytest.mark.parametrize("kept", [True, False], ids=("former key given", "former key forgotten"))
def test_without_the_former_key_old_links_end_and_never_stays_never(
    day: Day, settings: Settings, clock: Clock, smtp: RecordingServer, kept: bool
) -> None:
    former = (settings.secret_key,) if kept else ()
    app = create_app(
        with_suppression_key(replace(settings, secret_key=NEW, secret_key_fallbacks=former)), clock
    )
    assert fresh(app).get(link_to(day.anna, "voorkeuren")).status_code == (200 if kept else 410)
    sign_up(fresh(app), NEVER)
    sent(app, smtp)
    assert smtp.to(NEVER) == [day.confirmation]
    with app.app_context():
        db.engine.dispose()
