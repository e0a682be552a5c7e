"""Writing, queueing, withdrawing and keeping apart, on a real session."""

from dataclasses import dataclass, replace
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image as Pillow
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Segment, Topic
from newsletter_service.editorial.images import read_picture, store
from newsletter_service.editorial.models import Conversation, Image, Item
from newsletter_service.editorial.rules import Content, ItemState, Kind, Problem, Wish
from newsletter_service.editorial.service import (
    ItemChanged,
    ItemSent,
    NotReady,
    content_of,
    get_item,
    list_items,
    new_item,
    queue_item,
    save_item,
    sent_look_alikes,
    withdraw_item,
)
from newsletter_service.errors import NotFound
from newsletter_service.publisher.models import Organisation
from newsletter_service.staff.models import AuditEntry, User
from newsletter_service.staff.rules import Role
from tests.conftest import NOW
from tests.factories import make_item, make_organisation, make_segment, make_topic
from tests.staff_browser import make_staff

LATER = NOW + timedelta(hours=1)
NEWS = Content(Kind.NEWS, "Monitor ligt klaar", "De nieuwe cijfers per gemeente.")


@dataclass(frozen=True)
class LedgerClient:
    north: Organisation
    head: User
    police: Segment
    youth: Topic


@pytest.fixture
def desk(session: Session) -> LedgerClient:
    north = make_organisation(session)
    head = make_staff(session, Role.HEAD, organisation="noord", name="Hanneke Noord")
    return LedgerClient(north, head, make_segment(session), make_topic(session))


@pytest.fixture
def picture(session: Session) -> Image:
    out = BytesIO()
    Pillow.new("RGB", (30, 20), (9, 9, 9)).save(out, "PNG")
    return store(session, read_picture(out.getvalue()), NOW)


def written(session: Session, desk: LedgerClient, content: Content = NEWS, *, queue: bool = False) -> Item:
    return save_item(session, desk.head, new_item(desk.head, desk.north, NOW), content, NOW, queue=queue)


def actions(session: Session) -> list[str]:
    return [entry.action for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]


def test_a_draft_keeps_all_that_was_written(session: Session, desk: LedgerClient) -> None:
    whole = Content(
        kind=Kind.EVENT,
        title="Leerhuis",
        lead="Over signalen.",
        body="Met **nadruk**.",
        link_url="https://noord.example/leerhuis",
        link_label="Meld u aan",
        image_alt="Een zaal",
        joint=True,
        restricted=True,
        priority=2,
        not_before=LATER,
        expires_at=NOW + timedelta(days=40),
        starts_at=NOW + timedelta(days=20),
        ends_at=NOW + timedelta(days=20, hours=2),
        place="Dordrecht",
        segment_ids=frozenset({desk.police.id}),
        topic_ids=frozenset({desk.youth.id}),
    )
    item_id = written(session, desk, whole).id
    session.expire_all()
    item = get_item(session, item_id)
    assert content_of(item) == whole
    assert (item.state, item.queued_at, item.updated_by) == ("draft", None, desk.head)
    assert actions(session) == ["item.saved"]


def test_a_draft_may_be_unfinished_but_not_nameless(session: Session, desk: LedgerClient) -> None:
    unfinished = Content(Kind.EVENT, "Nog te bedenken", restricted=True)
    assert written(session, desk, unfinished).state == "draft"
    with pytest.raises(NotReady) as caught:
        written(session, desk, replace(unfinished, title=""))
    assert caught.value.problems == (Problem.NO_TITLE,)


def test_an_unfinished_item_is_not_queued_and_nothing_of_it_is_saved(
    session: Session, desk: LedgerClient
) -> None:
    item = written(session, desk)
    with pytest.raises(NotReady) as caught:
        save_item(
            session,
            desk.head,
            item,
            replace(NEWS, title="Anders", lead=""),
            NOW,
            version=item.version,
            queue=True,
        )
    assert caught.value.problems == (Problem.NO_LEAD,)
    session.refresh(item)
    assert (item.title, item.state) == ("Monitor ligt klaar", "draft")


def test_an_item_can_be_written_and_queued_in_one_go(session: Session, desk: LedgerClient) -> None:
    item = written(session, desk, queue=True)
    assert (item.state, item.queued_at) == ("queued", NOW)
    assert actions(session) == ["item.queued"]


def test_saving_a_queued_item_keeps_its_place_in_the_queue(session: Session, desk: LedgerClient) -> None:
    item = written(session, desk, queue=True)
    save_item(session, desk.head, item, replace(NEWS, title="Beter"), LATER, version=item.version)
    assert (item.title, item.state, item.queued_at, item.updated_at) == ("Beter", "queued", NOW, LATER)
    assert actions(session) == ["item.queued", "item.saved"]


def test_a_queued_item_cannot_be_made_unfit_for_an_edition(session: Session, desk: LedgerClient) -> None:
    item = written(session, desk, queue=True)
    with pytest.raises(NotReady):
        save_item(session, desk.head, item, replace(NEWS, lead=""), LATER, version=item.version)


