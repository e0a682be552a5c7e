"""Each night people of every organisation get the head of the trail."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.delivery.models import Delivery, Letter
from newsletter_service.staff.models import AuditEntry
from newsletter_service.staff.rules import Role
from newsletter_service.staff.service import record
from newsletter_service.staff.trail.rules import parse_head
from newsletter_service.staff.trail.service import head, verify
from scheduled_jobs import mail_audit_head
from tests.conftest import NOW, Clock
from tests.factories import make_newsletter, make_organisation
from tests.staff_browser import make_staff


@pytest.fixture
def people(session: Session) -> None:
    make_newsletter(session)
    for slug, name in (("noord", "Noor Noord"), ("zuid", "Zoë Zuid")):
        make_organisation(session, slug)
        make_staff(session, Role.HEAD, organisation=slug, name=name)
    make_staff(session, Role.ADMINISTRATOR, name="Beer Beheer")
    make_staff(session, Role.COMMUNICATOR, name="Cor Communicatie")
    record(session, None, "item.edit", "item", 1, NOW)
    session.commit()


def run(core: Flask) -> str:
    with core.app_context():
        return mail_audit_head.run()


def mailed(session: Session) -> list[str]:
    try:
        return sorted(session.scalars(select(Delivery.address)))
    finally:
        session.rollback()  # an open transaction keeps all other writers out on SQLite


@pytest.mark.usefixtures("people")
def test_both_organisations_get_it_once_a_night(session: Session, core: Flask, clock: Clock) -> None:
    assert run(core) == "", "nothing is older than last night"
    clock.now = NOW + timedelta(days=1)
    sealed = head(session)
    session.rollback()
    assert run(core) == f"mailed the head of the audit trail, entry {sealed.number}, to 3 people"
    assert mailed(session) == [
        "beer.beheer@redactie.example", "noor.noord@redactie.example", "zoë.zuid@redactie.example",
    ]  # fmt: skip
    words = session.scalars(select(Letter.words)).all()
    session.rollback()
    assert all(str(sealed) in str(one) for one in words)
    assert run(core) == ""
    clock.move(days=1)
    assert "to 3 people" in run(core)
    assert len(mailed(session)) == 6


@pytest.mark.usefixtures("people")
def test_a_mailed_head_holds_however_much_is_written_after_it(
    session: Session, core: Flask, clock: Clock
) -> None:
    clock.now = NOW + timedelta(days=1)
    run(core)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "audit.head_mailed")).one()
    known = parse_head(f"{entry.detail['number']}:{entry.detail['hash']}")
    record(session, None, "item.edit", "item", 2, clock.now)
    session.commit()
    assert verify(session, known).fault is None
    assert verify(session, parse_head(known.hash)).fault is None
    assert verify(session, parse_head("0" * 63 + "1")).fault is not None
