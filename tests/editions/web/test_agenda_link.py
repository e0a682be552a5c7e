"""The calendar in the agendas of staff: each has a link of their own, which shows when, and never what."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, time, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.editions import models
from newsletter_service.staff.models import AuditEntry, User
from newsletter_service.staff.rules import Role
from tests.conftest import NOW
from tests.factories import make_newsletter
from tests.staff_browser import StaffBrowser, make_staff

Stored = Callable[[], AbstractContextManager[Session]]
ACCOUNT = "/redactie/mijn-account"
LINK = re.compile(r'value="https://nieuwsbrief\.example(/redactie/agenda/[A-Za-z0-9-]+\.ics)"')


@pytest.fixture
def kim(client: FlaskClient, stored: Stored) -> StaffBrowser:
    """A communicator; edition 3 collects copy, and others follow by the calendar."""
    with stored() as session:
        make_newsletter(session)
        session.add(models.Calendar(first_day=date(2026, 11, 26), send_time=time(9), closing_time=time(12)))
        session.add(
            models.Edition(
                number=3,
                subject="Geheim onderwerp",
                closes_at=NOW + timedelta(days=1),
                sends_at=NOW + timedelta(days=3),
                zone="Europe/Amsterdam",
            )
        )
        email = make_staff(session, Role.COMMUNICATOR, name="Kim Vos").email
    return StaffBrowser(client, email)


def link_of(kim: StaffBrowser) -> str | None:
    found = LINK.search(kim.get(ACCOUNT).text)
    return found[1] if found else None


def test_an_agenda_follows_the_calendar_without_signing_in(app: Flask, kim: StaffBrowser) -> None:
    assert link_of(kim) is None
    kim.done(f"{ACCOUNT}/agenda")
    link = link_of(kim)
    assert link is not None
    answer = app.test_client().get(link)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert "Set-Cookie" not in answer.headers
    assert "Geheim" not in answer.text
    events = Calendar.from_ical(answer.text).events
    assert [str(one["summary"]) for one in events[:3]] == [
        "Editie 3: kopij sluit",
        "Editie 3 gaat uit",
        "Kopij sluit (volgens de kalender)",
    ]
    assert events[1].start == NOW + timedelta(days=3)
    assert len({one["uid"] for one in events}) == len(events) > 8


def test_a_link_that_was_replaced_or_taken_away_shows_nothing_any_more(
    app: Flask, kim: StaffBrowser, stored: Stored
) -> None:
    kim.done(f"{ACCOUNT}/agenda")
    first = link_of(kim)
    kim.done(f"{ACCOUNT}/agenda")
    second = link_of(kim)
    assert first != second
    agenda = app.test_client()
    assert [agenda.get(str(link)).status_code for link in (first, second)] == [404, 200]
    kim.done(f"{ACCOUNT}/agenda/weg")
    assert (link_of(kim), agenda.get(str(second)).status_code) == (None, 404)
    with stored() as session:
        written = select(AuditEntry.detail).where(AuditEntry.action == "account.agenda")
        assert session.scalars(written).all() == [{"on": True}, {"on": True}, {"on": False}]


def test_the_link_of_an_account_that_is_closed_is_dead(app: Flask, kim: StaffBrowser, stored: Stored) -> None:
    kim.done(f"{ACCOUNT}/agenda")
    link = str(link_of(kim))
    with stored() as session:
        session.scalars(select(User)).one().active = False
    assert app.test_client().get(link).status_code == 404
    assert app.test_client().get(f"{link[:-7]}aaa.ics").status_code == 404
