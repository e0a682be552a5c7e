"""Why somebody got what stood in a letter: by the rule of who sees what, as things stood at its release."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.audience.rules import Why
from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.rules import DeliveryState
from newsletter_service.editions.models import Edition
from newsletter_service.editions.releasing.service import release
from newsletter_service.editorial.models import Item
from newsletter_service.registry.why.service import Fate, fates, reasons
from newsletter_service.subscriptions import service as subscriptions
from newsletter_service.subscriptions.consent.rules import Step
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.pausing.service import pause
from newsletter_service.subscriptions.rules import Choices
from newsletter_service.subscriptions.verification.rules import Evidence
from newsletter_service.subscriptions.verification.service import verify
from tests.editions.db.conftest import COLLECTING, SENDS, House
from tests.factories import make_item, make_segment, make_subscriber, make_topic

BEFORE = SENDS - timedelta(days=1)
LATER = SENDS + timedelta(days=1)


@pytest.fixture
def edition(session: Session, house: House) -> Edition:
    police, harbour, youth = make_segment(session), make_topic(session, "haven"), make_topic(session, "jeugd")
    make_item(session, house.north, now=COLLECTING, title="Voor iedereen")
    make_item(session, house.south, now=COLLECTING, title="Beperkt", segments=(police,), restricted=True)
    make_item(session, house.north, now=COLLECTING, title="Haven", topics=(harbour,))
    make_item(session, house.south, now=COLLECTING, title="Jeugd", topics=(youth,))
    return house.composed()


@pytest.fixture
def reader(session: Session, edition: Edition) -> Subscriber:
    """Somebody whose choices and checks stand in the ledger of consent."""
    reader = make_subscriber(session, "agent@gemeente.example", now=COLLECTING)
    police, harbour = make_choices(session)
    subscriptions.change_preferences(
        session, reader, Choices("", "nl", frozenset({police}), frozenset({harbour})), COLLECTING
    )
    verify(session, reader.memberships[0], Evidence.PERSON, "", BEFORE)
    return reader


def make_choices(session: Session) -> tuple[int, int]:
    from_db = {item.title: item for item in items(session)}
    return from_db["Beperkt"].segments[0].id, from_db["Haven"].topics[0].id


def items(session: Session) -> list[Item]:
    return list(session.scalars(select(Item)))


def told(fate: Fate) -> dict[str, Why | None]:
    return {one.item.title: one.why for one in fate.items}


THEN = {"Voor iedereen": Why.EVERYBODY, "Beperkt": Why.SEGMENT, "Haven": Why.TOPIC}


def test_each_item_of_a_letter_has_the_rule_of_then_whatever_was_chosen_later(
    session: Session, house: House, edition: Edition, reader: Subscriber
) -> None:
    release(session, house.mail_context, edition, None, SENDS)
    subscriptions.change_preferences(session, reader, Choices("", "nl", frozenset(), frozenset()), LATER)
    (fate,) = fates(session, reader)
    assert told(fate) == THEN
    assert {one.item.title: [row.slug for row in one.matched] for one in fate.items} == {
        "Voor iedereen": [],
        "Beperkt": ["politie"],
        "Haven": ["haven"],
    }
    whole = {one.item.title: one.why for one in reasons(session, edition, reader)}
    assert whole == THEN | {"Jeugd": Why.OTHER_TOPICS}


def test_an_edition_that_did_not_go_out_yet_is_told_of_as_things_stand_now(
    session: Session, edition: Edition, reader: Subscriber
) -> None:
    subscriptions.change_preferences(session, reader, Choices("", "nl", frozenset(), frozenset()), BEFORE)
    assert {one.item.title: one.why for one in reasons(session, edition, reader)} == {
        "Voor iedereen": Why.EVERYBODY,
        "Beperkt": Why.NOT_IN_SEGMENT,
        "Haven": Why.EVERYBODY,
        "Jeugd": Why.EVERYBODY,
    }


def test_where_nothing_tells_of_that_time_no_rule_is_made_up(
    session: Session, house: House, edition: Edition
) -> None:
    segment = next(item.segments[0] for item in items(session) if item.segments)
    silent = make_subscriber(session, now=COLLECTING, segments=(segment,), approved=(segment,))
    release(session, house.mail_context, edition, None, SENDS)
    assert told(fates(session, silent)[0])["Beperkt"] is Why.SEGMENT
    silent.memberships.clear()
    session.flush()
    assert told(fates(session, silent)[0])["Beperkt"] is None


def test_an_edition_without_a_letter_says_why_and_so_does_a_letter_that_was_stopped(
    session: Session, house: House, edition: Edition, reader: Subscriber
) -> None:
    back = date(2026, 12, 24)
    paused = make_subscriber(session, "pauze@gemeente.example", now=COLLECTING)
    pause(session, paused, back, BEFORE)
    release(session, house.mail_context, edition, None, SENDS)
    pause(session, reader, back, SENDS + timedelta(minutes=1))
    assert [(one.delivery, one.excluded) for one in fates(session, paused)] == [(None, "paused")]
    (stopped,) = fates(session, reader)
    assert stopped.stopped is Step.PAUSED
    row = session.scalars(select(Delivery).where(Delivery.subscriber_id == reader.id)).one()
    row.state = DeliveryState.SENT
    session.flush()
    assert fates(session, reader)[0].stopped is None, "it was with the server already, and went"
