"""What every test of editions needs: a newsletter of two organisations, its calendar, staff, and a press."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.editions.composing.service import compose_edition, open_next_edition
from newsletter_service.editions.models import Calendar, Edition
from newsletter_service.publisher.models import Organisation
from newsletter_service.services import Services
from newsletter_service.staff.models import Role as RoleRow
from newsletter_service.staff.models import User
from newsletter_service.staff.rules import Role
from tests.factories import make_newsletter, make_organisation

COLLECTING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CLOSES = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
SENDS = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)


@dataclass
class House:
    """Two organisations, north and south, each with a head, one communicator, and the calendar."""

    session: Session
    mail_context: Services
    north: Organisation
    south: Organisation
    calendar: Calendar
    head_north: User
    head_south: User
    communicator: User

    def composed(self) -> Edition:
        """The next edition, composed at its closing time from what is queued."""
        edition = open_next_edition(self.session, COLLECTING)
        compose_edition(self.session, self.mail_context, edition, None, CLOSES)
        return edition


@pytest.fixture
def mail_context(app: Flask) -> Services:
    parts: Services = app.extensions["newsletter"]
    return parts


@pytest.fixture
def house(session: Session, mail_context: Services) -> House:
    make_newsletter(session)
    north, south = make_organisation(session, "noord", 1), make_organisation(session, "zuid", 2)
    calendar = Calendar(
        first_day=date(2026, 11, 26),
        send_time=time(9),
        closing_time=time(12),
        item_limit=4,
        zone="Europe/Amsterdam",
    )
    session.add(calendar)
    return House(
        session=session,
        mail_context=mail_context,
        north=north,
        south=south,
        calendar=calendar,
        head_north=_user(session, Role.HEAD, north, "nl"),
        head_south=_user(session, Role.HEAD, south, "en"),
        communicator=_user(session, Role.COMMUNICATOR, None, "nl"),
    )


def _user(session: Session, role: Role, organisation: Organisation | None, language: str) -> User:
    row = session.scalar(select(RoleRow).where(RoleRow.name == role)) or RoleRow(name=role)
    name = f"{role}-{organisation.slug if organisation else 'alle'}"
    user = User(
        email=f"{name}@redactie.example",
        name=name,
        fs_uniquifier=name,
        language=language,
        organisation=organisation,
        roles=[row],
    )
    session.add(user)
    session.flush()
    return user
