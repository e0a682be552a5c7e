"""A reader with letters that went out, and ways to hear back about them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from newsletter_service.bounces.models import Bounce
from newsletter_service.bounces.reading import read
from newsletter_service.bounces.rules import Effect, Source, Verdict
from newsletter_service.bounces.service import take_in
from newsletter_service.delivery.models import Delivery, Letter, Mailing
from newsletter_service.delivery.rules import envelope_sender, message_id
from newsletter_service.services import Services
from newsletter_service.subscriptions.models import Subscriber
from tests.bounces.samples import sample
from tests.conftest import NOW
from tests.factories import make_newsletter, make_subscriber

SECRET = "a-secret-that-only-tests-know-0123456789"
Comes = Callable[..., Effect]


@pytest.fixture
def wired(app: Flask) -> Services:
    wired: Services = app.extensions["newsletter"]
    return wired


@pytest.fixture
def anna(session: Session) -> Subscriber:
    make_newsletter(session)
    return make_subscriber(session, "anna@gemeente.example", now=NOW, name="Anna")


def make_delivery(
    session: Session,
    reader: Subscriber | None,
    *,
    at: datetime = NOW,
    state: str = "sent",
    notice: bool = False,
    **columns: Any,
) -> Delivery:
    """A letter of an edition of its own, or a notice."""
    mailing = None if notice else Mailing(created_at=at)
    if mailing:
        session.add(mailing)
        session.flush()
    letter = Letter(
        mailing_id=mailing.id if mailing else None, language="nl", subject="Nr", skeleton=b"", created_at=at
    )
    session.add(letter)
    session.flush()
    row = Delivery(
        mailing_id=mailing.id if mailing else None,
        letter_id=letter.id,
        subscriber_id=reader.id if reader else None,
        subscriber_key=reader.link_key if reader else None,
        address=reader.address if reader else "redactie@noord.example",
        domain="gemeente.example",
        state=state,
        created_at=at,
        next_attempt_at=at,
        give_up_at=at,
        settled_at=None if state in ("ready", "deferred", "claimed") else at,
    )
    for name, value in columns.items():
        setattr(row, name, value)
    session.add(row)
    session.flush()
    return row


def make_bounce(session: Session, delivery: Delivery, verdict: Verdict, **columns: Any) -> Bounce:
    """What came back of a delivery, with a code that fits; nothing is done about it."""
    code = {Verdict.HARD: "5.1.1", Verdict.SOFT: "4.2.2", Verdict.POLICY: "5.7.1"}.get(verdict, "")
    values = {"status": code, "reason": "", "source": Source.MESSAGE, "at": NOW, "headers": ""} | columns
    row = Bounce(delivery_id=delivery.id, subscriber_id=delivery.subscriber_id, verdict=verdict, **values)
    session.add(row)
    session.flush()
    return row


def message_about(name: str, delivery: Delivery) -> bytes:
    sender = envelope_sender(delivery.id, SECRET, "bounces.nieuwsbrief.example")
    return sample(name, sender, message_id(delivery.id, SECRET, "nieuwsbrief.example"))


@pytest.fixture
def comes(session: Session, wired: Services) -> Comes:
    """Take a message in that is about a delivery."""

    def comes(name: str, delivery: Delivery, now: datetime = NOW) -> Effect:
        return take_in(session, wired, read(message_about(name, delivery)), now)

    return comes
