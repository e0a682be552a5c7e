"""One edition, from the queues of two heads to the mailboxes of five segments."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, time, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Segment, Topic
from newsletter_service.delivery.models import Delivery
from newsletter_service.editions.models import Calendar, Edition
from newsletter_service.editions.service import edition_numbered, statement
from newsletter_service.letters.preview import html_of, text_of
from newsletter_service.staff.rules import Role
from scheduled_jobs.schedule import JOBS
from tests.conftest import NOW, Clock
from tests.factories import make_newsletter, make_organisation, make_segment, make_subscriber, make_topic
from tests.journeys.conftest import BASE
from tests.smtp_server import Received, RecordingServer
from tests.staff_browser import StaffBrowser, make_staff

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
        self.tick()

    def queue(self, who: StaffBrowser, title: str, **fields: object) -> None:
        """Write an item in the form and queue it."""
        page = who.get("/redactie/kopij/nieuw").text
        found = re.search(r'name="organisation"[^>]*value="(\d+)"', page)
        organisation = found[1] if found else ""
        values = {
            "organisation": organisation,
            "kind": "news",
            "title": title,
            "lead": f"Kort: {title.lower()}.",
            "priority": "1",
            "wachtrij": "1",
        }
        answer = who.post("/redactie/kopij/nieuw", **(values | fields))
        assert answer.status_code == 302, answer.text

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


def fresh(app: Flask) -> FlaskClient:
    """A browser with cookies of its own."""
    client = app.test_client()
    client.environ_base["wsgi.url_scheme"] = "https"
    client.environ_base["HTTP_HOST"] = "nieuwsbrief.example"
    return client


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


def fill_both_queues(office: Office) -> None:
    numbers = {slug: str(place) for place, slug in enumerate(SEGMENTS, 1)}
    office.queue(office.var, EVERYONE, topics=["2"])
    office.queue(office.riec, TOGETHER, joint="y", priority="2", kind="publication")
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


ALL = {EVERYONE, TOGETHER, POLICE_ONLY, MAYORS_AND_OVV, HARBOUR_TOPIC, MEETING}
EXPECTED = {
    "burgemeesters": {EVERYONE, TOGETHER, MAYORS_AND_OVV, HARBOUR_TOPIC},
    "om": {EVERYONE, TOGETHER, HARBOUR_TOPIC},
    "politie": {EVERYONE, TOGETHER, POLICE_ONLY, HARBOUR_TOPIC},
    "politie-elders": {EVERYONE, TOGETHER, HARBOUR_TOPIC},
    "beleidsadviseurs": {EVERYONE, TOGETHER, HARBOUR_TOPIC},
    "ovv": {EVERYONE, TOGETHER, MAYORS_AND_OVV, HARBOUR_TOPIC, MEETING},
    "haven": {TOGETHER, HARBOUR_TOPIC},
    "english": {EVERYONE, TOGETHER, HARBOUR_TOPIC},
}


def titles_in(mail: Received) -> set[str]:
    html, text = html_of(mail.content), " ".join(text_of(mail.content).split())
    in_html = {title for title in ALL if title in html}
    assert in_html == {title for title in ALL if title in text}
    return in_html


def editions_in(mails: list[Received]) -> list[Received]:
    return [mail for mail in mails if mail.message["List-Id"]]


def test_every_reader_gets_exactly_the_items_meant_for_them(
    office: Office, readers: dict[str, str], smtp: RecordingServer
) -> None:
    fill_both_queues(office)
    office.move_to("closing")
    assert office.state() == "composed"
    assert {mail.message["Subject"] for mail in smtp.received} == {"Editie 1 staat klaar"}
    assert len(smtp.received) == 3
    office.move_to("release")
    assert office.state() == "sent"
    for who, address in readers.items():
        (mail,) = editions_in(smtp.to(address))
        assert titles_in(mail) == EXPECTED[who], who
    assert office.numbers() == {"intended": len(readers), "sent": len(readers)}


def test_the_preview_of_a_segment_is_what_its_reader_gets(
    office: Office, readers: dict[str, str], smtp: RecordingServer
) -> None:
    fill_both_queues(office)
    office.move_to("closing")
    page = office.editor.text("/redactie/edities/1")
    assert "In deze editie" in page
    previews = {
        slug: office.editor.get(f"/redactie/edities/1/voorbeeld?doelgroep={slug}&taal=nl&vorm=html").text
        for slug in SEGMENTS
    }
    office.move_to("release")
    for slug in SEGMENTS:
        (mail,) = editions_in(smtp.to(readers[slug]))
        assert own_parts_removed(previews[slug]) == own_parts_removed(html_of(mail.content)), slug


def own_parts_removed(html: str) -> str:
    """The body alone: in its head a preview fixes the colour scheme that was asked for."""
    html = html[html.index("<body") :]
    html = re.sub(rf"{BASE}/(voorkeuren|afmelden)/[\w.-]+", r"\1", html)
    html = re.sub(r"Beste [^<]*,", "Beste,", html)
    return " ".join(html.split())


def test_what_the_communicator_changes_is_what_goes_out(
    office: Office, readers: dict[str, str], smtp: RecordingServer
) -> None:
    fill_both_queues(office)
    office.move_to("closing")
    with office.stored() as session:
        edition = edition_numbered(session, 1)
        dropped = next(p.item_id for p in edition.placements if p.item.title == EVERYONE)
        version = edition.version
    office.editor.done("/redactie/edities/1/eruit", item_id=dropped, bericht=dropped)
    with office.stored() as session:
        version = edition_numbered(session, 1).version
    office.editor.done(
        "/redactie/edities/1/teksten",
        subject="Vóór de jaarwisseling",
        preheader="Kort nieuws",
        introduction="Dit staat er **klaar**.",
        version=version,
    )
    office.move_to("release")
    (mail,) = editions_in(smtp.to(readers["om"]))
    assert mail.message["Subject"] == "Vóór de jaarwisseling"
    assert titles_in(mail) == {TOGETHER, HARBOUR_TOPIC}


def test_looking_twice_sends_once(office: Office, readers: dict[str, str], smtp: RecordingServer) -> None:
    fill_both_queues(office)
    office.move_to("closing")
    office.move_to("release")
    for _ in range(3):
        office.clock.move(minutes=10)
        office.tick()
    recipients = [mail.recipient for mail in editions_in(smtp.received)]
    assert sorted(recipients) == sorted(readers.values())


def test_a_reader_for_whom_nothing_is_left_is_written_down_as_excluded(
    office: Office, readers: dict[str, str], smtp: RecordingServer
) -> None:
    office.queue(office.riec, POLICE_ONLY, segments=["3"], restricted="y")
    office.move_to("closing")
    office.move_to("release")
    assert {mail.recipient for mail in editions_in(smtp.received)} == {readers["politie"]}
    assert office.numbers() == {"intended": 8, "sent": 1, "excluded": 7}


def test_a_held_edition_does_not_go_until_it_is_resumed(
    office: Office, readers: dict[str, str], smtp: RecordingServer
) -> None:
    fill_both_queues(office)
    office.move_to("closing")
    office.editor.done("/redactie/edities/1/vasthouden", reason="Er mist nog een bericht")
    assert office.state() == "held"
    office.move_to("release")
    assert office.state() == "held"
    assert editions_in(smtp.received) == []
    office.editor.done("/redactie/edities/1/hervatten")
    office.tick()
    assert office.state() == "sent"
    assert len(editions_in(smtp.received)) == len(readers)


def test_an_edition_that_is_hours_late_is_held_and_staff_are_asked(
    office: Office, readers: dict[str, str], smtp: RecordingServer
) -> None:
    fill_both_queues(office)
    office.move_to("closing")
    before = len(smtp.received)
    with office.stored() as session:
        office.clock.now = edition_numbered(session, 1).sends_at + timedelta(hours=6, minutes=1)
    office.tick()
    office.tick()
    assert office.state() == "held"
    assert editions_in(smtp.received) == []
    assert len(smtp.received) - before >= 3


def test_without_both_heads_an_edition_that_needs_them_waits(
    office: Office, readers: dict[str, str], smtp: RecordingServer
) -> None:
    with office.stored() as session:
        session.scalars(select(Calendar)).one().release_rule = "both"
    fill_both_queues(office)
    office.move_to("closing")
    office.move_to("release")
    assert office.state() == "held"
    assert editions_in(smtp.received) == []


def test_refusals_and_a_lost_connection_show_in_the_statement(
    office: Office, readers: dict[str, str], smtp: RecordingServer
) -> None:
    smtp.answers[readers["om"]] = "550 5.1.1 no such user"
    smtp.answers[readers["ovv"]] = "451 4.3.0 try later"
    smtp.after_data[readers["haven"]] = "drop"
    fill_both_queues(office)
    office.move_to("closing")
    office.move_to("release")
    assert office.state() == "sending"
    assert office.numbers() == {"intended": 8, "sent": 5, "failed": 1, "open": 2}
    del smtp.answers[readers["ovv"]]
    # What may or may not have arrived is sent twice more, then left to a person.
    for _ in range(2):
        office.clock.move(minutes=40)
        office.tick()
    office.tick()
    assert office.state() == "sent"
    assert office.numbers() == {"intended": 8, "sent": 6, "failed": 1, "uncertain": 1}
    assert len({mail.message["Message-ID"] for mail in smtp.to(readers["haven"])}) == 1


def test_the_next_edition_opens_when_one_closes(office: Office, readers: dict[str, str]) -> None:
    fill_both_queues(office)
    office.move_to("closing")
    with office.stored() as session:
        states = {edition.number: edition.state for edition in session.scalars(select(Edition))}
    assert states == {1: "composed", 2: "collecting"}


def test_letters_are_prepared_once_a_variant(office: Office, readers: dict[str, str]) -> None:
    fill_both_queues(office)
    office.move_to("closing")
    office.move_to("release")
    with office.stored() as session:
        edition = edition_numbered(session, 1)
        letters = set(
            session.scalars(select(Delivery.letter_id).where(Delivery.mailing_id == edition.mailing_id))
        )
    # Readers with the same items share a letter; the English one shares none.
    assert len(letters) == 6


def test_a_proof_comes_to_oneself_only(
    office: Office, readers: dict[str, str], smtp: RecordingServer
) -> None:
    fill_both_queues(office)
    office.move_to("closing")
    before = len(smtp.received)
    office.editor.done("/redactie/edities/1/proef", doelgroep="politie")
    office.tick()
    (proof,) = smtp.received[before:]
    assert proof.recipient == "coen.communicatie@redactie.example"
    assert str(proof.message["Subject"]).startswith("[Proef]")
