"""The limit is what one reader gets in full; what more there is for somebody stands on a line at the end."""

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.audience.rules import member_of, visible
from newsletter_service.delivery.models import Delivery
from newsletter_service.editions.composing.editing import add_item, drop_item, move_item
from newsletter_service.editions.content import content_for, content_hash, item_views, items_in
from newsletter_service.editions.models import Edition, LetterItem
from newsletter_service.editions.releasing.service import release
from newsletter_service.editions.rules import EditionState, Reason
from newsletter_service.letters.mime.reading import text_of
from newsletter_service.letters.mime.skeleton import SlotValues, Template
from newsletter_service.migrations import init_migrations
from tests.editions.db.conftest import CLOSES, COLLECTING, SENDS, House
from tests.factories import make_item, make_segment, make_subscriber

FOR_ALL = ("Wijkagenten", "Vuurwerk", "Camera's")
FOR_POLICE = ("Inbraken", "Geldezels", "Drugslab")
BEFORE_LINES = "0042"


@pytest.fixture
def edition(session: Session, house: House) -> Edition:
    """Three items for everybody and three for the police, who are half of all readers; one gets four in full."""
    police = make_segment(session, "politie")
    for number in range(3):
        make_subscriber(
            session, f"agent{number}@korps.example", now=COLLECTING, segments=(police,), approved=(police,)
        )
        make_subscriber(session, f"gast{number}@gemeente.example", now=COLLECTING)
    for title in FOR_ALL:
        make_item(session, house.south, now=COLLECTING, title=title, priority=2)
    for title in FOR_POLICE:
        make_item(
            session, house.north, now=COLLECTING, title=title, segments=(police,), joint=title == "Inbraken"
        )
    return house.composed()


def titles_for(house: House, edition: Edition, segment: int) -> tuple[list[str], list[str]]:
    """The titles that such a reader gets in full, and those on a line."""
    items = items_in(edition)
    seen = visible(item_views(items), member_of(segment))
    content = content_for(edition, items, seen, "nl", house.mail_context.links)
    return [card.title for card in content.cards], [card.title for card in content.further]


def test_an_edition_holds_more_than_one_reader_gets_in_full(house: House, edition: Edition) -> None:
    reasons = {one.item.title: one.reason for one in edition.placements}
    assert len(items_in(edition)) == 5
    assert [title for title, reason in reasons.items() if reason is Reason.NO_ROOM] == ["Drugslab"]


def test_a_letter_shows_the_best_ranked_and_names_the_others_with_their_address(
    session: Session, house: House, edition: Edition
) -> None:
    release(session, house.mail_context, edition, None, SENDS)
    row = session.scalars(
        select(Delivery).where(Delivery.address == "agent0@korps.example", Delivery.mailing_id.is_not(None))
    ).one()
    values = SlotValues(
        address="agent0@korps.example",
        date=SENDS,
        message_id="<1@korps.example>",
        manage_url="https://nieuws.example/voorkeuren/x",
        unsubscribe_url="https://nieuws.example/afmelden/x",
    )
    text = text_of(Template(row.letter.skeleton).fill(values))
    whole, _heading, further = text.partition("Verder in deze editie")
    line = next(item for item in items_in(edition) if item.title == "Camera's")
    assert all(
        f"Wat u moet weten over: {item.title.lower()}." in whole for item in items_in(edition) if item != line
    )
    assert (
        f"- [ZUID] Camera's\n  https://nieuwsbrief.example/archief/{edition.number}/bericht-{line.id}\n"
        in further
    )
    held = session.scalars(select(LetterItem.item_id).where(LetterItem.letter_id == row.letter_id))
    assert set(held) == {item.id for item in items_in(edition)}
    assert {item.state for item in items_in(edition)} == {"sent"}


def test_who_may_see_less_gets_all_of_it_in_full(session: Session, house: House, edition: Edition) -> None:
    full, lines = titles_for(house, edition, segment=0)
    assert (set(full), lines) == (set(FOR_ALL), [])


def test_what_people_put_in_or_on_top_is_in_full(session: Session, house: House, edition: Edition) -> None:
    (police,) = {segment.id for item in items_in(edition) for segment in item.segments}
    (line,) = titles_for(house, edition, police)[1]
    id_of = {one.item.title: one.item_id for one in edition.placements}
    move_item(session, edition, id_of[line], 0, house.communicator, CLOSES)
    assert titles_for(house, edition, police)[0][0] == line
    move_item(session, edition, id_of[line], 9, house.communicator, CLOSES)
    drop_item(session, edition, id_of[line], house.communicator, CLOSES)
    add_item(session, edition, id_of[line], house.communicator, CLOSES)
    full, lines = titles_for(house, edition, police)
    assert line in full
    assert len(lines) == 1


def test_a_restricted_item_stands_in_full_since_it_is_nowhere_on_the_web(
    session: Session, house: House, edition: Edition
) -> None:
    line = next(item for item in items_in(edition) if item.title == "Camera's")
    line.restricted, line.segments = True, next(item.segments for item in items_in(edition) if item.segments)
    session.flush()
    full, lines = titles_for(house, edition, line.segments[0].id)
    assert "Camera's" in full
    assert len(lines) == 1


def test_agreement_is_to_what_is_in_full_too(session: Session, house: House, edition: Edition) -> None:
    before = content_hash(edition, items_in(edition))
    edition.item_limit = 3
    assert content_hash(edition, items_in(edition)) != before
    edition.item_limit = 5
    all_in_full = content_hash(edition, items_in(edition))
    edition.item_limit = 6
    assert content_hash(edition, items_in(edition)) == all_in_full


def test_an_edition_that_was_composed_before_there_were_lines_stays_as_it_was(
    session: Session, house: House, edition: Edition, app: Flask
) -> None:
    order = [item.id for item in items_in(edition)]
    session.commit()
    init_migrations(app)
    downgrade(revision=BEFORE_LINES)
    upgrade()
    session.expire_all()
    police = next(segment.id for item in items_in(edition) for segment in item.segments)
    assert titles_for(house, edition, police)[1] == []
    assert [
        one.item_id
        for one in sorted(edition.placements, key=lambda one: one.rank)
        if one.position is not None
    ] == order
    limit = session.scalar(select(Edition.item_limit).where(Edition.state == EditionState.COLLECTING))
    assert limit == house.calendar.item_limit
