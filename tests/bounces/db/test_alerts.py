"""Staff hear of refusals for policy, once a day."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.bounces.notices import prepare
from newsletter_service.delivery.models import Delivery
from newsletter_service.staff.accounts.making import NewUser, add_user
from newsletter_service.staff.notices import tell_once
from newsletter_service.staff.rules import Role
from newsletter_service.subscriptions.models import Subscriber
from scheduled_jobs import tell_staff
from tests.bounces.db.conftest import Comes, make_delivery
from tests.conftest import NOW, Clock
from tests.letters_made import mail_of


@pytest.fixture
def staff(session: Session, anna: Subscriber, app: Flask) -> None:
    with app.test_request_context():
        for name, role in (("beheer", Role.ADMINISTRATOR), ("redactie", Role.COMMUNICATOR)):
            add_user(session, NewUser(f"{name}@noord.example", name, "een lang wachtwoord", [role]))
    session.commit()


def told(session: Session) -> list[str]:
    session.rollback()
    return sorted(session.scalars(select(Delivery.address).where(Delivery.mailing_id.is_(None))))


def test_staff_are_told_once_a_day_and_only_if_there_was_something(
    app: Flask, session: Session, anna: Subscriber, staff: None, comes: Comes, clock: Clock
) -> None:
    assert tell_staff.of_refusals() == ""
    comes("exchange_online_policy", make_delivery(session, anna))
    comes("gmail_full", make_delivery(session, anna))
    session.commit()
    clock.move(minutes=1)
    assert tell_staff.of_refusals() == "told 2 members of staff: refusals 1"
    assert told(session) == ["beheer@noord.example", "redactie@noord.example"]
    assert tell_staff.of_refusals() == ""
    clock.move(hours=2)
    comes("exchange_online_policy", make_delivery(session, anna), clock.now)
    session.commit()
    assert tell_staff.of_refusals() == ""
    clock.move(hours=22)
    assert tell_staff.of_refusals() == "told 2 members of staff: refusals 1"
    clock.move(days=2)
    assert tell_staff.of_refusals() == ""


def test_the_mail_says_what_the_servers_said_and_names_no_reader(
    session: Session, anna: Subscriber, staff: None, comes: Comes
) -> None:
    comes("exchange_online_policy", make_delivery(session, anna))
    session.commit()
    alert = prepare(session, NOW)
    assert alert is not None
    tell_once(session, alert, NOW)
    text = mail_of(alert.notice.letters[0][1], "beheer@noord.example").decode().replace("=\r\n", "")
    assert "Mailservers weigeren onze brieven" in text
    assert "blocked using Spamhaus" in text
    assert "gemeente.example" not in text
