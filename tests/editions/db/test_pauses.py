"""What is released, or still to go, while somebody is paused never comes to them, also not later."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.reporting import Filter, Group
from newsletter_service.delivery.rules import DeliveryState
from newsletter_service.editions.content import items_in
from newsletter_service.editions.corrections import service as corrections
from newsletter_service.editions.models import Edition, Exclusion
from newsletter_service.editions.readers import reach
from newsletter_service.editions.releasing.service import release
from newsletter_service.editions.results import service as results
from newsletter_service.editions.service import Statement, statement
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.pausing.rules import end_of_pause
from newsletter_service.subscriptions.pausing.service import pause, resume
from tests.editions.db.conftest import CLOSES, COLLECTING, SENDS, House
from tests.factories import make_item, make_subscriber

BACK = date(2026, 11, 30)
AFTER = end_of_pause(BACK) + timedelta(hours=1)
FAILED = Filter(Group.FAILED)


@pytest.fixture
def reader(session: Session) -> Subscriber:
    return make_subscriber(session, "pauze@gemeente.example", now=COLLECTING)


@pytest.fixture
def edition(session: Session, house: House, reader: Subscriber) -> Edition:
    make_subscriber(session, "ander@gemeente.example", now=COLLECTING)
    make_item(session, house.north, now=COLLECTING)
    return house.composed()


def states(session: Session, reader: Subscriber) -> list[str]:
    mine = Delivery.subscriber_id == reader.id
    return list(session.scalars(select(Delivery.state).where(mine, Delivery.mailing_id.is_not(None))))


def test_an_edition_that_is_released_during_a_pause_leaves_the_reader_out_with_that_reason(
    session: Session, house: House, edition: Edition, reader: Subscriber
) -> None:
    pause(session, reader, BACK, CLOSES)
    seen = reach(session, items_in(edition), SENDS)
    assert (seen.intended, seen.reached, seen.paused) == (2, 1, 1)
    release(session, house.mail_context, edition, None, SENDS)
    (row,) = session.scalars(select(Exclusion))
    assert (row.subscriber_id, row.reason) == (reader.id, "paused")
    assert statement(session, edition) == Statement(intended=2, excluded=1, open=1)
    resume(session, reader, SENDS + timedelta(minutes=1))
    assert states(session, reader) == []


def test_a_pause_that_ended_by_itself_keeps_nothing_away_though_no_job_wrote_that_down(
    session: Session, house: House, edition: Edition, reader: Subscriber
) -> None:
    pause(session, reader, BACK, CLOSES)
    assert reach(session, items_in(edition), AFTER).reached == 2
    release(session, house.mail_context, edition, None, AFTER)
    assert states(session, reader) == [DeliveryState.READY]


def test_what_was_released_before_and_did_not_go_yet_is_stopped_and_does_not_go_later(
    session: Session, house: House, edition: Edition, reader: Subscriber
) -> None:
    release(session, house.mail_context, edition, None, SENDS)
    pause(session, reader, BACK, SENDS)
    assert states(session, reader) == [DeliveryState.CANCELLED]
    resume(session, reader, SENDS + timedelta(minutes=1))
    assert states(session, reader) == [DeliveryState.CANCELLED]
    assert statement(session, edition) == Statement(intended=2, cancelled=1, open=1)


def test_letters_that_staff_send_once_more_and_corrections_leave_out_who_is_paused(
    session: Session, house: House, edition: Edition, reader: Subscriber
) -> None:
    release(session, house.mail_context, edition, None, SENDS)
    for row in session.scalars(select(Delivery).where(Delivery.mailing_id.is_not(None))):
        mine = row.subscriber_id == reader.id
        row.state = DeliveryState.FAILED if mine else DeliveryState.SENT
        row.settled_at = SENDS
    pause(session, reader, BACK, SENDS)
    mailed = results.mailed(session, edition)
    assert results.again(session, mailed, FAILED, SENDS) == results.Again(letters=0, left=1)
    assert results.again(session, mailed, FAILED, AFTER) == results.Again(letters=1, left=0)
    session.scalars(
        select(Delivery).where(Delivery.subscriber_id == reader.id)
    ).one().state = DeliveryState.SENT
    session.flush()
    assert corrections.audience(session, edition, SENDS).readers == 1
    assert corrections.audience(session, edition, AFTER).readers == 2


def test_a_letter_that_failed_at_the_address_of_before_is_not_sent_there_once_more(
    session: Session, house: House, edition: Edition, reader: Subscriber
) -> None:
    release(session, house.mail_context, edition, None, SENDS)
    for row in session.scalars(select(Delivery).where(Delivery.mailing_id.is_not(None))):
        row.state, row.settled_at = DeliveryState.FAILED, SENDS
    reader.address = "verhuisd@gemeente.example"
    session.flush()
    mailed = results.mailed(session, edition)
    assert results.again(session, mailed, FAILED, SENDS) == results.Again(letters=1, left=1)
    assert results.retry(session, mailed, FAILED, house.communicator, SENDS) == 1
