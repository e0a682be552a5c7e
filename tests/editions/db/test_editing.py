from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from newsletter_service.editions import service
from newsletter_service.editions.composing.default_texts import Texts, texts_of
from newsletter_service.editions.composing.editing import (
    CannotAdd,
    ChangedMeanwhile,
    NotInEdition,
    add_item,
    drop_item,
    edit_texts,
    move_down,
    move_item,
    move_up,
)
from newsletter_service.editions.composing.service import compose_edition, open_next_edition
from newsletter_service.editions.composing.sign_offs import sign_off, sign_offs
from newsletter_service.editions.content import content_hash, items_in
from newsletter_service.editions.models import Edition
from newsletter_service.editions.rules import ChangedSinceSeen, Empty, WrongState
from newsletter_service.editorial.models import Item
from newsletter_service.editorial.rules import ItemState
from newsletter_service.errors import Invalid, NotAllowed
from newsletter_service.merging import fingerprints
from tests.editions.db.conftest import CLOSES, COLLECTING, SENDS, House
from tests.factories import make_item, make_segment

SUBJECTS = ("Appels", "Boerderij", "Chemie", "Dijken", "Energie", "Fietspad")


@pytest.fixture
def items(session: Session, house: House) -> list[Item]:
    """Six items of one organisation, oldest first; an edition has room for four."""
    return [
        make_item(session, house.north, now=COLLECTING, title=title, waiting=timedelta(days=9 - number))
        for number, title in enumerate(SUBJECTS)
    ]


@pytest.fixture
def edition(house: House, items: list[Item]) -> Edition:
    return house.composed()


def began(edition: Edition) -> str:
    return fingerprints(asdict(texts_of(edition)))


def order(edition: Edition) -> str:
    return "".join(item.title[0] for item in items_in(edition))


@pytest.mark.parametrize(
    ("position", "after"), [(0, "CABD"), (1, "ACBD"), (2, "ABCD"), (3, "ABDC"), (99, "ABDC"), (-5, "CABD")]
)
def test_an_item_is_put_where_it_is_wanted(
    session: Session, house: House, edition: Edition, items: list[Item], position: int, after: str
) -> None:
    move_item(session, edition, items[2].id, position, house.communicator, CLOSES)
    assert order(edition) == after


def test_moving_by_one_stops_at_the_ends(
    session: Session, house: House, edition: Edition, items: list[Item]
) -> None:
    move_up(session, edition, items[1].id, house.communicator, CLOSES)
    assert order(edition) == "BACD"
    move_up(session, edition, items[1].id, house.communicator, CLOSES)
    assert order(edition) == "BACD"
    move_down(session, edition, items[3].id, house.communicator, CLOSES)
    assert order(edition) == "BACD"
    move_down(session, edition, items[1].id, house.communicator, CLOSES)
    assert order(edition) == "ABCD"


def test_a_dropped_item_waits_and_can_come_back(
    session: Session, house: House, edition: Edition, items: list[Item]
) -> None:
    drop_item(session, edition, items[0].id, house.communicator, CLOSES)
    assert (order(edition), items[0].state) == ("BCD", "queued")
    dropped = next(placement for placement in edition.placements if placement.item is items[0])
    assert (dropped.reason, dropped.detail) == ("dropped_by_hand", {"by": "communicator-alle"})
    add_item(session, edition, items[0].id, house.communicator, CLOSES)
    assert order(edition) == "BCDA"
    assert dropped.reason == "added_by_hand"


def test_people_may_add_beyond_the_limit_and_items_queued_after_closing(
    session: Session, house: House, edition: Edition, items: list[Item]
) -> None:
    late = make_item(session, house.south, now=CLOSES, title="Zojuist")
    add_item(session, edition, items[5].id, house.communicator, CLOSES)
    add_item(session, edition, late.id, house.communicator, CLOSES)
    assert order(edition) == "ABCDFZ"


def test_an_added_item_comes_after_its_own_kind(session: Session, house: House, edition: Edition) -> None:
    event = make_item(
        session, house.south, now=CLOSES, title="Gala", kind="event", starts_at=SENDS + timedelta(days=3)
    )
    paper = make_item(session, house.south, now=CLOSES, title="Handboek", kind="publication")
    for item in (event, paper):
        add_item(session, edition, item.id, house.communicator, CLOSES)
    assert order(edition) == "ABCDHG"


def test_what_is_not_in_the_edition_cannot_be_moved_or_dropped(
    session: Session, house: House, edition: Edition, items: list[Item]
) -> None:
    with pytest.raises(NotInEdition):
        drop_item(session, edition, items[5].id, house.communicator, CLOSES)
    with pytest.raises(NotInEdition):
        move_up(session, edition, 999, house.communicator, CLOSES)


