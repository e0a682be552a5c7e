"""The editorial office of a journey: its people at their browsers, its queues, its scheduler."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.editions.service import edition_numbered, statement
from newsletter_service.editorial.models import Item
from scheduled_jobs.schedule import JOBS
from tests.conftest import Clock
from tests.smtp_server import Received
from tests.staff_browser import StaffBrowser, value_in

Stored = Callable[[], AbstractContextManager[Session]]

SEGMENTS = ("burgemeesters", "om", "politie", "beleidsadviseurs", "ovv")
EVERYONE = "Cijfers over veiligheid in de hele regio"
TOGETHER = "Samen tegen geldezels in de klas"
POLICE_ONLY = "Briefing over autodiefstal in de nacht"
MAYORS_AND_OVV = "Vuurwerk rond de jaarwisseling"
HARBOUR_TOPIC = "Nieuw hek bij de achterpoort"
MEETING = "Carrousel voor ambtenaren openbare orde"


@dataclass
class Office:
    """The editorial office of a test: the two heads, the communicator, the clock and the scheduler's jobs."""

    app: Flask
    clock: Clock
    stored: Stored
    var: StaffBrowser
    riec: StaffBrowser
    editor: StaffBrowser

    def tick(self) -> None:
        """Let the scheduler look once at everything."""
        with self.app.app_context():
            for job in JOBS:
                job.run()

    def move_to(self, moment: str) -> None:
        """Set the clock to closing time or the time of release, and let the scheduler look."""
        with self.stored() as session:
            edition = edition_numbered(session, 1)
            self.clock.now = edition.closes_at if moment == "closing" else edition.sends_at
        self.come_in()
        self.tick()

    def come_in(self) -> None:
        """Another day: everybody signs in."""
        for one in (self.var, self.riec, self.editor):
            one.sign_in()

    def queue(self, who: StaffBrowser, title: str, **fields: object) -> None:
        """Write an item in the form and queue it."""
        page = who.client.get("/redactie/kopij/nieuw", follow_redirects=True).text
        found = re.search(r'name="organisation"[^>]*value="(\d+)"', page)
        organisation = found[1] if found else ""
        values = {
            "organisation": organisation,
            "kind": "news",
            "title": title,
            "lead": f"Kort: {title.lower()}.",
            "priority": "1",
            "wachtrij": "1",
            "sleutel": value_in(page, "sleutel"),
        }
        answer = who.post("/redactie/kopij/nieuw", **(values | fields))
        assert answer.status_code == 302, answer.text

    def agree(self, who: StaffBrowser, title: str) -> None:
        """Stand behind a joint item that the other head made."""
        with self.stored() as session:
            found = session.scalars(select(Item).where(Item.title == title)).one()
            number, seen = found.id, found.version
        who.done(f"/redactie/kopij/{number}/akkoord", gezien=seen)

    def state(self) -> str:
        with self.stored() as session:
            return edition_numbered(session, 1).state

    def numbers(self) -> dict[str, int]:
        """The statement's numbers that are not nought."""
        with self.stored() as session:
            told = statement(session, edition_numbered(session, 1))
            assert told.adds_up
            return {name: count for name, count in vars_of(told).items() if count}


def vars_of(told: object) -> dict[str, int]:
    names = ("intended", "sent", "failed", "excluded", "cancelled", "uncertain", "open")
    return {name: getattr(told, name) for name in names}


def fresh(app: Flask) -> FlaskClient:
    """A browser with cookies of its own."""
    client = app.test_client()
    client.environ_base["wsgi.url_scheme"] = "https"
    client.environ_base["HTTP_HOST"] = "nieuwsbrief.example"
    return client


def fill_both_queues(office: Office) -> None:
    numbers = {slug: str(place) for place, slug in enumerate(SEGMENTS, 1)}
    office.queue(office.var, EVERYONE, topics=["2"])
    office.queue(office.riec, TOGETHER, joint="y", priority="2", kind="publication")
    office.agree(office.var, TOGETHER)
    office.queue(office.riec, POLICE_ONLY, segments=[numbers["politie"]], restricted="y")
    office.queue(office.var, MAYORS_AND_OVV, segments=[numbers["burgemeesters"], numbers["ovv"]])
    office.queue(office.riec, HARBOUR_TOPIC, topics=["1"])
    office.queue(
        office.var,
        MEETING,
        kind="event",
        segments=[numbers["ovv"]],
        day="2026-12-03",
        start_time="13:30",
        end_time="16:00",
        place="Stadhuis",
    )


def editions_in(mails: list[Received]) -> list[Received]:
    return [mail for mail in mails if mail.message["List-Id"]]
