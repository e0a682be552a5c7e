import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.audience.models import SegmentDomain
from newsletter_service.db import db, unit_of_work
from newsletter_service.documents import service
from newsletter_service.documents.models import Document, ShownText
from newsletter_service.documents.rules import FIRST_VERSION, Kind, words_hash
from newsletter_service.documents.service import Edited
from newsletter_service.errors import Conflict
from newsletter_service.staff.models import AuditEntry, User
from newsletter_service.staff.rules import Role
from tests.chaos.waiting import PATIENCE_SECONDS
from tests.conftest import NOW
from tests.factories import make_newsletter, make_organisation, make_segment
from tests.staff_browser import make_staff

CONTACT = "vragen@nieuwsbrief.example"
LATER = NOW + timedelta(days=30)


@pytest.fixture
def editor(session: Session) -> User:
    make_newsletter(session)
    make_organisation(session)
    return make_staff(session, Role.COMMUNICATOR)


def edited(
    kind: Kind = Kind.PRIVACY, words: str = "Nieuw van {nieuwsbrief}.", based_on: str = FIRST_VERSION
) -> Edited:
    return Edited(kind, words, f"In English: {words}", "Korter.", asks_again=False, based_on=based_on)


def current(session: Session, kind: Kind = Kind.PRIVACY) -> service.Shown:
    return service.current(session, kind, "nl", CONTACT)


@pytest.mark.usefixtures("editor")
def test_the_privacy_statement_says_what_the_product_goes_by(session: Session) -> None:
    segment = make_segment(session, "politie", ("politie.example",))
    words = current(session).words
    for said in ("7 dagen", "30 dagen", "400 dagen", "politie.example", CONTACT, "Samenwerking Noord", "FG"):
        assert said in words
    session.add(SegmentDomain(segment_id=segment.id, domain="kmar.example"))
    session.flush()
    assert "kmar.example en politie.example" in current(session).words
    assert "{" not in words


def test_a_new_version_is_shown_and_the_one_before_can_be_read_as_it_was(
    session: Session, editor: User
) -> None:
    before = current(session)
    published = service.publish(session, edited(), CONTACT, editor, LATER)
    assert (published.version, current(session).words) == ("2026-12-23", "Nieuw van Veilig Verbonden.")
    assert current(session).version == published.version
    shown = service.shown_before(session, Kind.PRIVACY, "nl")
    assert {one.version: one.words for one in shown} == {
        FIRST_VERSION: before.words,
        "2026-12-23": "Nieuw van Veilig Verbonden.",
    }
    found = service.find_shown(shown, FIRST_VERSION)
    assert found is not None
    assert found.hash == before.hash == words_hash(before.words)
    assert session.scalars(select(AuditEntry.action)).all() == ["document.publish"]


def test_words_that_change_by_themselves_are_kept_too_and_once(session: Session, editor: User) -> None:
    service.keep_current(session, CONTACT, NOW)
    service.keep_current(session, CONTACT, NOW)
    service.keep_current(session, "anders@nieuwsbrief.example", LATER)
    kept = service.shown_before(session, Kind.PRIVACY, "nl")
    assert [CONTACT in one.words for one in kept] == [False, True]
    assert len({one.hash for one in kept}) == len(kept)


def test_two_versions_in_one_day_have_two_names(session: Session, editor: User) -> None:
    first = service.publish(session, edited(), CONTACT, editor, LATER)
    second = service.publish(session, edited(words="Weer.", based_on=first.version), CONTACT, editor, LATER)
    assert (first.version, second.version) == ("2026-12-23", "2026-12-23-2")


def test_who_began_from_an_older_version_is_told_and_nothing_is_published(
    session: Session, editor: User
) -> None:
    service.publish(session, edited(), CONTACT, editor, LATER)
    with pytest.raises(Conflict):
        service.publish(session, edited(words="Te laat."), CONTACT, editor, LATER)
    assert len(session.scalars(select(Document)).all()) == 1


def test_every_text_is_kept_in_both_languages(session: Session, editor: User) -> None:
    service.keep_current(session, CONTACT, NOW)
    kept = {(one.kind, one.language) for one in session.scalars(select(ShownText))}
    assert kept == {(kind, language) for kind in Kind for language in ("nl", "en")}


def test_of_two_who_publish_in_the_same_moment_one_is_told_of_the_other(
    app: Flask, session: Session, editor: User
) -> None:
    number, start = editor.id, threading.Barrier(2)
    session.commit()

    def publish(words: str) -> str:
        with app.app_context(), unit_of_work() as mine:
            if db.engine.dialect.name == "postgresql":  # SQLite lets one in after the other
                current(mine)
                start.wait(PATIENCE_SECONDS)
            try:
                service.publish(mine, edited(words=words), CONTACT, mine.get_one(User, number), LATER)
            except Conflict:
                return "told"
            return "published"

    with ThreadPoolExecutor(2) as people:
        assert sorted(people.map(publish, ("Een.", "Twee."))) == ["published", "told"]
    assert len(session.scalars(select(Document)).all()) == 1