@pytest.mark.parametrize("version", [None, 0, 99])
def test_whoever_did_not_see_the_latest_version_overwrites_nothing(
    session: Session, desk: LedgerClient, version: int | None
) -> None:
    item = written(session, desk)
    with pytest.raises(ItemChanged):
        save_item(session, desk.head, item, replace(NEWS, title="Mijn versie"), LATER, version=version)
    assert item.title == "Monitor ligt klaar"


def test_queueing_and_withdrawing_count_as_changes_by_someone(session: Session, desk: LedgerClient) -> None:
    colleague = make_staff(session, Role.COMMUNICATOR, name="Marieke Midden")
    item = written(session, desk)
    seen = item.version
    queue_item(session, colleague, item, LATER)
    assert (item.updated_by, item.updated_at) == (colleague, LATER)
    with pytest.raises(ItemChanged):
        save_item(session, desk.head, item, NEWS, LATER, version=seen)


def test_a_withdrawn_item_is_kept_and_can_be_queued_again(session: Session, desk: LedgerClient) -> None:
    item = written(session, desk, queue=True)
    withdraw_item(session, desk.head, item, LATER)
    withdraw_item(session, desk.head, item, LATER)
    assert (item.state, item.queued_at) == ("withdrawn", None)
    queue_item(session, desk.head, item, LATER)
    queue_item(session, desk.head, item, LATER + timedelta(days=1))
    assert (item.state, item.queued_at) == ("queued", LATER)
    assert actions(session) == ["item.queued", "item.withdrawn", "item.queued"]


def test_a_draft_is_judged_as_it_is_stored_when_it_is_queued(session: Session, desk: LedgerClient) -> None:
    item_id = written(session, desk, Content(Kind.EVENT, "Leerhuis", "Over signalen.")).id
    session.expire_all()
    with pytest.raises(NotReady) as caught:
        queue_item(session, desk.head, get_item(session, item_id), NOW)
    assert caught.value.problems == (Problem.NO_START,)


def test_what_went_out_is_not_changed_queued_or_withdrawn_any_more(
    session: Session, desk: LedgerClient
) -> None:
    item = make_item(session, desk.north, now=NOW, state="sent")
    with pytest.raises(ItemSent):
        save_item(session, desk.head, item, NEWS, NOW, version=item.version)
    for change in (queue_item, withdraw_item):
        with pytest.raises(ItemSent):
            change(session, desk.head, item, NOW)
    assert actions(session) == []


def test_a_picture_stays_until_it_is_replaced_or_taken_away(
    session: Session, desk: LedgerClient, picture: Image
) -> None:
    described = replace(NEWS, image_alt="Een donker vlak")
    item = save_item(
        session, desk.head, new_item(desk.head, desk.north, NOW), described, NOW, image=picture, queue=True
    )
    save_item(session, desk.head, item, described, NOW, version=item.version)
    assert item.image is picture
    with pytest.raises(NotReady) as caught:
        save_item(session, desk.head, item, NEWS, NOW, version=item.version)
    assert caught.value.problems == (Problem.NO_ALT,)
    save_item(session, desk.head, item, described, NOW, version=item.version, without_image=True)
    session.refresh(item)
    assert (item.image_id, item.image_alt) == (None, "")


@pytest.mark.parametrize("item_id", [0, 7, 2**31, 2**70])
def test_an_item_that_does_not_exist_is_not_found(session: Session, desk: LedgerClient, item_id: int) -> None:
    with pytest.raises(NotFound):
        get_item(session, item_id)


def test_the_list_shows_one_state_of_one_organisation_latest_first(
    session: Session, desk: LedgerClient
) -> None:
    south = make_organisation(session, "zuid", 2)
    old = make_item(session, desk.north, now=NOW, waiting=timedelta(days=9))
    fresh = make_item(session, desk.north, now=NOW)
    theirs = make_item(session, south, now=NOW, waiting=timedelta(days=3))
    make_item(session, desk.north, now=NOW, state="draft")
    assert list_items(session, ItemState.QUEUED, None) == [fresh, theirs, old]
    assert list_items(session, ItemState.QUEUED, desk.north.id) == [fresh, old]


def test_what_was_sent_within_a_year_is_told_again_only_if_somebody_says_that_it_is_something_else(
    session: Session, desk: LedgerClient
) -> None:
    sent = make_item(session, desk.north, now=NOW, title="Webinar geldezels op school")
    sent.state = ItemState.SENT
    again = make_item(session, desk.north, now=NOW, title="Webinar over geldezels op scholen")
    other = make_item(session, desk.north, now=NOW, title="Cijfers over inbraken")
    session.flush()
    found = sent_look_alikes(session, [again, other], LATER)
    assert [(item, pair.other(item)) for item, pair in found.items()] == [(again.id, sent.id)]
    assert not sent_look_alikes(session, [again, other], LATER + timedelta(days=366))
    apart = Conversation(wish=Wish.APART, by=desk.head, at=LATER, voices=[], settled_at=LATER)
    apart.first_id, apart.second_id = sent.id, again.id
    session.add(apart)
    session.flush()
    assert not sent_look_alikes(session, [again, other], LATER)
