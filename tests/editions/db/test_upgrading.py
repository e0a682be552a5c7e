"""An upgrade in the middle of an edition: what was on its way goes on, and nobody gets it twice."""

from dataclasses import replace

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from newsletter_service.db import db
from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.worker.loop import send_until_empty
from newsletter_service.editions.releasing.service import finish_due, release
from newsletter_service.editions.service import statement
from newsletter_service.migrations import init_migrations
from newsletter_service.services import services
from newsletter_service.settings import Settings
from tests.editions.db.conftest import COLLECTING, SENDS, House
from tests.factories import make_item, make_subscriber
from tests.smtp_server import RecordingServer

BEFORE_THE_WORDS = "0011"
LEFT_BY_A_SENDER_THAT_DIED = (
    "UPDATE delivery SET state = 'sent', attempts = 1, settled_at = created_at WHERE address LIKE 'al-klaar%'",
    "UPDATE delivery SET state = 'claimed', lease_holder = 'dead' WHERE address LIKE 'geclaimd%'",
    "UPDATE delivery SET state = 'claimed', lease_holder = 'dead', handed_at = created_at"
    " WHERE address LIKE 'onderweg%'",
    "UPDATE delivery SET state = 'deferred', attempts = 1, doubts = 1 WHERE address LIKE 'uitgesteld%'",
    "INSERT INTO domain_rest (domain, strikes, rests_until, reply)"
    " VALUES ('gemeente.example', 1, '2026-11-26 07:00:00+00:00', '450 later')",
)
NAMES = ("al-klaar", "geclaimd", "onderweg", "uitgesteld", "wacht")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Before there was a suppression key, the secret key made the hashes; so it goes on."""
    return replace(settings, suppression_key=settings.secret_key)


def test_an_edition_that_is_being_sent_goes_on_after_an_upgrade(
    session: Session, house: House, app: Flask, smtp: RecordingServer
) -> None:
    for name in NAMES:
        make_subscriber(session, f"{name}@gemeente.example", now=COLLECTING)
    make_item(session, house.north, now=COLLECTING)
    edition = house.composed()
    release(session, house.mail_context, edition, None, SENDS)
    _let_notices_be_sent(session)
    session.commit()
    init_migrations(app)
    downgrade(revision=BEFORE_THE_WORDS)
    with db.engine.begin() as connection:
        for statement_of_old in LEFT_BY_A_SENDER_THAT_DIED:
            connection.execute(text(statement_of_old))
    upgrade()
    clock = app.extensions["newsletter"].clock
    clock.now = SENDS
    send_until_empty(services().delivery)
    session.expire_all()
    finish_due(session, house.mail_context, SENDS)
    session.commit()
    mine = select(Delivery.address, Delivery.state).where(Delivery.mailing_id == edition.mailing_id)
    states = {row.address: row.state for row in session.execute(mine)}
    assert states == {f"{name}@gemeente.example": "sent" for name in NAMES}
    received = {mail.recipient for mail in smtp.received if mail.recipient.endswith("@gemeente.example")}
    assert received == {f"{name}@gemeente.example" for name in NAMES if name != "al-klaar"}
    assert edition.state == "sent"
    assert statement(session, edition).sent == len(NAMES)


def _let_notices_be_sent(session: Session) -> None:
    """A copy of before does not know how to make the letter of a notice: no way back while one waits."""
    notices = update(Delivery).where(Delivery.mailing_id.is_(None))
    session.execute(notices.values(state="sent", settled_at=SENDS))