Make = Callable[[Session, House], Item]


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda s, h: make_item(s, h.south, now=CLOSES, not_before=SENDS + timedelta(days=1)), "embargoed"),
        (lambda s, h: make_item(s, h.south, now=CLOSES, expires_at=SENDS), "expired"),
        (lambda s, h: make_item(s, h.south, now=CLOSES, kind="event", starts_at=SENDS), "started"),
        (lambda s, h: make_item(s, h.south, now=CLOSES, state="draft"), "not_waiting"),
        (lambda s, h: make_item(s, h.south, now=CLOSES, title="Appels!"), "look_alike"),
    ],
    ids=["embargoed", "expired", "started", "draft", "look-alike"],
)
def test_what_must_not_go_out_now_cannot_be_added_by_hand_either(
    session: Session, house: House, edition: Edition, make: Make, code: str
) -> None:
    item = make(session, house)
    with pytest.raises(CannotAdd) as refused:
        add_item(session, edition, item.id, house.communicator, CLOSES)
    assert refused.value.code == code


def test_an_item_that_is_in_already_cannot_be_added(
    session: Session, house: House, edition: Edition, items: list[Item]
) -> None:
    with pytest.raises(CannotAdd):
        add_item(session, edition, items[0].id, house.communicator, CLOSES)


def test_texts_nobody_wrote_follow_what_is_in_the_edition(
    session: Session, house: House, edition: Edition, items: list[Item]
) -> None:
    assert (edition.subject, edition.preheader) == ("Appels", "Ook in deze editie: Boerderij · Chemie")
    drop_item(session, edition, items[0].id, house.communicator, CLOSES)
    assert (edition.subject, edition.preheader) == ("Boerderij", "Ook in deze editie: Chemie · Dijken")


def test_texts_somebody_wrote_stay(
    session: Session, house: House, edition: Edition, items: list[Item]
) -> None:
    written = Texts("Eigen onderwerp", edition.preheader, "Hallo **allemaal**")
    edit_texts(session, edition, written, began(edition), house.communicator, CLOSES)
    drop_item(session, edition, items[0].id, house.communicator, CLOSES)
    compose_edition(session, house.mail_context, edition, house.communicator, CLOSES)
    assert (edition.subject, edition.introduction) == ("Eigen onderwerp", "Hallo **allemaal**")


def test_the_second_of_two_who_save_is_told_and_loses_nothing(
    session: Session, house: House, edition: Edition
) -> None:
    start, default = began(edition), texts_of(edition)
    first = replace(default, subject="Van de een", preheader="Ook van de een")
    second = replace(default, subject="Van de ander")
    edit_texts(session, edition, first, start, house.head_north, CLOSES)
    with pytest.raises(ChangedMeanwhile) as conflict:
        edit_texts(session, edition, second, start, house.head_south, CLOSES)
    assert texts_of(edition) == first
    assert conflict.value.by == {"subject": "head-noord"}
    assert conflict.value.yours == replace(second, preheader="Ook van de een")
    edit_texts(session, edition, conflict.value.yours, began(edition), house.head_south, CLOSES)
    assert texts_of(edition) == conflict.value.yours


def test_two_who_write_different_texts_are_in_nobodys_way(
    session: Session, house: House, edition: Edition
) -> None:
    start, default = began(edition), texts_of(edition)
    subject, introduction = replace(default, subject="Van de een"), replace(default, introduction="Hallo")
    edit_texts(session, edition, subject, start, house.head_north, CLOSES)
    edit_texts(session, edition, introduction, start, house.head_south, CLOSES)
    assert texts_of(edition) == replace(subject, introduction="Hallo")


def test_texts_that_follow_the_items_give_way_to_what_somebody_wrote(
    session: Session, house: House, edition: Edition, items: list[Item]
) -> None:
    start, mine = began(edition), replace(texts_of(edition), subject="Van mij")
    drop_item(session, edition, items[0].id, house.head_north, CLOSES)
    edit_texts(session, edition, mine, start, house.head_south, CLOSES)
    assert (edition.subject, edition.preheader) == ("Van mij", "Ook in deze editie: Chemie · Dijken")


def test_saving_the_same_text_twice_is_no_conflict(session: Session, house: House, edition: Edition) -> None:
    start, texts = began(edition), Texts("Dubbelklik", "", "")
    edit_texts(session, edition, texts, start, house.head_north, CLOSES)
    edit_texts(session, edition, texts, start, house.head_north, CLOSES)
    assert edition.subject == "Dubbelklik"


