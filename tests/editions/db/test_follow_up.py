"""After a release: letters once more, counted as sent, and who gets no second try."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.reporting import Filter, Group
from newsletter_service.delivery.rules import EDITION_GIVE_UP, DeliveryState
from newsletter_service.editions import service
from newsletter_service.editions.models import Edition
from newsletter_service.editions.releasing.service import finish_due, release
from newsletter_service.editions.results import service as follow_up
from newsletter_service.editions.results.service import Again, Mailed, mailed
from newsletter_service.editions.rules import EditionState, WrongState
from newsletter_service.staff.models import AuditEntry
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.rules import Status
from tests.editions.db.conftest import COLLECTING, SENDS, House
from tests.factories import make_item, make_subscriber, make_suppression

SECRET = "a-secret-that-only-tests-know-0123456789"
FAILED, UNCERTAIN = Filter(Group.FAILED), Filter(Group.UNCERTAIN)
FATES = {
    "a@een.example": DeliveryState.FAILED,
    "b@twee.example": DeliveryState.FAILED,
    "c@twee.example": DeliveryState.FAILED,
    "d@een.example": DeliveryState.UNCERTAIN,
    "e@een.example": DeliveryState.SENT,
}


@pytest.fixture
def sent(house: House) -> Edition:
    """An edition that is sent, though not to all."""
    session = house.session
    for address in FATES:
        make_subscriber(session, address, now=COLLECTING, name=address[0].upper() * 3)
    make_item(session, house.north, now=COLLECTING)
    edition = house.composed()
    release(session, house.mail_context, edition, None, SENDS)
    for row in session.scalars(select(Delivery).where(Delivery.mailing_id == edition.mailing_id)):
        row.state, row.settled_at, row.attempts = FATES[row.address], SENDS, 2
    session.flush()
    assert finish_due(session, house.mail_context, SENDS) == [edition]
    return edition


def letters(house: House, edition: Edition) -> Mailed:
    return mailed(house.session, edition)


def standing(session: Session, edition: Edition) -> dict[str, str]:
    session.flush()
    rows = session.scalars(select(Delivery).where(Delivery.mailing_id == edition.mailing_id))
    return {row.address[0]: row.state for row in rows}


def reader(session: Session, address: str) -> Subscriber:
    return session.scalars(select(Subscriber).where(Subscriber.address == address)).one()


def test_letters_of_a_kind_are_due_at_once_and_the_edition_runs_again(
    session: Session, house: House, sent: Edition
) -> None:
    later = SENDS + EDITION_GIVE_UP
    assert follow_up.retry(session, letters(house, sent), FAILED, house.communicator, later) == 3
    states = standing(session, sent)
    assert states == {"a": "deferred", "b": "deferred", "c": "deferred", "d": "uncertain", "e": "sent"}
    again = session.scalars(select(Delivery).where(Delivery.state == "deferred")).all()
    assert {(row.next_attempt_at, row.give_up_at, row.settled_at, row.attempts) for row in again} == {
        (later, later + EDITION_GIVE_UP, None, 2)
    }
    assert (sent.state, sent.sent_at) == ("sending", None)
    assert finish_due(session, house.mail_context, later) == []
    for row in again:
        row.state, row.settled_at = DeliveryState.SENT, later
    session.flush()
    assert finish_due(session, house.mail_context, later) == [sent]


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        (Filter(Group.FAILED, domain="twee.example"), {"b", "c"}),
        (Filter(Group.FAILED, words="AAA"), {"a"}),
        (Filter(Group.FAILED, words="C@twee"), {"c"}),
        (Filter(Group.FAILED, words="_@twee"), set()),
        (Filter(Group.UNCERTAIN), {"d"}),
    ],
)
def test_only_the_letters_that_were_asked_for_go_out_again(
    session: Session, house: House, sent: Edition, which: Filter, expected: set[str]
) -> None:
    done = follow_up.retry(session, letters(house, sent), which, house.communicator, SENDS)
    assert done == len(expected)
    assert {name for name, state in standing(session, sent).items() if state == "deferred"} == expected


def test_ticked_letters_alone_go_out_again(session: Session, house: House, sent: Edition) -> None:
    ids = {row.address: row.id for row in session.scalars(select(Delivery))}
    ticked = Filter(Group.FAILED, ids=(ids["b@twee.example"], ids["e@een.example"]))
    assert follow_up.retry(session, letters(house, sent), ticked, house.communicator, SENDS) == 1
    assert standing(session, sent)["b"] == "deferred"
    assert standing(session, sent)["e"] == "sent"


def test_whoever_left_or_was_erased_gets_no_second_try(session: Session, house: House, sent: Edition) -> None:
    reader(session, "a@een.example").status = Status.LEFT
    session.delete(reader(session, "b@twee.example"))
    session.flush()
    assert follow_up.again(session, letters(house, sent), FAILED, SENDS) == Again(letters=1, left=2)
    assert follow_up.retry(session, letters(house, sent), FAILED, house.communicator, SENDS) == 1
    assert standing(session, sent)["a"] == "failed"


def test_an_address_that_wants_no_mail_gets_no_second_try(
    session: Session, house: House, sent: Edition
) -> None:
    make_suppression(session, "A@een.example", now=SENDS, reason="bounced")
    assert follow_up.again(session, letters(house, sent), FAILED, SENDS) == Again(letters=2, left=1)
    retried = follow_up.retry(session, letters(house, sent), FAILED, house.communicator, SENDS)
    assert retried == 2
    assert standing(session, sent)["a"] == "failed"


def test_with_nothing_to_send_again_a_sent_edition_stays_sent(
    session: Session, house: House, sent: Edition
) -> None:
    nobody = Filter(Group.FAILED, domain="nergens.example")
    assert follow_up.retry(session, letters(house, sent), nobody, house.communicator, SENDS) == 0
    assert sent.state == "sent"


def test_a_cancelled_edition_sends_nothing_again(session: Session, house: House, sent: Edition) -> None:
    sent.state = EditionState.SENDING
    service.cancel(session, sent, house.communicator, SENDS)
    with pytest.raises(WrongState):
        follow_up.retry(session, letters(house, sent), FAILED, house.communicator, SENDS)


def test_a_person_may_decide_that_letters_arrived(session: Session, house: House, sent: Edition) -> None:
    assert follow_up.count_as_sent(session, letters(house, sent), UNCERTAIN, house.communicator, SENDS) == 1
    assert standing(session, sent)["d"] == "sent"
    assert service.statement(session, sent).adds_up


def test_counting_as_sent_touches_no_letter_that_failed(
    session: Session, house: House, sent: Edition
) -> None:
    assert follow_up.count_as_sent(session, letters(house, sent), FAILED, house.communicator, SENDS) == 1
    assert standing(session, sent)["a"] == "failed"


def test_who_did_what_is_written_down(session: Session, house: House, sent: Edition) -> None:
    follow_up.retry(session, letters(house, sent), FAILED, house.communicator, SENDS)
    follow_up.count_as_sent(session, letters(house, sent), UNCERTAIN, house.communicator, SENDS)
    follow_up.note_export(session, letters(house, sent), house.communicator, "failed", SENDS)
    trail = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(3)).all()
    assert [(one.action, one.detail) for one in reversed(trail)] == [
        ("edition.retry", {"letters": 3, "group": "failed"}),
        ("edition.count_as_sent", {"letters": 1}),
        ("edition.export", {"group": "failed"}),
    ]
