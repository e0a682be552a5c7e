"""What is counted once and kept is what counting again would give."""

from datetime import date, timedelta

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter_service.db import db
from newsletter_service.delivery.reporting import Filter, Group, number_of
from newsletter_service.editions.content import items_in
from newsletter_service.editions.models import Edition, ReaderKind
from newsletter_service.editions.pages.edition_list import ON_A_PAGE, done
from newsletter_service.editions.readers import GOOD_FOR, Reach, count_kinds, keep_kinds, reach
from newsletter_service.editions.releasing.service import finish_due
from newsletter_service.editions.results import service as results
from newsletter_service.editions.rules import EditionState
from newsletter_service.editions.service import Statement, keep_statement, statement
from newsletter_service.subscriptions.pausing.service import pause
from scheduled_jobs import count_readers
from tests.editions.db.conftest import CLOSES, COLLECTING, SENDS, House
from tests.editions.db.test_follow_up import FAILED, UNCERTAIN, letters, sent
from tests.factories import make_item, make_segment, make_subscriber, make_topic

__all__ = ["sent"]  # a fixture
COUNTED = Statement(intended=5, sent=1, failed=3, uncertain=1)


def numbers_of(seen: Reach) -> tuple[object, ...]:
    return seen.intended, seen.reached, seen.paused, seen.per_item, seen.unverified


def test_readers_who_were_counted_are_those_that_a_page_would_count(session: Session, house: House) -> None:
    police, topic = make_segment(session, "politie"), make_topic(session)
    make_subscriber(session, "a@gemeente.example", now=COLLECTING, segments=(police,), approved=(police,))
    make_subscriber(session, "b@gemeente.example", now=COLLECTING, segments=(police,))
    make_subscriber(session, "c@gemeente.example", now=COLLECTING, topics=(topic,))
    make_subscriber(session, "d@gemeente.example", now=COLLECTING)
    pause(
        session,
        make_subscriber(session, "pauze@gemeente.example", now=COLLECTING),
        date(2026, 12, 20),
        CLOSES,
    )
    make_item(session, house.north, now=COLLECTING, segments=(police,), restricted=True)
    make_item(session, house.south, now=COLLECTING, title="Iets heel anders")
    items = items_in(house.composed())
    counted = reach(session, items, SENDS, CLOSES - GOOD_FOR)
    keep_kinds(session, count_kinds(session), CLOSES)
    make_subscriber(session, "later@gemeente.example", now=CLOSES)
    kept = reach(session, items, SENDS, CLOSES - GOOD_FOR)
    assert (counted.counted_at, kept.counted_at) == (None, CLOSES)
    assert numbers_of(kept) == numbers_of(counted)
    assert (kept.intended, kept.paused, sum(kept.unverified.values())) == (5, 1, 1)


def test_a_count_that_is_too_old_is_not_looked_at(session: Session, house: House) -> None:
    keep_kinds(session, count_kinds(session), CLOSES - GOOD_FOR)
    make_subscriber(session, now=CLOSES)
    seen = reach(session, [], SENDS, CLOSES - GOOD_FOR)
    assert (seen.counted_at, seen.intended) == (None, 1)


def test_of_few_readers_the_scheduler_keeps_no_count(app: Flask, session: Session) -> None:
    make_subscriber(session, now=COLLECTING)
    session.commit()
    with app.app_context():
        assert count_readers.run() == ""
        assert db.session.scalars(select(func.count()).select_from(ReaderKind)).one() == 0


def test_a_sent_edition_keeps_its_statement_until_letters_go_out_once_more(
    session: Session, house: House, sent: Edition
) -> None:
    assert sent.numbers is not None
    assert statement(session, sent) == COUNTED
    results.retry(session, letters(house, sent), FAILED, house.communicator, SENDS)
    assert sent.numbers is None
    assert statement(session, sent) == Statement(intended=5, sent=1, uncertain=1, open=3, deferred=3)
    assert finish_due(session, house.mail_context, SENDS) == []


def test_letters_that_are_counted_otherwise_are_counted_again(
    session: Session, house: House, sent: Edition
) -> None:
    results.count_as_sent(session, letters(house, sent), UNCERTAIN, house.communicator, SENDS)
    assert statement(session, sent) == Statement(intended=5, sent=2, failed=3)
    kept = sent.numbers
    keep_statement(session, sent)
    assert sent.numbers == kept


def test_editions_that_are_done_come_a_page_at_a_time(session: Session, house: House) -> None:
    for number in range(1, 2 * ON_A_PAGE + 2):
        at = SENDS + timedelta(days=number)
        session.add(
            Edition(
                number=number,
                state=EditionState.CANCELLED,
                closes_at=at,
                sends_at=at,
                zone="Europe/Amsterdam",
            )
        )
    session.flush()
    first = done(session)
    second = done(session, first.before or 0)
    third = done(session, second.before or 0)
    shown = [line.edition.number for page in (first, second, third) for line in page.lines]
    assert shown == list(range(2 * ON_A_PAGE + 1, 0, -1))
    assert (len(third.lines), third.before) == (1, None)


def test_open_letters_are_found_by_their_states(session: Session, house: House, sent: Edition) -> None:
    mailed = letters(house, sent)
    results.retry(session, mailed, FAILED, house.communicator, SENDS)
    assert number_of(session, mailed.mailing_id, Filter(Group.OPEN)) == 3
