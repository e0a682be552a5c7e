"""An office with an edition that was just composed."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, time, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from newsletter_service.editions.composing.service import compose_due
from newsletter_service.editions.models import Calendar, Edition
from newsletter_service.services import services
from newsletter_service.staff.rules import Role
from tests.conftest import NOW
from tests.factories import make_item, make_newsletter, make_organisation, make_segment, make_subscriber
from tests.staff_browser import StaffBrowser, make_staff

Stored = Callable[[], AbstractContextManager[Session]]
SENDS_AT = NOW + timedelta(days=2)


@dataclass(frozen=True)
class Office:
    """Two organisations with an edition that was just composed."""

    head: str
    other_head: str
    communicator: str
    administrator: str
    news: int
    event: int
    late: int


@pytest.fixture
def office(app: Flask, stored: Stored) -> Office:
    with stored() as session:
        make_newsletter(session)
        north, south = make_organisation(session, "noord", 1), make_organisation(session, "zuid", 2)
        police, mayors = make_segment(session, "politie"), make_segment(session, "burgemeesters")
        session.add(
            Calendar(first_day=date(2026, 11, 25), weekday=2, send_time=time(10), closing_time=time(12))
        )
        session.add(
            Edition(number=12, closes_at=NOW - timedelta(hours=1), sends_at=SENDS_AT, zone="Europe/Amsterdam")
        )
        for number in range(3):
            make_subscriber(session, f"p{number}@korps.example", now=NOW, segments=(police,))
        make_subscriber(session, "b@gemeente.example", now=NOW, segments=(mayors,))
        news = make_item(session, north, now=NOW, title="Monitor voor gemeenten", priority=2)
        event = make_item(
            session,
            south,
            now=NOW,
            title="Leerhuis over signalen",
            kind="event",
            segments=(police,),
            starts_at=NOW + timedelta(days=20),
        )
        office = Office(
            head=make_staff(session, Role.HEAD, organisation="noord", name="Hanneke Noord").email,
            other_head=make_staff(session, Role.HEAD, organisation="zuid", name="Zeki Zuid").email,
            communicator=make_staff(session, Role.COMMUNICATOR, name="Marieke Midden").email,
            administrator=make_staff(session, Role.ADMINISTRATOR, name="Bo Beheer").email,
            news=news.id,
            event=event.id,
            late=0,
        )
        with app.test_request_context():
            compose_due(session, services(), NOW)
        late = make_item(session, north, now=NOW, title="Net binnengekomen")
        return replace(office, late=late.id)


@pytest.fixture
def communicator(client: FlaskClient, office: Office) -> StaffBrowser:
    return StaffBrowser(client, office.communicator)


@pytest.fixture
def head(client: FlaskClient, office: Office) -> StaffBrowser:
    return StaffBrowser(client, office.head)
