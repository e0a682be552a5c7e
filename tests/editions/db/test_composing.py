from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.delivery.models import Delivery
from newsletter_service.editions import service
from newsletter_service.editions.composing.editing import drop_item
from newsletter_service.editions.composing.service import (
    compose_due,
    compose_edition,
    decide,
    open_next_edition,
)
from newsletter_service.editions.content import items_in
from newsletter_service.editions.models import Edition
from newsletter_service.editions.rules import WrongState
from newsletter_service.editorial.models import Conversation
from newsletter_service.editorial.rules import ItemState, Wish
from newsletter_service.errors import NotFound
from newsletter_service.staff.models import AuditEntry
from tests.editions.db.conftest import CLOSES, COLLECTING, SENDS, House
from tests.factories import make_item, make_segment, make_subscriber, make_topic


def titles(edition: Edition) -> list[str]:
    return [item.title for item in items_in(edition)]


def why(edition: Edition) -> dict[str, str]:
    return {placement.item.title: placement.reason for placement in edition.placements}


def test_there_is_always_one_edition_that_collects(session: Session, house: House) -> None:
    first = open_next_edition(session, COLLECTING)
    assert (first.number, first.state, first.closes_at, first.sends_at) == (1, "collecting", CLOSES, SENDS)
    assert open_next_edition(session, COLLECTING) is first


def test_at_closing_time_the_edition_is_composed_and_the_next_one_collects(
    session: Session, house: House
) -> None:
    make_item(session, house.north, now=COLLECTING, title="Noord meldt iets")
    first = open_next_edition(session, COLLECTING)
    assert compose_due(session, house.mail_context, CLOSES - timedelta(seconds=1)) == []
    assert compose_due(session, house.mail_context, CLOSES) == [first]
    assert (first.state, titles(first)) == ("composed", ["Noord meldt iets"])
    second = open_next_edition(session, CLOSES)
    assert (second.number, second.sends_at) == (2, SENDS + timedelta(days=14))
    assert compose_due(session, house.mail_context, CLOSES) == []


def test_every_queued_item_gets_a_reason(session: Session, house: House) -> None:
    for title in ("Wijkagenten", "Inbraken", "Vuurwerk", "Geldezels", "Camera's"):
        make_item(session, house.north, now=COLLECTING, title=title)
    make_item(session, house.south, now=COLLECTING, title="Later", not_before=SENDS + timedelta(days=1))
    make_item(session, house.south, now=COLLECTING, title="Klad", state="draft")
    reasons = sorted(why(house.composed()).values())
    assert reasons == ["embargoed", "no_room", "turn", "turn", "turn", "turn"]


def test_look_alikes_wait_for_each_other_until_somebody_looked(session: Session, house: House) -> None:
    first = make_item(session, house.north, now=COLLECTING, title="Webinar geldezels op school")
    second = make_item(session, house.south, now=COLLECTING, title="Webinar geldezels op scholen")
    edition = house.composed()
    assert sorted(why(edition).values()) == ["look_alike", "turn"]
    session.add(
        Conversation(
            first_id=first.id,
            second_id=second.id,
            wish=Wish.APART,
            by=house.communicator,
            at=CLOSES,
            voices=[],
            settled_at=CLOSES,
        )
    )
    compose_edition(session, house.mail_context, edition, house.communicator, CLOSES)
    assert list(why(edition).values()) == ["turn", "turn"]


def test_news_that_was_sent_does_not_go_out_again_unasked(session: Session, house: House) -> None:
    sent = make_item(session, house.north, now=COLLECTING, title="Webinar geldezels op school")
    sent.state = ItemState.SENT
    make_item(session, house.south, now=COLLECTING, title="Webinar over geldezels op scholen")
    edition = house.composed()
    assert list(why(edition).values()) == ["sent_before"]
    assert titles(edition) == []


def test_an_item_in_one_edition_under_way_is_not_put_into_another(session: Session, house: House) -> None:
    make_item(session, house.north, now=COLLECTING, title="Eenmalig")
    first = house.composed()
    service.hold(session, first, house.communicator, CLOSES, "Wacht even")
    second = open_next_edition(session, CLOSES)
    compose_edition(session, house.mail_context, second, None, second.closes_at)
    assert titles(second) == []
    service.cancel(session, first, house.communicator, second.closes_at)
    compose_edition(session, house.mail_context, second, None, second.closes_at)
    assert titles(second) == ["Eenmalig"]


