"""Letters of long ago become numbers, and every statement adds up as before."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter_service.delivery import aggregates
from newsletter_service.delivery.models import Delivery, DeliveryTotal
from newsletter_service.delivery.reporting import repeated
from newsletter_service.delivery.rules import DeliveryState
from newsletter_service.delivery.service import counts, open_mailing
from tests.conftest import NOW

LONG_AGO = NOW - timedelta(days=100)
BEFORE = NOW - timedelta(days=90)
STATES = (
    *[DeliveryState.SENT] * 5, DeliveryState.FAILED, DeliveryState.CANCELLED, DeliveryState.UNCERTAIN,
)  # fmt: skip


def fill(session: Session, settled: bool = True) -> int:
    mailing = open_mailing(session, LONG_AGO)
    for number, state in enumerate(STATES, 1):
        session.add(
            Delivery(
                mailing_id=mailing.id,
                letter_id=1,
                subscriber_id=number,
                address=f"l{number}@gemeente.example",
                domain="gemeente.example",
                state=state,
                ambiguous_attempts=number == 1,
                created_at=LONG_AGO,
                next_attempt_at=LONG_AGO,
                give_up_at=LONG_AGO,
                settled_at=LONG_AGO if settled else None,
            )
        )
    session.commit()
    return mailing.id


@pytest.mark.parametrize("limit", [3, 100])
def test_a_statement_adds_up_at_every_step(session: Session, limit: int) -> None:
    mailing = fill(session)
    before = counts(session, mailing), repeated(session, mailing)
    assert aggregates.mailings_before(session, BEFORE) == [mailing]
    while aggregates.aggregate(session, mailing, limit):
        session.commit()
        assert (counts(session, mailing), repeated(session, mailing)) == before
    assert before[0][DeliveryState.SENT] == 5
    assert session.scalar(select(func.count()).select_from(Delivery)) == 0
    assert aggregates.mailings_before(session, BEFORE) == []
    assert session.scalar(select(func.sum(DeliveryTotal.number))) == len(STATES)


def test_letters_that_are_on_their_way_or_were_settled_lately_stay(session: Session) -> None:
    fill(session, settled=False)
    late = fill(session)
    session.query(Delivery).filter_by(mailing_id=late, subscriber_id=1).update({"settled_at": NOW})
    session.commit()
    assert aggregates.mailings_before(session, BEFORE) == []
