from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.administration import service
from newsletter_service.administration.rules import Act, Part
from newsletter_service.administration.service import (
    ChangedMeanwhile,
    LastOne,
    StillReferredTo,
    act_on,
    add,
    change,
    change_newsletter,
    everything,
)
from newsletter_service.audience.models import Segment
from newsletter_service.audience.service import offered_segments, segments
from newsletter_service.editions.content import content_hash
from newsletter_service.editions.models import Edition
from newsletter_service.editorial.cards import card_of
from newsletter_service.errors import Invalid
from newsletter_service.keys.secret_keys import SecretKeys
from newsletter_service.links.tokens import Tokens
from newsletter_service.links.urls import Links
from newsletter_service.merging import fingerprints
from newsletter_service.publisher.models import Newsletter, Organisation
from newsletter_service.publisher.rules import UNCHOSEN
from newsletter_service.publisher.service import organisations, publishers
from newsletter_service.staff.models import AuditEntry, User
from newsletter_service.staff.rules import Role
from newsletter_service.subscriptions.consent.rules import READER, Place, Step
from newsletter_service.subscriptions.consent.service import record_wish
from tests.conftest import NOW
from tests.factories import (
    make_item,
    make_newsletter,
    make_organisation,
    make_segment,
    make_subscriber,
    make_topic,
)
from tests.staff_browser import make_staff

CONTACT = "vragen@nieuwsbrief.example"
LINKS = Links("https://nieuwsbrief.example", Tokens(SecretKeys("a-secret-that-only-tests-know-0123456789")))


@pytest.fixture
def anna(session: Session) -> User:
    make_newsletter(session)
    make_organisation(session, "noord", 1)
    make_organisation(session, "zuid", 2)
    return make_staff(session, Role.ADMINISTRATOR, name="Anna Beheer")


@pytest.fixture
def bram(session: Session, anna: User) -> User:
    return make_staff(session, Role.ADMINISTRATOR, name="Bram Beheer")


def last(session: Session) -> AuditEntry:
    return session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()


def values(row: Any, *names: str) -> dict[str, str]:
    return {name: getattr(row, name) for name in names}


def topic_values(name: str) -> dict[str, str]:
    return {"name_nl": name, "name_en": f"{name} (en)"}


def do(session: Session, part: Part, row: Any, act: Act, by: User) -> str:
    return act_on(session, part, row.id, act, CONTACT, by, NOW)


def test_a_change_stands_in_the_trail_with_before_and_after(session: Session, anna: User) -> None:
    row = session.scalars(select(Newsletter)).one()
    saved = values(row, "name", "tagline_nl")
    typed = saved | {"name": "Samen Veilig"}
    change_newsletter(session, typed, fingerprints(saved), CONTACT, anna, NOW)
    entry = last(session)
    assert (entry.action, entry.actor_id) == ("newsletter.change", anna.id)
    assert entry.detail == {
        "called": "Samen Veilig",
        "changed": ["name"],
        "name": ["Veilig Verbonden", "Samen Veilig"],
    }


def test_saving_what_stands_leaves_no_trace(session: Session, anna: User) -> None:
    row = session.scalars(select(Newsletter)).one()
    saved = values(row, "name")
    change_newsletter(session, saved, fingerprints(saved), CONTACT, anna, NOW)
    assert session.scalars(select(AuditEntry)).all() == []


def test_of_two_on_one_page_the_second_is_told_and_nothing_is_overwritten(
    session: Session, anna: User, bram: User
) -> None:
    topic = make_topic(session, "jeugd")
    saved = values(topic, "name_nl", "name_en")
    began = fingerprints(saved)
    change(session, Part.TOPICS, topic.id, saved | {"name_nl": "Jongeren"}, began, CONTACT, anna, NOW)
    with pytest.raises(ChangedMeanwhile) as told:
        change(session, Part.TOPICS, topic.id, saved | {"name_nl": "Kinderen"}, began, CONTACT, bram, NOW)
    assert told.value.by == {"name_nl": "Anna Beheer"}
    assert topic.name_nl == "Jongeren"
    change(session, Part.TOPICS, topic.id, saved | {"name_en": "Young people"}, began, CONTACT, bram, NOW)
    assert (topic.name_nl, topic.name_en) == ("Jongeren", "Young people")


def test_what_is_added_comes_last_with_a_name_of_its_own_in_addresses(session: Session, anna: User) -> None:
    make_topic(session, "jeugd")
    first = add(session, Part.TOPICS, topic_values("Zorg & Veiligheid"), CONTACT, anna, NOW)
    second = add(session, Part.TOPICS, topic_values("Zorg, veiligheid"), CONTACT, anna, NOW)
    assert [first.slug, second.slug] == ["zorg-veiligheid", "zorg-veiligheid-2"]
    assert [row.slug for row in everything(session, Part.TOPICS)][-2:] == [first.slug, second.slug]
    assert last(session).detail["name_nl"] == ["", "Zorg, veiligheid"]
    with pytest.raises(Invalid):
        add(session, Part.TOPICS, topic_values("zorg & veiligheid"), CONTACT, anna, NOW)


def test_an_organisation_that_moves_takes_its_stroke_along(session: Session, anna: User) -> None:
    noord, zuid = organisations(session)
    do(session, Part.ORGANISATIONS, zuid, Act.UP, anna)
    assert [one.short_name for one in publishers(session)] == ["ZUID", "NOORD"]
    assert (zuid.accent, noord.accent) == (1, 2)
    assert last(session).detail == {"called": "ZUID", "position": [2, 1]}


