"""The job that forgets what nobody needs forgets every kind of it, and nothing that is needed."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter_service.bounces.models import Bounce
from newsletter_service.bounces.rules import Source, Verdict
from newsletter_service.budgets.models import BudgetUse
from newsletter_service.db import Base
from newsletter_service.delivery.models import Delivery, DomainBackoff
from newsletter_service.delivery.rules import DeliveryState
from newsletter_service.delivery.service import write_notice
from newsletter_service.editorial.models import Image
from newsletter_service.letters.values import PreparedLetter
from newsletter_service.staff.access.models import StaffSession
from newsletter_service.staff.models import UsedForm
from newsletter_service.staff.rules import Role
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.rules import Status
from scheduled_jobs import purge_stale
from tests.conftest import NOW, Clock
from tests.factories import make_newsletter, make_organisation, make_subscriber
from tests.staff_browser import make_staff

PURGED = (Bounce, Delivery, DomainBackoff, BudgetUse, Image, StaffSession, Subscriber, UsedForm)
Stored = Callable[[], AbstractContextManager[Session]]


def numbers(session: Session) -> dict[type[Base], int]:
    return {kind: session.scalars(select(func.count()).select_from(kind)).one() for kind in PURGED}


def fill(session: Session) -> None:
    """One row of each kind that nobody needs in the end."""
    make_newsletter(session)
    make_organisation(session)
    user = make_staff(session, Role.HEAD, organisation="noord")
    make_subscriber(session, now=NOW, status=Status.PENDING)
    letter = PreparedLetter("nl", "Hallo", b"", 0)
    notice = write_notice(session, letter, user.email, NOW)
    notice.state, notice.settled_at = DeliveryState.SENT, NOW
    session.add_all(
        [
            Bounce(
                delivery_id=1,
                verdict=Verdict.SOFT,
                status="4.2.2",
                reason="full",
                source=Source.REPLY,
                at=NOW,
                headers="",
            ),
            DomainBackoff(domain="gemeente.example", failures=1, until=NOW),
            BudgetUse(key="x", used_until=NOW),
            Image(digest="x", mime_type="image/png", width=1, height=1, stored_at=NOW, content=b"x"),
            StaffSession(user_id=user.id, key_hash="x", started_at=NOW),
            UsedForm(user_id=user.id, key="x", made=1, at=NOW),
        ]
    )


def test_each_kind_is_forgotten_in_the_end_and_none_at_once(app: Flask, stored: Stored, clock: Clock) -> None:
    with stored() as session:
        fill(session)
    clock.now = NOW - timedelta(seconds=1)
    with app.app_context():
        purge_stale.run()
    with stored() as session:
        assert set(numbers(session).values()) == {1}
    clock.now = NOW + timedelta(days=500)
    with app.app_context():
        purge_stale.run()
    with stored() as session:
        assert numbers(session) == dict.fromkeys(PURGED, 0)
