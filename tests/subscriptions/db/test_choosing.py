"""What a reader chooses, and what of it a person has checked."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Segment
from newsletter_service.audience.rules import ItemView
from newsletter_service.editions.readers import active_subscribers
from newsletter_service.staff.rules import Role
from newsletter_service.subscriptions import service
from newsletter_service.subscriptions.consent.rules import READER
from newsletter_service.subscriptions.consent.service import forget_person
from newsletter_service.subscriptions.models import DormantCheck, Subscriber
from newsletter_service.subscriptions.rules import Choices
from tests.conftest import NOW
from tests.factories import make_segment, make_subscriber
from tests.staff_browser import make_staff

LATER = NOW + timedelta(days=1)


@pytest.fixture
def police(session: Session) -> Segment:
    return make_segment(session, "politie")


@pytest.fixture
def anna(session: Session, police: Segment) -> Subscriber:
    """A reader whose segment a communicator vouched for."""
    anna = make_subscriber(session, "anna@gemeente.example", now=NOW, segments=(police,), approved=(police,))
    anna.memberships[0].decided_by_id = make_staff(session, Role.COMMUNICATOR).id
    session.flush()
    return anna


def seen(session: Session, *items: ItemView) -> tuple[int, ...]:
    """What the only reader sees of these."""
    ((reader,),) = active_subscribers(session, items, NOW)
    return reader.seen


def choose(session: Session, reader: Subscriber, *segments: Segment) -> None:
    chosen = frozenset(segment.id for segment in segments)
    service.change_preferences(session, reader, Choices("", "nl", chosen, frozenset()), LATER)
    session.expire_all()


def test_a_segment_unticked_and_ticked_again_has_the_check_that_a_person_made(
    session: Session, anna: Subscriber, police: Segment
) -> None:
    for_police, for_checked_police = (
        ItemView(number, frozenset({police.id}), restricted=number == 2) for number in (1, 2)
    )
    before = (anna.memberships[0].decided_at, anna.memberships[0].decided_by_id)
    for _ in range(2):
        choose(session, anna)
        assert anna.memberships == []
        assert seen(session, for_police, for_checked_police) == ()
        choose(session, anna, police)
        assert [(claim.decided_at, claim.decided_by_id) for claim in anna.memberships] == [before]
        assert seen(session, for_police, for_checked_police) == (1, 2)
    assert session.scalars(select(func.count()).select_from(DormantCheck)).one() == 0


def test_what_nobody_checked_is_not_checked_by_ticking_it_again(
    session: Session, anna: Subscriber, police: Segment
) -> None:
    mayors = make_segment(session, "burgemeesters")
    bob = make_subscriber(session, "bob@gemeente.example", now=NOW, segments=(police,))
    for reader in (anna, bob):
        choose(session, reader, mayors)
        choose(session, reader, mayors, police)
    checked = {(m.subscriber_id, m.segment_id) for r in (anna, bob) for m in r.memberships if m.decided_at}
    assert checked == {(anna.id, police.id)}


def test_who_is_erased_leaves_no_check_behind(session: Session, anna: Subscriber) -> None:
    choose(session, anna)
    forget_person(session, anna, READER, "/mijn-gegevens", NOW)
    session.execute(delete(Subscriber))
    assert session.scalars(select(DormantCheck)).all() == []
