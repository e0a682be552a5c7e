"""A correction is put to the heads: who is asked, when it goes, and what keeps it from going."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.delivery.models import Delivery, Letter
from newsletter_service.delivery.rules import DeliveryState
from newsletter_service.editions.corrections import approval, service
from newsletter_service.editions.corrections.service import Words, draft_of, fingerprint
from newsletter_service.editions.models import Correction, Edition
from newsletter_service.editions.releasing.service import release
from newsletter_service.editions.rules import BRAKE, CorrectionChanged, NobodyHasIt, NotOffered, ReleaseRule
from newsletter_service.errors import NotAllowed
from newsletter_service.staff.models import User
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.rules import Status
from tests.editions.db.conftest import COLLECTING, SENDS, House
from tests.factories import make_item, make_subscriber

LATER = SENDS + timedelta(hours=1)
HALF_AN_HOUR = timedelta(minutes=30)
ASKED = "Wilt u kijken naar de correctie op editie 1?"
ASKED_IN_ENGLISH = "Would you look at the correction of edition 1?"
HELD = "De correctie op editie 1 wordt vastgehouden"


@pytest.fixture
def edition(house: House) -> Edition:
    """An edition that went to one reader, with a correction that the communicator wrote."""
    session = house.session
    make_subscriber(session, "lezer@a.example", now=COLLECTING)
    make_item(session, house.north, now=COLLECTING, title="Open dag")
    edition = house.composed()
    release(session, house.mail_context, edition, None, SENDS)
    row = session.scalars(select(Delivery).where(Delivery.mailing_id == edition.mailing_id)).one()
    row.state, row.settled_at = DeliveryState.SENT, SENDS
    session.flush()
    write(house, edition, Words("Correctie: de tijd", "De bijeenkomst begint om 15.00 uur."))
    return edition


def write(house: House, edition: Edition, words: Words) -> None:
    service.write(house.session, house.mail_context, edition, words, "", house.communicator, LATER)


def draft(house: House, edition: Edition) -> Correction:
    found = draft_of(house.session, edition)
    assert found is not None
    return found


def offer(house: House, edition: Edition, user: User | None = None) -> Correction:
    seen = fingerprint(draft(house, edition))
    return approval.offer(house.session, house.mail_context, edition, seen, user or house.head_north, LATER)


def due(house: House, now: datetime) -> list[Correction]:
    return approval.release_due_corrections(house.session, house.mail_context, now)


def told(session: Session, subject: str) -> list[str]:
    query = select(Delivery.address).join(Letter, Letter.id == Delivery.letter_id)
    return sorted(session.scalars(query.where(Letter.subject == subject)))


def test_one_head_alone_mails_nobody_but_the_other_head(house: House, edition: Edition) -> None:
    correction = offer(house, edition)
    assert correction.mailing_id is None
    assert correction.due_at == LATER + HALF_AN_HOUR
    assert told(house.session, ASKED_IN_ENGLISH) == [house.head_south.email]
    assert told(house.session, ASKED) == []
    assert due(house, LATER + HALF_AN_HOUR - timedelta(seconds=1)) == []


def test_a_communicator_asks_the_heads_of_all_organisations(house: House, edition: Edition) -> None:
    offer(house, edition, house.communicator)
    assert told(house.session, ASKED) == [house.head_north.email]
    assert told(house.session, ASKED_IN_ENGLISH) == [house.head_south.email]


def test_asking_twice_asks_once(house: House, edition: Edition) -> None:
    offer(house, edition)
    offer(house, edition)
    assert told(house.session, ASKED_IN_ENGLISH) == [house.head_south.email]


def test_it_goes_by_itself_after_half_an_hour(house: House, edition: Edition) -> None:
    correction = offer(house, edition)
    assert due(house, LATER + HALF_AN_HOUR) == [correction]
    assert correction.readers == 1
    assert due(house, LATER + HALF_AN_HOUR) == []


def test_how_long_it_waits_is_a_setting(house: House, edition: Edition) -> None:
    house.calendar.correction_minutes = 90
    assert offer(house, edition).due_at == LATER + timedelta(minutes=90)


def test_it_goes_at_once_when_the_other_head_agrees(house: House, edition: Edition) -> None:
    seen = fingerprint(offer(house, edition))
    sent = approval.agree(house.session, house.mail_context, edition, seen, house.head_south, LATER)
    assert (sent.readers, sent.released_at) == (1, LATER)


def test_only_a_head_agrees_and_only_to_what_they_saw(house: House, edition: Edition) -> None:
    seen = fingerprint(draft(house, edition))
    with pytest.raises(NotOffered):
        approval.agree(house.session, house.mail_context, edition, seen, house.head_south, LATER)
    offer(house, edition)
    with pytest.raises(NotAllowed):
        approval.agree(house.session, house.mail_context, edition, seen, house.communicator, LATER)
    with pytest.raises(CorrectionChanged):
        approval.agree(house.session, house.mail_context, edition, "iets anders", house.head_south, LATER)


def test_a_held_one_waits_until_all_heads_agree(house: House, edition: Edition) -> None:
    correction = offer(house, edition)
    approval.hold_back(house.session, house.mail_context, edition, house.head_south, LATER)
    assert due(house, LATER + timedelta(days=2)) == []
    assert correction.mailing_id is None
    assert house.head_north.email in told(house.session, HELD)
    approval.agree(
        house.session, house.mail_context, edition, fingerprint(correction), house.head_south, LATER
    )
    assert (correction.readers, correction.held_at) == (1, None)


def test_what_was_held_stays_so_when_it_is_written_anew(house: House, edition: Edition) -> None:
    offer(house, edition)
    approval.hold_back(house.session, house.mail_context, edition, house.head_south, LATER)
    write(house, edition, Words("Correctie: de tijd", "Om 16.00 uur."))
    assert offer(house, edition).due_at is None
    assert due(house, LATER + timedelta(hours=1)) == []


def test_other_words_are_put_to_the_heads_anew(house: House, edition: Edition) -> None:
    offer(house, edition)
    write(house, edition, Words("Correctie: de tijd", "Om 16.00 uur."))
    assert (draft(house, edition).offered_at, draft(house, edition).due_at) == (None, None)
    assert due(house, LATER + HALF_AN_HOUR) == []
    assert [one.valid for one in approval.agreement(house.session, draft(house, edition)).signed] == [
        False,
        False,
    ]


def test_under_the_rule_for_both_it_waits_for_as_long_as_it_takes(house: House, edition: Edition) -> None:
    house.calendar.release_rule = ReleaseRule.BOTH
    correction = offer(house, edition)
    assert correction.due_at is None
    assert due(house, LATER + timedelta(days=2)) == []
    assert [one.short_name for one in approval.agreement(house.session, correction).missing] == ["ZUID"]
    approval.agree(
        house.session, house.mail_context, edition, fingerprint(correction), house.head_south, LATER
    )
    assert correction.readers == 1


def test_a_rule_that_became_stricter_meanwhile_holds_for_it_too(house: House, edition: Edition) -> None:
    offer(house, edition)
    house.calendar.release_rule = ReleaseRule.BOTH
    assert due(house, LATER + HALF_AN_HOUR) == []


def test_where_there_is_one_organisation_its_head_needs_nobody(house: House, edition: Edition) -> None:
    house.head_south.organisation = house.north
    house.session.flush()
    house.session.delete(house.south)
    assert offer(house, edition).readers == 1


def test_one_that_is_far_too_late_is_held_and_staff_are_told(house: House, edition: Edition) -> None:
    correction = offer(house, edition)
    late = LATER + HALF_AN_HOUR + BRAKE + timedelta(minutes=1)
    assert due(house, late) == [correction]
    assert (correction.mailing_id, correction.hindrance) == (None, "late")
    assert house.communicator.email in told(house.session, HELD)


def test_one_that_nobody_is_to_get_any_more_is_held(house: House, edition: Edition) -> None:
    correction = offer(house, edition)
    house.session.scalars(select(Subscriber)).one().status = Status.LEFT
    house.session.flush()
    assert due(house, LATER + HALF_AN_HOUR) == [correction]
    assert (correction.mailing_id, correction.hindrance) == (None, "nobody")
    with pytest.raises(NobodyHasIt):
        offer(house, edition)
