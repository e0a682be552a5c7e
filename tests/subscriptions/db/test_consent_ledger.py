"""The consent ledger only grows; what it forgets is persons, never proof."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from newsletter_service.documents.models import ShownText
from newsletter_service.documents.rules import words_hash
from newsletter_service.services import Services
from newsletter_service.staff.rules import Role
from newsletter_service.subscriptions import service
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.consent.models import Consent
from newsletter_service.subscriptions.consent.rules import READER, Actor, Place, Step, by_staff
from newsletter_service.subscriptions.consent.service import forget_person, record_wish
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.rules import Choices
from newsletter_service.subscriptions.signing_up import service as signing_up
from tests.conftest import NOW
from tests.factories import make_segment, make_subscriber, make_topic
from tests.staff_browser import make_staff

DAY = timedelta(days=1)
Change = Callable[[Session], object]


def ledger(session: Session) -> list[Consent]:
    session.expire_all()
    return list(session.scalars(select(Consent).order_by(Consent.id)))


@pytest.fixture
def anna(session: Session, mail_context: Services) -> Subscriber:
    """A reader who asked, confirmed and left."""
    choices = Choices("Anna", "nl", frozenset({make_segment(session).id}), frozenset())
    signing_up.sign_up(session, mail_context, Address("anna@gemeente.example"), choices, "nl", NOW)
    anna = session.scalars(select(Subscriber)).one()
    service.confirm(session, mail_context, anna, "nl", NOW + DAY)
    service.leave(session, anna, NOW + 2 * DAY, Place.ONE_CLICK)
    session.commit()
    return anna


def test_every_step_says_what_who_where_when_and_in_which_words(session: Session, anna: Subscriber) -> None:
    assert [(row.step, row.actor, row.source, row.at) for row in ledger(session)] == [
        (Step.ASKED, Actor.READER, Place.SIGN_UP, NOW),
        (Step.CONFIRMED, Actor.READER, Place.CONFIRM, NOW + DAY),
        (Step.LEFT, Actor.READER, Place.ONE_CLICK, NOW + 2 * DAY),
    ]
    asked, confirmed, left = ledger(session)
    words = session.scalars(select(ShownText).where(ShownText.kind == "consent")).one()
    assert asked.wording_hash == confirmed.wording_hash == words.hash == words_hash(words.words)
    assert (
        confirmed.privacy_hash
        == session.scalars(select(ShownText.hash).where(ShownText.kind == "privacy")).one()
    )
    assert (left.wording, left.wording_hash) == (None, "")
    assert asked.detail == {"language": "nl", "segments": ["politie"], "topics": []}
    assert {row.address_hmac for row in ledger(session)} == {anna.address_hmac}


@pytest.mark.parametrize(
    "change",
    [
        lambda session: session.execute(update(Consent).values(at=NOW + 9 * DAY)),
        lambda session: session.execute(update(Consent).values(subscriber_id=None)),
        lambda session: session.execute(update(Consent).values(step=Step.CONFIRMED)),
        lambda session: session.execute(update(Consent).values(wording_hash="0" * 64)),
        lambda session: session.execute(delete(Consent)),
        lambda session: session.execute(delete(Consent).where(Consent.step == Step.LEFT)),
        lambda session: session.execute(text("DELETE FROM subscriber")),
    ],
)
@pytest.mark.usefixtures("anna")
def test_the_database_lets_nobody_change_or_delete_a_step(session: Session, change: Change) -> None:
    with pytest.raises(DatabaseError):
        change(session)
    session.rollback()
    assert len(ledger(session)) == 3


def test_a_table_cannot_be_emptied_on_postgresql(session: Session, anna: Subscriber) -> None:
    if session.get_bind().dialect.name == "postgresql":
        with pytest.raises(DatabaseError):
            session.execute(text("TRUNCATE consent"))
        session.rollback()
    assert len(ledger(session)) == 3


def test_who_is_erased_leaves_proof_and_no_person(session: Session, anna: Subscriber) -> None:
    before = [(row.step, row.at, row.wording_hash, row.privacy_version) for row in ledger(session)]
    hashed = anna.address_hmac
    forget_person(session, anna, READER, "/mijn-gegevens", NOW + 3 * DAY, "erased")
    session.delete(anna)
    session.commit()
    *kept, erased = ledger(session)
    assert [(row.step, row.at, row.wording_hash, row.privacy_version) for row in kept] == before
    for row in kept:
        assert (row.subscriber_id, row.actor, row.staff_id, row.source, row.note, row.detail) == (
            *[None] * 3,
            "",
            "",
            None,
        )
    assert (erased.step, erased.subscriber_id, erased.note) == (Step.ERASED, None, "erased")
    assert {row.address_hmac for row in ledger(session)} == {hashed}


def test_a_row_without_its_person_cannot_get_another(session: Session, anna: Subscriber) -> None:
    forget_person(session, anna, READER, "/mijn-gegevens", NOW)
    session.commit()
    with pytest.raises(DatabaseError):
        session.execute(update(Consent).values(subscriber_id=anna.id))


def test_a_change_of_preferences_is_written_down_once_and_says_what(
    session: Session, anna: Subscriber
) -> None:
    bea = make_subscriber(session, "bea@gemeente.example", now=NOW, name="Bea")
    topic = make_topic(session, "haven")
    choices = Choices("Béa", "en", frozenset(), frozenset({topic.id}))
    service.change_preferences(session, bea, choices, NOW)
    service.change_preferences(session, bea, choices, NOW)
    (row,) = [row for row in ledger(session) if row.subscriber_id == bea.id]
    assert (row.step, row.actor, row.source) == (Step.CHANGED, Actor.READER, Place.PREFERENCES)
    assert row.detail == {
        "changed": ["language", "topics", "name"],
        "language": "en",
        "segments": [],
        "topics": ["haven"],
    }


def test_saying_never_twice_is_one_step(session: Session) -> None:
    bea = make_subscriber(session, "bea@gemeente.example", now=NOW)
    service.never(session, bea, NOW)
    service.never(session, bea, NOW)
    assert [row.step for row in ledger(session)] == [Step.LEFT]


def test_what_staff_do_names_them_and_the_reason(session: Session) -> None:
    bea = make_subscriber(session, "bea@gemeente.example", now=NOW)
    staff = make_staff(session, Role.COMMUNICATOR)
    record_wish(session, bea, Step.ALLOWED, by_staff(staff.id), "/redactie/lezers", NOW, note="op verzoek")
    (row,) = ledger(session)
    assert (row.actor, row.staff_id, row.note) == (Actor.STAFF, staff.id, "op verzoek")
