"""What is shown of an edition while it is being sent: how many are left, how fast it goes, how long it takes."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.delivery.models import Delivery, Worker
from newsletter_service.delivery.reporting import DomainCounts, Held
from newsletter_service.delivery.rules import DeliveryState
from newsletter_service.editions.models import Edition
from newsletter_service.editions.releasing.service import release
from newsletter_service.editions.results.kept import Kept
from newsletter_service.editions.results.progress import MANY_READERS, domains_now, numbers_now, progress
from newsletter_service.editions.results.service import Mailed
from newsletter_service.editions.service import Statement, mailing_of
from tests.editions.db.conftest import COLLECTING, SENDS, House
from tests.factories import make_item, make_subscriber


@pytest.fixture
def running(house: House) -> Edition:
    """An edition that goes out to three."""
    for number in range(3):
        make_subscriber(house.session, f"lezer{number}@gemeente.example", now=COLLECTING)
    make_item(house.session, house.north, now=COLLECTING)
    edition = house.composed()
    release(house.session, house.mail_context, edition, None, SENDS)
    return edition


def mailed(edition: Edition) -> Mailed:
    return Mailed(edition, mailing_of(edition))


def arrive(session: Session, count: int) -> None:
    waiting = select(Delivery).where(Delivery.mailing_id.is_not(None), Delivery.state == "ready")
    for row in session.scalars(waiting.limit(count)).all():
        row.state, row.settled_at = DeliveryState.SENT, SENDS
    session.flush()


def at_work(session: Session, pace: int) -> None:
    session.add(Worker(id="a", host="een", process_id=1, pace=pace, started_at=SENDS, seen_at=SENDS))
    session.flush()


def test_the_time_left_is_what_is_open_at_the_present_pace(session: Session, running: Edition) -> None:
    at_work(session, 50)
    now = progress(session, mailed(running), 3000, SENDS)
    assert (now.workers, now.letters_per_second, now.seconds_left) == (1, 50.0, 60.0)


def test_without_a_pace_there_is_no_time_left_to_tell(session: Session, running: Edition) -> None:
    at_work(session, 0)
    assert progress(session, mailed(running), 3000, SENDS).seconds_left == 0


def test_a_sender_that_fell_silent_does_not_count(session: Session, running: Edition) -> None:
    at_work(session, 50)
    later = SENDS + timedelta(minutes=1)
    assert progress(session, mailed(running), 3000, later).workers == 0


def test_the_numbers_of_a_small_edition_are_those_of_this_moment(session: Session, running: Edition) -> None:
    kept = Kept[Statement](1000.0)
    assert numbers_now(session, mailed(running), kept).sent == 0
    arrive(session, 2)
    assert numbers_now(session, mailed(running), kept).sent == 2


def test_the_numbers_of_a_large_edition_are_counted_once_for_all_who_look(
    session: Session, running: Edition
) -> None:
    running.intended = MANY_READERS
    clock = [0.0]
    kept = Kept[Statement](1.5, lambda: clock[0])
    assert numbers_now(session, mailed(running), kept).sent == 0
    arrive(session, 2)
    assert numbers_now(session, mailed(running), kept).sent == 0
    clock[0] = 1.5
    assert numbers_now(session, mailed(running), kept).sent == 2


def test_the_domains_of_a_small_edition_are_those_of_this_moment(session: Session, running: Edition) -> None:
    kept = Kept[tuple[DomainCounts, ...]](1000.0)
    assert [one.sent for one in domains_now(session, mailed(running), kept)] == [0]
    arrive(session, 2)
    assert [one.sent for one in domains_now(session, mailed(running), kept)] == [2]


def test_the_domains_of_a_large_edition_are_counted_once_for_all_who_look(
    session: Session, running: Edition
) -> None:
    running.intended = MANY_READERS
    kept = Kept[tuple[DomainCounts, ...]](1000.0)
    first = domains_now(session, mailed(running), kept)
    arrive(session, 2)
    assert domains_now(session, mailed(running), kept) is first


def test_who_puts_letters_of_a_large_edition_off_is_looked_up_once_for_all_who_look(
    session: Session, running: Edition
) -> None:
    running.intended = MANY_READERS
    clock = [0.0]
    kept = Kept[list[Held]](4.0, lambda: clock[0])

    def deferred() -> list[int]:
        return [one.letters for one in progress(session, mailed(running), 3, SENDS, kept).deferred]

    assert deferred() == []
    for row in session.scalars(select(Delivery).where(Delivery.mailing_id == mailing_of(running))):
        row.state = DeliveryState.DEFERRED
    session.flush()
    assert deferred() == []
    clock[0] = 4.0
    assert deferred() == [3]
