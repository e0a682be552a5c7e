"""A copy goes on as a person says: with exactly the rest, or with what is unknown left uncertain."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.continuity.rules import Why
from newsletter_service.continuity.service import keep_still
from newsletter_service.delivery.models import Delivery, Worker
from newsletter_service.delivery.rules import DeliveryState
from newsletter_service.delivery.service import counts, write_notice
from newsletter_service.delivery.worker.loop import send_until_empty
from newsletter_service.editions.composing.service import open_next_edition
from newsletter_service.editions.models import Edition
from newsletter_service.editions.releasing.service import finish_due, release
from newsletter_service.editions.rules import EditionState, HoldReason
from newsletter_service.editions.service import mailing_of
from newsletter_service.sequences import last_number
from newsletter_service.staff.models import AuditEntry
from newsletter_service.standstill.service import Answer, GoesOn, UnderWay, go_on, situation
from tests.conftest import Clock
from tests.delivery.db.conftest import notice
from tests.editions.db.conftest import CLOSES, SENDS, House, house, mail_context
from tests.factories import make_item, make_subscriber
from tests.smtp_server import RecordingServer

__all__ = ["house", "mail_context"]

READERS, WENT = 6, 2
AFTER = SENDS + timedelta(hours=1)


def release_to_readers(house: House) -> Edition:
    make_item(house.session, house.north, now=CLOSES)
    for number in range(READERS):
        make_subscriber(house.session, f"lezer{number}@gemeente.example", now=CLOSES)
    edition = house.composed()
    release(house.session, house.mail_context, edition, None, SENDS)
    return edition


def interrupt(house: House) -> None:
    """Two letters went out, one is with the server and one is claimed, when the copy is made."""
    session = house.session
    session.add(Worker(id="gone", host="original", process_id=1, started_at=SENDS, seen_at=SENDS))
    letters = session.scalars(
        select(Delivery).where(Delivery.mailing_id.is_not(None)).order_by(Delivery.id)
    ).all()
    for row in letters[:WENT]:
        row.state, row.settled_at = DeliveryState.SENT, SENDS
    for row in letters[WENT : WENT + 2]:
        row.state, row.lease_holder = DeliveryState.CLAIMED, "gone"
    for row in letters[WENT : WENT + 1]:
        row.handed_at = SENDS
    session.flush()
    keep_still(session.connection(), Why.RESTORED, AFTER, known_at=SENDS)
    session.commit()


def test_what_is_known_names_the_moment_the_editions_under_way_and_those_that_may_be_out(
    house: House,
) -> None:
    edition = release_to_readers(house)
    write_notice(house.session, notice(), "anna@gemeente.example", SENDS)
    following = open_next_edition(house.session, SENDS)
    interrupt(house)
    known = situation(house.session, following.closes_at)
    assert known is not None
    assert (known.why, known.since, known.known_at) == (Why.RESTORED, AFTER, SENDS)
    assert known.under_way == (UnderWay(edition.number, READERS - WENT, correction=False),)
    assert known.notices >= 1
    assert known.may_be_out == (following.number,)


def test_with_nothing_gone_since_exactly_the_rest_goes(
    house: House, smtp: RecordingServer, clock: Clock
) -> None:
    clock.now = AFTER
    edition = release_to_readers(house)
    interrupt(house)
    assert send_until_empty(house.mail_context.delivery) == Counter()
    go_on(house.session, house.mail_context, house.communicator, Answer.NOTHING_WENT_OUT, AFTER)
    house.session.commit()
    send_until_empty(house.mail_context.delivery)
    house.session.expire_all()
    got = Counter(letter.recipient for letter in smtp.received if letter.recipient.startswith("lezer"))
    assert counts(house.session, mailing_of(edition))[DeliveryState.SENT] == READERS
    assert got == Counter(f"lezer{number}@gemeente.example" for number in range(WENT, READERS))


def test_with_letters_that_may_have_gone_nobody_gets_one_and_each_is_left_to_a_person(
    house: House, smtp: RecordingServer, clock: Clock
) -> None:
    clock.now = AFTER
    edition = release_to_readers(house)
    interrupt(house)
    go_on(house.session, house.mail_context, house.communicator, Answer.LETTERS_MAY_HAVE_GONE, AFTER)
    write_notice(house.session, notice(), "nieuw@gemeente.example", AFTER)
    house.session.commit()
    send_until_empty(house.mail_context.delivery)
    house.session.expire_all()
    assert [letter.recipient for letter in smtp.received] == ["nieuw@gemeente.example"]
    found = {state: number for state, number in counts(house.session, mailing_of(edition)).items() if number}
    assert found == {DeliveryState.SENT: WENT, DeliveryState.UNCERTAIN: READERS - WENT}
    assert finish_due(house.session, house.mail_context, AFTER) == [edition]


def test_numbers_that_the_original_may_have_given_out_are_left_out(house: House) -> None:
    release_to_readers(house)
    interrupt(house)
    before = last_number(house.session.connection(), "delivery")
    go_on(house.session, house.mail_context, None, Answer.LETTERS_MAY_HAVE_GONE, AFTER)
    assert write_notice(house.session, notice(), "nieuw@gemeente.example", AFTER).id > before + 1_000_000


def test_an_edition_that_may_be_out_is_held_also_where_its_copy_closed_meanwhile(house: House) -> None:
    make_item(house.session, house.north, now=CLOSES)
    composed = house.composed()
    collecting = open_next_edition(house.session, CLOSES)
    interrupt(house)
    later = collecting.closes_at + timedelta(minutes=1)
    go_on(house.session, house.mail_context, house.communicator, Answer.LETTERS_MAY_HAVE_GONE, later)
    assert [(one.state, one.hold_reason) for one in (composed, collecting)] == [
        (EditionState.HELD, HoldReason.RESTORED)
    ] * 2


def test_an_edition_that_waits_for_its_time_goes_on_where_nothing_went_out(house: House) -> None:
    make_item(house.session, house.north, now=CLOSES)
    composed = house.composed()
    interrupt(house)
    go_on(house.session, house.mail_context, None, Answer.NOTHING_WENT_OUT, CLOSES)
    assert composed.state is EditionState.COMPOSED


def test_who_let_it_go_on_is_written_down_and_it_is_done_once(house: House) -> None:
    interrupt(house)
    go_on(house.session, house.mail_context, house.communicator, Answer.LETTERS_MAY_HAVE_GONE, AFTER)
    entry = house.session.scalars(select(AuditEntry).where(AuditEntry.action == "service.go_on")).one()
    assert entry.actor_id == house.communicator.id
    assert entry.detail["answer"] == "letters_may_have_gone"
    assert situation(house.session, AFTER) is None
    with pytest.raises(GoesOn):
        go_on(house.session, house.mail_context, None, Answer.NOTHING_WENT_OUT, AFTER)


def test_a_session_that_was_never_still_tells_nothing(session: Session) -> None:
    assert situation(session, AFTER) is None
