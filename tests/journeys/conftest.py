"""What journeys share: an office with readers, a deliverer, links taken out of the mails as they were received."""

import re
from collections.abc import Callable
from datetime import date, time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from newsletter_service.audience.models import Segment, Topic
from newsletter_service.delivery.worker.loop import send_until_empty
from newsletter_service.editions.models import Calendar
from newsletter_service.services import services
from newsletter_service.staff.rules import Role
from scheduled_jobs import answer_forms
from tests.conftest import NOW, Clock
from tests.factories import make_newsletter, make_organisation, make_segment, make_subscriber, make_topic
from tests.journeys.office import SEGMENTS, Office, Stored, fresh
from tests.smtp_server import Received, RecordingServer
from tests.staff_browser import StaffBrowser, make_staff

BASE = "https://nieuwsbrief.example"


@pytest.fixture
def deliver(app: Flask, smtp: RecordingServer) -> Callable[[], list[Received]]:
    """Answer what forms asked for and run the delivery job once; the mails that came in by it."""

    def run() -> list[Received]:
        before = len(smtp.received)
        with app.app_context():
            answer_forms.run()
            send_until_empty(services().delivery)
        return smtp.received[before:]

    return run


@pytest.fixture
def office(app: Flask, client: FlaskClient, clock: Clock, stored: Stored, smtp: RecordingServer) -> Office:
    with stored() as session:
        make_newsletter(session)
        for accent, slug in enumerate(("noord", "zuid"), 1):
            make_organisation(session, slug, accent)
        for slug in SEGMENTS:
            make_segment(session, slug, domains=("politie.example",) if slug == "politie" else ())
        for slug in ("haven", "jeugd"):
            make_topic(session, slug)
        session.add(
            Calendar(first_day=date(2026, 11, 26), send_time=time(9), closing_time=time(12), closing_days=2)
        )
    with app.app_context(), stored() as session:
        staff = {
            "var": make_staff(session, Role.HEAD, organisation="noord", name="Noor Noord").email,
            "riec": make_staff(session, Role.HEAD, organisation="zuid", name="Zeki Zuid").email,
            "editor": make_staff(session, Role.COMMUNICATOR, name="Coen Communicatie").email,
        }
    browsers = {name: StaffBrowser(fresh(app), email) for name, email in staff.items()}
    office = Office(app, clock, stored, **browsers)
    office.tick()
    return office


@pytest.fixture
def readers(office: Office) -> dict[str, str]:
    """One reader per segment, and a few that show a rule; what they are here for -> address."""
    addresses = {slug: f"{slug}@gemeente.example" for slug in SEGMENTS}
    addresses |= {
        "politie": "agent@politie.example",
        "politie-elders": "agent@elders.example",
        "haven": "haven@gemeente.example",
        "english": "reader@gemeente.example",
    }
    with office.stored() as session:
        from_db = {row.slug: row for row in session.scalars(select(Segment))}
        topics = {row.slug: row for row in session.scalars(select(Topic))}
        for slug in SEGMENTS:
            make_subscriber(
                session, addresses[slug], now=NOW, name=f"Lezer {slug}", segments=(from_db[slug],)
            )
        make_subscriber(session, addresses["politie-elders"], now=NOW, segments=(from_db["politie"],))
        make_subscriber(session, addresses["haven"], now=NOW, topics=(topics["haven"],))
        make_subscriber(session, addresses["english"], now=NOW, language="en")
    return addresses


def links_in(mail: Received) -> list[str]:
    """Every address in both parts and in List-Unsubscribe, without the host; pictures are none to follow."""
    message = mail.message
    bodies = [message.get_body((kind,)) for kind in ("plain", "html")]
    text = " ".join(str(body.get_content()) for body in bodies if body is not None)
    text += f" {message.get('List-Unsubscribe', '')}"
    found = {one.removeprefix(BASE) for one in re.findall(rf"{BASE}/[^\s\"'<>)]+", text)}
    return sorted(one for one in found if not one.endswith(".png"))


def link_to(mail: Received, page: str) -> str:
    """The one link to `page` in `mail`."""
    (found,) = [link for link in links_in(mail) if link.startswith(f"/{page}/")]
    return found


def sign_up(client: FlaskClient, address: str, **fields: object) -> None:
    """Fill in the form as a visitor would."""
    answer = client.post("/aanmelden", data={"address": address, "language": "nl", **fields})
    assert answer.status_code == 200, answer.get_data(as_text=True)