@pytest.mark.parametrize(
    ("texts", "field"),
    [
        (Texts(" \r\n ", "", ""), "subject"),
        (Texts("x" * 151, "", ""), "subject"),
        (Texts("x", "x" * 151, ""), "preheader"),
    ],
)
def test_texts_that_cannot_be_used_are_refused(
    session: Session, house: House, edition: Edition, texts: Texts, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        edit_texts(session, edition, texts, began(edition), house.communicator, CLOSES)
    assert refused.value.field == field


def test_a_subject_cannot_smuggle_a_header(session: Session, house: House, edition: Edition) -> None:
    evil = Texts("Hallo\r\nBcc: iedereen@voorbeeld.example", "", "")
    edit_texts(session, edition, evil, began(edition), house.communicator, CLOSES)
    assert edition.subject == "Hallo Bcc: iedereen@voorbeeld.example"


def test_an_edition_that_collects_has_nothing_to_edit_yet(session: Session, house: House) -> None:
    edition = open_next_edition(session, COLLECTING)
    item = make_item(session, house.north, now=COLLECTING)
    with pytest.raises(WrongState):
        add_item(session, edition, item.id, house.communicator, COLLECTING)


def test_a_withdrawn_item_is_out_at_once(session: Session, edition: Edition, items: list[Item]) -> None:
    items[1].state = ItemState.WITHDRAWN
    session.flush()
    assert order(edition) == "ACD"


Change = Callable[[Session, House, Edition, list[Item]], None]


@pytest.mark.parametrize(
    "change",
    [
        lambda s, h, e, i: move_up(s, e, i[1].id, h.communicator, CLOSES),
        lambda s, h, e, i: drop_item(s, e, i[1].id, h.communicator, CLOSES),
        lambda s, h, e, i: add_item(s, e, i[4].id, h.communicator, CLOSES),
        lambda s, h, e, i: edit_texts(s, e, Texts("Anders", "", ""), began(e), h.communicator, CLOSES),
        lambda s, h, e, i: setattr(i[1], "lead", "Toch anders"),
        lambda s, h, e, i: setattr(i[1], "restricted", True),
        lambda s, h, e, i: i[1].segments.append(make_segment(s)),
        lambda s, h, e, i: setattr(i[1], "state", "withdrawn"),
    ],
    ids=["move", "drop", "add", "texts", "lead", "restricted", "segment", "withdraw"],
)
def test_any_change_to_what_readers_get_voids_sign_offs(
    session: Session, house: House, edition: Edition, items: list[Item], change: Change
) -> None:
    sign_off(session, edition, house.head_north, CLOSES)
    assert [(one.short_name, one.valid) for one in sign_offs(session, edition)] == [
        ("NOORD", True),
        ("ZUID", False),
    ]
    change(session, house, edition, items)
    session.flush()
    assert not any(one.valid for one in sign_offs(session, edition))
    assert sign_offs(session, edition)[0].by == "head-noord"


def test_signing_again_after_a_change_counts(
    session: Session, house: House, edition: Edition, items: list[Item]
) -> None:
    sign_off(session, edition, house.head_north, CLOSES)
    move_up(session, edition, items[1].id, house.communicator, CLOSES)
    sign_off(
        session,
        edition,
        house.head_north,
        CLOSES + timedelta(hours=1),
        seen=content_hash(edition, items_in(edition)),
    )
    assert sign_offs(session, edition)[0].valid


def test_nobody_signs_off_what_they_have_not_seen(
    session: Session, house: House, edition: Edition, items: list[Item]
) -> None:
    seen = content_hash(edition, items_in(edition))
    move_up(session, edition, items[1].id, house.communicator, CLOSES)
    with pytest.raises(ChangedSinceSeen):
        sign_off(session, edition, house.head_north, CLOSES, seen=seen)


def test_only_heads_sign_off(session: Session, house: House, edition: Edition) -> None:
    with pytest.raises(NotAllowed):
        sign_off(session, edition, house.communicator, CLOSES)


def test_an_empty_edition_is_not_signed_off(session: Session, house: House) -> None:
    with pytest.raises(Empty):
        sign_off(session, house.composed(), house.head_north, CLOSES)


def test_a_held_edition_can_still_be_edited_but_a_cancelled_one_cannot(
    session: Session, house: House, edition: Edition, items: list[Item]
) -> None:
    service.hold(session, edition, house.communicator, CLOSES, "Even kijken")
    move_up(session, edition, items[1].id, house.communicator, CLOSES)
    service.cancel(session, edition, house.communicator, CLOSES)
    with pytest.raises(WrongState):
        move_up(session, edition, items[1].id, house.communicator, CLOSES)