def test_composing_anew_starts_over_and_counts_nobody_twice(session: Session, house: House) -> None:
    items = [
        make_item(session, house.north, now=COLLECTING, title=f"Over {'abcdefgh'[n] * 9}") for n in range(6)
    ]
    edition = house.composed()
    before = titles(edition)
    drop_item(session, edition, items_in(edition)[0].id, house.communicator, CLOSES)
    compose_edition(session, house.mail_context, edition, house.communicator, CLOSES)
    assert titles(edition) == before
    assert {item.passed_over for item in items} == {0}


def test_deciding_ahead_of_time_writes_nothing(session: Session, house: House) -> None:
    item = make_item(session, house.north, now=COLLECTING)
    edition = open_next_edition(session, COLLECTING)
    assert [decision.item_id for decision in decide(session, edition, COLLECTING)] == [item.id]
    assert edition.placements == []


def test_an_edition_that_is_gone_cannot_be_composed(session: Session, house: House) -> None:
    edition = house.composed()
    service.cancel(session, edition, house.communicator, CLOSES)
    with pytest.raises(WrongState):
        compose_edition(session, house.mail_context, edition, house.communicator, CLOSES)


def test_a_title_for_one_segment_never_becomes_everybodys_subject(session: Session, house: House) -> None:
    police = make_segment(session)
    make_item(
        session, house.north, now=COLLECTING, title="Inval volgende week", segments=(police,), priority=2
    )
    make_item(session, house.south, now=COLLECTING, title="Open dag")
    edition = house.composed()
    assert titles(edition)[0] == "Inval volgende week"
    assert edition.subject == "Open dag"
    assert "Inval" not in edition.preheader + edition.introduction


def test_a_subject_promises_no_item_that_some_readers_do_not_get(session: Session, house: House) -> None:
    for title in ("Wonen", "Werken"):
        make_item(
            session, house.north, now=COLLECTING, title=title, topics=(make_topic(session, title.lower()),)
        )
    make_item(session, house.south, now=COLLECTING, title="Open dag", priority=0)
    edition = house.composed()
    assert titles(edition)[0] != "Open dag"
    assert (edition.subject, edition.preheader) == ("Open dag", "Nieuwsbrief van Noord en Zuid")


def test_an_edition_without_general_items_is_named_after_the_newsletter(
    session: Session, house: House
) -> None:
    make_item(session, house.north, now=COLLECTING, title="Geheim", segments=(make_segment(session),))
    edition = house.composed()
    assert edition.subject == "Veilig Verbonden, nummer 1"
    assert "NOORD en ZUID" in edition.introduction


def test_staff_are_told_in_their_own_language_what_the_edition_holds(session: Session, house: House) -> None:
    make_subscriber(session, now=COLLECTING)
    make_item(session, house.north, now=COLLECTING, title="Open dag")
    edition = house.composed()
    told = session.scalars(select(Delivery).order_by(Delivery.address)).all()
    assert [row.address for row in told] == [
        "communicator-alle@redactie.example",
        "head-noord@redactie.example",
        "head-zuid@redactie.example",
    ]
    assert {row.letter.language for row in told} == {"nl", "en"}
    letter = next(row.letter for row in told if row.letter.language == "nl")
    assert letter.subject == "Editie 1 staat klaar"
    assert "Open dag" in str(letter.words)
    assert "1 lezer" in str(letter.words)
    compose_edition(session, house.mail_context, edition, house.communicator, CLOSES)
    assert len(session.scalars(select(Delivery)).all()) == 3


def test_moves_are_written_into_the_audit_trail(session: Session, house: House) -> None:
    edition = house.composed()
    compose_edition(session, house.mail_context, edition, house.communicator, CLOSES)
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.action, entry.actor_id) for entry in entries] == [
        ("edition.close", None),
        ("edition.recompose", house.communicator.id),
    ]


def test_after_a_long_silence_the_next_edition_lies_ahead(session: Session, house: House) -> None:
    open_next_edition(session, COLLECTING)
    later = datetime(2027, 5, 1, 9, 0, tzinfo=UTC)
    compose_due(session, house.mail_context, later)
    assert open_next_edition(session, later).closes_at > later


def test_without_a_calendar_it_is_said_what_to_do(session: Session) -> None:
    with pytest.raises(NotFound, match="setup"):
        open_next_edition(session, COLLECTING)
