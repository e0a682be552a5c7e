"""What came back from an address that a reader gave up says nothing of the one that they have now."""

from datetime import timedelta

from sqlalchemy.orm import Session

from newsletter_service.bounces.models import Bounce
from newsletter_service.bounces.rules import Source, Verdict
from newsletter_service.bounces.service import take_in_refusals
from newsletter_service.subscriptions.models import Subscriber
from tests.bounces.db.conftest import make_delivery
from tests.conftest import NOW
from tests.factories import make_subscriber

FULL = "4.2.2"


def came_back(session: Session, reader: Subscriber, days_ago: int) -> None:
    """An edition of some days ago that came back because the mailbox was full."""
    row = make_delivery(session, reader, at=NOW - timedelta(days=days_ago))
    session.add(
        Bounce(
            delivery_id=row.id,
            subscriber_id=reader.id,
            verdict=Verdict.SOFT,
            status=FULL,
            reason="vol",
            source=Source.MESSAGE,
            at=NOW - timedelta(days=days_ago),
            headers="",
        )
    )
    session.flush()


def test_soft_bounces_of_the_address_of_before_do_not_add_up_with_those_of_the_new_one(
    session: Session,
) -> None:
    moved, stayed = (
        make_subscriber(session, f"{name}@gemeente.example", now=NOW, name=name) for name in ("anna", "bob")
    )
    for reader in (moved, stayed):
        for days_ago in (40, 30):
            came_back(session, reader, days_ago)
    moved.address, moved.domain = "anna@elders.example", "elders.example"
    session.flush()
    for reader in (moved, stayed):
        make_delivery(session, reader, state="failed", reply_code=452, reply_status=FULL, reply_text="vol")
    session.expire_all()
    assert take_in_refusals(session, NOW) == 2
    assert (moved.status, stayed.status) == ("active", "left")
