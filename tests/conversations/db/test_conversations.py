"""Apart, joint, asked and undone: what counts when, and for whom."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.conversations import notices, service
from newsletter_service.conversations.service import ChangedSinceSeen
from newsletter_service.delivery.models import Delivery, Letter
from newsletter_service.editions.composing.editing import CannotAdd, add_item
from newsletter_service.editions.composing.service import compose_edition
from newsletter_service.editions.composing.sign_offs import sign_off, sign_offs
from newsletter_service.editions.content import items_in
from newsletter_service.editions.models import Edition
from newsletter_service.editorial.models import Conversation, Item
from newsletter_service.editorial.rules import ItemState
from newsletter_service.editorial.service import (
    Joined,
    content_of,
    joined_into,
    queue_item,
    save_item,
    unsettled_look_alikes,
    withdraw_item,
)
from newsletter_service.errors import Conflict, NotAllowed
from newsletter_service.staff.models import AuditEntry, User
from tests.conversations.db.conftest import A_DAY_LATER, CHOICE, SOON, Twins
from tests.editions.db.conftest import CLOSES, COLLECTING
from tests.factories import make_item


def titles(edition: Edition) -> list[str]:
    return [item.title for item in items_in(edition)]


def told(session: Session) -> list[tuple[str, str]]:
    mails = select(Delivery.address, Letter.subject).join(Letter, Letter.id == Delivery.letter_id)
    return [(address, subject) for address, subject in session.execute(mails.order_by(Delivery.id))]


def save(twins: Twins, user: User, item: Item, title: str) -> None:
    changed = replace(content_of(item), title=title)
    save_item(twins.house.session, user, item, changed, SOON, version=item.version)


def alike(twins: Twins) -> bool:
    return bool(unsettled_look_alikes(twins.house.session))


def test_one_head_alone_keeps_nothing_apart_but_both_do(twins: Twins) -> None:
    house = twins.house
    service.keep_apart(house.session, twins.pair(house.head_north), "Voor andere lezers.", SOON)
    assert alike(twins)
    with pytest.raises(NotAllowed):
        twins.agree(house.communicator)
    twins.agree(house.head_north)
    assert alike(twins)
    twins.agree(house.head_south)
    assert not alike(twins)
    compose_edition(house.session, house.mail_context, twins.edition, None, SOON)
    assert {twins.mine.title, twins.theirs.title} <= set(titles(twins.edition))


def test_what_nobody_objects_to_for_a_day_counts_and_the_length_of_a_day_is_a_setting(twins: Twins) -> None:
    session = twins.house.session
    service.keep_apart(session, twins.pair(twins.house.head_north), "Anders.", SOON)
    assert service.silent_pairs(session, A_DAY_LATER - timedelta(seconds=1)) == []
    assert service.silent_pairs(session, A_DAY_LATER) == [(twins.mine.id, twins.theirs.id)]
    twins.house.calendar.silence_hours = 48
    session.flush()
    assert service.silent_pairs(session, A_DAY_LATER) == []
    later = A_DAY_LATER + timedelta(days=1)
    assert service.settle_pair(session, (twins.mine.id, twins.theirs.id), later)
    assert not alike(twins)


def test_a_joint_item_waits_and_those_it_was_made_of_stay_as_they_are_until_both_agreed(twins: Twins) -> None:
    house, before = twins.house, titles(twins.edition)
    made = twins.joined()
    assert (made.joint, made.title, made.body) == (True, twins.theirs.title, "Van noord.\n\nEn dit.")
    assert (made.unagreed, twins.mine.state, twins.theirs.state) == (True, "queued", "queued")
    assert titles(twins.edition) == before
    with pytest.raises(CannotAdd) as refused:
        add_item(house.session, twins.edition, made.id, house.head_north, SOON)
    assert refused.value.code == "unagreed"
    twins.agree(house.head_south)
    assert (made.unagreed, twins.mine.state, twins.theirs.state) == (False, "withdrawn", "withdrawn")
    assert joined_into(house.session, twins.theirs) == made.id


def test_a_joint_item_takes_the_place_of_what_it_was_made_of_and_that_needs_both_sign_offs(
    twins: Twins,
) -> None:
    house = twins.house
    place = titles(twins.edition).index(twins.mine.title)
    for head in (house.head_north, house.head_south):
        sign_off(house.session, twins.edition, head, SOON)
    made = twins.joined()
    assert all(one.valid for one in sign_offs(house.session, twins.edition))
    twins.agree(house.head_south)
    assert items_in(twins.edition)[place] is made
    assert all(one.lapsed for one in sign_offs(house.session, twins.edition))


def test_undoing_puts_everything_back_whoever_presses_it(twins: Twins) -> None:
    house, before = twins.house, titles(twins.edition)
    waited = twins.mine.queued_at
    made = twins.joined()
    twins.agree(house.head_south)
    assert titles(twins.edition) == [made.title, *before[1:]]
    service.undo(house.session, twins.pair(house.head_south), SOON)
    assert (made.state, twins.mine.state, twins.theirs.state) == ("withdrawn", "queued", "queued")
    assert twins.mine.queued_at == waited
    assert titles(twins.edition) == before
    assert alike(twins)
    said = service.history(house.session, twins.theirs, twins.mine)
    assert [one.action.partition(".")[2] for one in said] == ["joint", "joined", "undone"]


def test_silence_joins_too_and_the_service_says_so_in_the_trail(twins: Twins) -> None:
    session = twins.house.session
    made = twins.joined()
    assert service.silent_items(session, A_DAY_LATER) == [made.id]
    assert service.settle_item(session, made.id, A_DAY_LATER)
    assert not service.settle_item(session, made.id, A_DAY_LATER)
    assert twins.mine.state == "withdrawn"
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "item.agreed_silently")).one()
    assert (entry.actor, entry.subject_id) == (None, made.id)


def test_what_went_out_meanwhile_is_not_joined_any_more(twins: Twins) -> None:
    house = twins.house
    made = twins.joined()
    twins.mine.state = ItemState.SENT
    house.session.flush()
    twins.agree(house.head_south)
    assert (made.state, twins.theirs.state) == ("withdrawn", "queued")
    assert house.session.scalars(select(Conversation)).all() == []


def test_a_change_by_one_head_takes_a_joint_item_out_until_the_other_agrees_to_exactly_that(
    twins: Twins,
) -> None:
    house = twins.house
    made = twins.joined()
    twins.agree(house.head_south)
    seen = str(made.version)
    save(twins, house.head_south, made, "Webinar over geldezels, van zuid")
    assert made.unagreed
    assert made.title not in titles(twins.edition)
    with pytest.raises(ChangedSinceSeen):
        service.agree_to(house.session, house.head_north, made.id, seen, SOON)
    service.agree_to(house.session, house.head_north, made.id, str(made.version), SOON)
    assert made.title in titles(twins.edition)


def test_saving_a_joint_item_unchanged_asks_nobody_again(twins: Twins) -> None:
    made = twins.joined()
    twins.agree(twins.house.head_south)
    save(twins, twins.house.head_north, made, made.title)
    assert not made.unagreed


def test_ticking_that_an_item_is_joint_does_not_let_one_speak_for_both(twins: Twins) -> None:
    house = twins.house
    item = make_item(house.session, house.north, now=COLLECTING, title="Los nieuws")
    joint = replace(content_of(item), joint=True)
    save_item(house.session, house.head_north, item, joint, SOON, version=item.version)
    compose_edition(house.session, house.mail_context, twins.edition, None, SOON)
    assert {one.item_id: one.reason for one in twins.edition.placements}[item.id] == "unagreed"
    service.agree_to(house.session, house.head_south, item.id, str(item.version), SOON)
    compose_edition(house.session, house.mail_context, twins.edition, None, SOON)
    assert item in items_in(twins.edition)


def test_what_was_joined_is_undone_before_anything_else_happens_to_it(twins: Twins) -> None:
    house, session = twins.house, twins.house.session
    made = twins.joined()
    with pytest.raises(Joined):
        service.join(session, twins.pair(house.head_south), CHOICE, SOON)
    with pytest.raises(Joined):
        service.keep_apart(session, twins.pair(house.head_south), "Toch niet.", SOON)
    with pytest.raises(Joined):
        withdraw_item(session, house.head_north, made, SOON)
    twins.agree(house.head_south)
    with pytest.raises(Joined):
        queue_item(session, house.head_north, twins.mine, SOON)
    save_item(
        session,
        house.head_north,
        made,
        replace(content_of(made), joint=False),
        SOON,
        version=made.version,
    )
    assert made.joint


def test_only_what_waits_can_become_one_and_only_who_may_change_either_says_so(twins: Twins) -> None:
    house = twins.house
    withdraw_item(house.session, house.head_south, twins.theirs, SOON)
    with pytest.raises(Conflict):
        service.join(house.session, twins.pair(house.head_north), CHOICE, SOON)
    house.head_north.organisation_id = None
    house.head_north.organisation = None
    house.session.flush()
    with pytest.raises(NotAllowed):
        twins.pair(house.head_north)


def test_the_other_head_is_mailed_what_is_wished_and_that_it_was_undone(twins: Twins) -> None:
    house, session = twins.house, twins.house.session
    already = len(told(session))
    pair = twins.pair(house.head_north)
    notices.tell_wish(session, house.mail_context, pair, service.ask(session, pair, "Welke dag klopt?", SOON))
    wished = service.join(session, pair, CHOICE, SOON)
    notices.tell_wish(session, house.mail_context, pair, wished)
    notices.tell_undone(session, house.mail_context, pair, wished, SOON)
    assert [address for address, _ in told(session)[already:]] == [house.head_south.email] * 3


def test_of_edits_to_a_joint_item_the_other_head_hears_once_when_it_is_quiet(twins: Twins) -> None:
    house, session = twins.house, twins.house.session
    made = twins.joined()
    assert service.untold(session, SOON + timedelta(hours=1)) == []
    save(twins, house.head_north, made, "Een")
    save(twins, house.head_north, made, "Twee")
    assert service.untold(session, SOON) == []
    later = SOON + service.QUIET
    assert service.untold(session, later) == [made.id]
    already = len(told(session))
    assert notices.tell_changed(session, house.mail_context, made.id, later)
    assert not notices.tell_changed(session, house.mail_context, made.id, later)
    assert [address for address, _ in told(session)[already:]] == [house.head_south.email]


def test_a_question_leaves_the_two_as_they_are(twins: Twins) -> None:
    service.ask(twins.house.session, twins.pair(twins.house.head_north), "Welke dag klopt?", CLOSES)
    assert alike(twins)
    assert service.silent_pairs(twins.house.session, A_DAY_LATER) == []
