"""Retention says what it removed, goes by what administrators set, and the privacy statement says the same."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter_service.documents.facts import facts
from newsletter_service.documents.rules import Slot
from newsletter_service.documents.terms.service import set_terms, terms
from newsletter_service.retention import DAYS, Term
from newsletter_service.staff.access.models import StaffSession
from newsletter_service.staff.models import AuditEntry
from newsletter_service.staff.rules import Role
from newsletter_service.staff.trail.service import verify
from newsletter_service.subscriptions.models import Subscriber
from scheduled_jobs import purge_stale
from tests.conftest import NOW, Clock
from tests.factories import make_newsletter, make_subscriber
from tests.staff_browser import make_staff


def run(core: Flask) -> str:
    with core.app_context():
        return purge_stale.run()


def fill(session: Session) -> None:
    make_newsletter(session)
    user = make_staff(session, Role.ADMINISTRATOR)
    for number in range(2):
        make_subscriber(session, f"l{number}@gemeente.example", now=NOW, status="pending")
    session.add(StaffSession(user=user, key_hash="x" * 64, started_at=NOW))
    session.commit()


def test_what_was_removed_is_a_line_and_an_entry(session: Session, core: Flask, clock: Clock) -> None:
    fill(session)
    assert run(core) == ""
    clock.move(days=8)
    assert run(core) == "removed 2 sign ups, 1 sessions"
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "retention.removed")).one()
    assert entry.detail == {"sign_ups": 2, "sessions": 1}
    session.rollback()
    assert run(core) == ""
    clock.move(days=DAYS[Term.AUDIT].usual + 1)
    assert run(core).endswith("audit entries")
    assert verify(session).fault is None


def test_it_goes_by_what_was_set(session: Session, core: Flask, clock: Clock) -> None:
    fill(session)
    set_terms(
        session,
        {Term.UNCONFIRMED: 10, Term.NOTICES: DAYS[Term.NOTICES].usual},
        make_staff(session, Role.ADMINISTRATOR, name="An Ander"),
        NOW,
    )
    session.commit()
    clock.move(days=8)
    run(core)
    assert session.scalar(select(func.count()).select_from(Subscriber)) == 2
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "setting.retention")).one()
    assert entry.detail == {"term": "unconfirmed", "before": 7, "after": 10}
    session.rollback()
    clock.move(days=3)
    run(core)
    assert session.scalar(select(func.count()).select_from(Subscriber)) == 0


def test_the_privacy_statement_names_every_term(session: Session) -> None:
    fill(session)
    user = make_staff(session, Role.ADMINISTRATOR, name="An Ander")
    days = {term: DAYS[term].least + 1 + number for number, term in enumerate(Term)}
    set_terms(session, days, user, NOW)
    assert terms(session) == {term: timedelta(days=number) for term, number in days.items()}
    said = facts(session, "nl", "redactie@nieuwsbrief.example")[Slot.RETENTION]
    for term, number in days.items():
        assert f"{number} dagen" in said, term
