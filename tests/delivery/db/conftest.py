"""A sender with a real server, and mailings for it."""

from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.db import db
from newsletter_service.delivery import service
from newsletter_service.delivery.models import Delivery, Mailing
from newsletter_service.delivery.rules import DeliveryState
from newsletter_service.delivery.worker.setup import DeliveryConfig
from newsletter_service.keys.secret_keys import SecretKeys
from newsletter_service.letters.render import LetterRenderer
from newsletter_service.letters.values import MailIdentity, Notice, PreparedLetter
from newsletter_service.links.tokens import Tokens
from newsletter_service.links.urls import Links
from newsletter_service.smtp.connection import SmtpServer
from tests.conftest import NOW, Clock
from tests.factories import SUPPRESSION_KEY
from tests.letters_made import notice_letters
from tests.recipients import Recipient, add_deliveries
from tests.smtp_server import RecordingServer

SECRET = "a-secret-that-only-tests-know-0123456789"
SENDER = MailIdentity(
    name="Veilig Verbonden",
    list_slug="veilig-verbonden",
    tagline="Nieuwsbrief",
    postal_address="Postbus 1",
    mail_from="redactie@nieuwsbrief.example",
    reply_to="vragen@nieuwsbrief.example",
    base_url="https://nieuwsbrief.example",
)
TEMPLATES = Path(__file__).parents[3] / "templates" / "email"


@pytest.fixture
def outbox(app: Flask, smtp: RecordingServer, clock: Clock) -> DeliveryConfig:
    with app.app_context():
        engine = db.engine
    return DeliveryConfig(
        engine=engine,
        server=SmtpServer(host="127.0.0.1", port=smtp.port, security="none"),
        links=Links("https://nieuwsbrief.example", Tokens(SecretKeys(SECRET))),
        notices=notice_letters(SECRET),
        clock=clock,
        keys=SecretKeys(SECRET),
        suppression_key=SUPPRESSION_KEY,
        mail_domain="nieuwsbrief.example",
        bounce_domain="bounces.nieuwsbrief.example",
    )


def readers(count: int) -> list[Recipient]:
    return [
        Recipient(n, f"reader{n:06}", f"lezer{n}@gemeente.example", f"Lezer {n}") for n in range(1, count + 1)
    ]


def notice() -> PreparedLetter:
    return LetterRenderer(TEMPLATES).notice(Notice("nl", "Hallo", "Hallo", ("Een bericht.",)), SENDER)


def write_notice(session: Session, address: str, now: datetime = NOW) -> None:
    service.write_notice(session, notice(), address, now)
    session.commit()


def release(session: Session, count: int, now: datetime = NOW) -> Mailing:
    mailing = service.open_mailing(session, now)
    row = service.add_letter(session, mailing, notice(), now)
    add_deliveries(session, mailing, row, readers(count), now)
    session.commit()
    return mailing


def states(session: Session, mailing: Mailing) -> dict[DeliveryState, int]:
    session.rollback()
    counted = {state: n for state, n in service.counts(session, mailing.id).items() if n}
    session.rollback()
    return counted


def row_of(session: Session, address: str) -> Delivery:
    session.rollback()
    row = session.scalars(select(Delivery).where(Delivery.address == address)).one()
    session.expunge(row)
    session.rollback()
    return row