def test_a_retired_organisation_speaks_no_more_and_keeps_its_name_where_it_spoke(
    session: Session, anna: User
) -> None:
    noord, zuid = organisations(session)
    item = make_item(session, noord, now=NOW)
    do(session, Part.ORGANISATIONS, noord, Act.RETIRE, anna)
    assert [one.short_name for one in publishers(session)] == ["ZUID"]
    assert (noord.accent, zuid.accent, item.organisation.short_name) == (0, 1, "NOORD")
    assert last(session).detail == {"called": "NOORD", "retired": [False, True]}
    with pytest.raises(LastOne):
        do(session, Part.ORGANISATIONS, zuid, Act.RETIRE, anna)
    session.rollback()


def test_there_is_always_an_organisation(session: Session, anna: User) -> None:
    noord, zuid = organisations(session)
    do(session, Part.ORGANISATIONS, noord, Act.REMOVE, anna)
    with pytest.raises(LastOne):
        do(session, Part.ORGANISATIONS, zuid, Act.REMOVE, anna)


def test_a_retired_segment_is_not_offered_and_its_members_keep_it(session: Session, anna: User) -> None:
    police = make_segment(session, "politie")
    reader = make_subscriber(session, now=NOW, segments=(police,))
    do(session, Part.SEGMENTS, police, Act.RETIRE, anna)
    assert offered_segments(session) == []
    assert offered_segments(session, keep={police.id}) == [police]
    assert segments(session) == [police]
    assert [one.segment for one in reader.memberships] == [police]
    do(session, Part.SEGMENTS, police, Act.RESTORE, anna)
    assert offered_segments(session) == [police]


@pytest.mark.parametrize("by", ["item", "reader", "consent"])
def test_what_something_refers_to_is_not_removed(session: Session, anna: User, by: str) -> None:
    police = make_segment(session, "politie")
    if by == "item":
        make_item(session, organisations(session)[0], now=NOW, segments=(police,))
    else:
        reader = make_subscriber(session, now=NOW, segments=(police,) if by == "reader" else ())
        if by == "consent":
            chosen = {"segments": ["politie"], "topics": []}
            record_wish(session, reader, Step.CHANGED, READER, Place.PREFERENCES, NOW, detail=chosen)
    session.flush()
    with pytest.raises(StillReferredTo):
        do(session, Part.SEGMENTS, police, Act.REMOVE, anna)


def test_what_nothing_refers_to_is_removed_with_its_domains(session: Session, anna: User) -> None:
    police = make_segment(session, "politie", ("politie.example",))
    other = make_segment(session, "politie-zuid")
    reader = make_subscriber(session, now=NOW)
    chosen = {"segments": ["politie-zuid"], "topics": []}
    record_wish(session, reader, Step.CHANGED, READER, Place.PREFERENCES, NOW, detail=chosen)
    do(session, Part.SEGMENTS, police, Act.REMOVE, anna)
    assert session.scalars(select(Segment)).all() == [other]
    assert last(session).detail == {"called": "Politie", "slug": ["politie", ""]}


def test_an_organisation_with_an_account_is_not_removed(session: Session, anna: User) -> None:
    make_staff(session, Role.HEAD, organisation="noord", name="Hoofd Noord")
    with pytest.raises(StillReferredTo):
        do(session, Part.ORGANISATIONS, organisations(session)[0], Act.REMOVE, anna)
    assert service.is_referred_to(session, Part.ORGANISATIONS, organisations(session)[0])
    assert not service.is_referred_to(session, Part.ORGANISATIONS, organisations(session)[1])


def test_a_joint_item_names_those_who_wrote_it_and_nobody_who_came_later(
    session: Session, anna: User
) -> None:
    noord, _zuid = organisations(session)
    item = make_item(session, noord, now=NOW, joint=True)
    typed = {"short_name": "OOST", "name": "Samenwerking Oost", "colours": UNCHOSEN}
    add(session, Part.ORGANISATIONS, typed, CONTACT, anna, NOW)
    do(session, Part.ORGANISATIONS, noord, Act.RETIRE, anna)
    assert card_of(item, "nl", ZoneInfo("Europe/Amsterdam"), LINKS).tag.text == "NOORD + ZUID"


def test_an_agreement_ends_where_the_letter_says_otherwise_who_it_is_from(
    session: Session, anna: User
) -> None:
    edition = Edition(number=1, closes_at=NOW, sends_at=NOW, zone="Europe/Amsterdam")
    session.add(edition)
    session.flush()
    before = content_hash(edition, [])
    row = session.scalars(select(Newsletter)).one()
    saved = values(row, "name")
    change_newsletter(session, {"name": "Samen Veilig"}, fingerprints(saved), CONTACT, anna, NOW)
    named = content_hash(edition, [])
    do(session, Part.ORGANISATIONS, organisations(session)[1], Act.UP, anna)
    assert len({before, named, content_hash(edition, [])}) == 3


def test_a_new_organisation_is_grey_until_it_chooses(session: Session, anna: User) -> None:
    typed = {"short_name": "OOST", "name": "Samenwerking Oost", "colours": UNCHOSEN}
    row = add(session, Part.ORGANISATIONS, typed, CONTACT, anna, NOW + timedelta(days=1))
    assert isinstance(row, Organisation)
    assert (row.accent, row.slug) == (3, "oost")
