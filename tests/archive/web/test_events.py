"""Events on the web and for agendas: one, all that are to come, and never one that not everybody may read."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy.orm import Session

from newsletter_service.editions.models import Edition, Placement
from tests.conftest import NOW, Clock
from tests.factories import make_item, make_newsletter, make_organisation, make_segment

Stored = Callable[[], AbstractContextManager[Session]]
BEGINS = datetime(NOW.year, NOW.month, NOW.day, 12, 30, tzinfo=UTC) + timedelta(days=17)


@pytest.fixture(autouse=True)
def told(stored: Stored) -> dict[str, int]:
    """An edition with two events, one of them restricted, and a piece of news; the ids of its items."""
    with stored() as session:
        make_newsletter(session)
        organisation, police = make_organisation(session), make_segment(session, "politie")
        items = [
            make_item(
                session,
                organisation,
                now=NOW,
                title="Regiodag, met lunch",
                kind="event",
                state="sent",
                starts_at=BEGINS,
            ),
            make_item(
                session,
                organisation,
                now=NOW,
                title="Besloten overleg",
                kind="event",
                state="sent",
                starts_at=BEGINS,
                segments=(police,),
                restricted=True,
            ),
            make_item(session, organisation, now=NOW, title="Nieuws", state="sent"),
        ]
        items[0].ends_at, items[0].place = BEGINS + timedelta(hours=2), "Stadhuis; zaal 1"
        edition = Edition(
            number=4,
            state="sent",
            subject="Onderwerp",
            closes_at=NOW - timedelta(days=2),
            sends_at=NOW,
            released_at=NOW,
            zone="Europe/Amsterdam",
        )
        edition.placements = [
            Placement(item=item, position=place, reason="turn") for place, item in enumerate(items)
        ]
        session.add(edition)
        session.flush()
        return {item.title: item.id for item in items}


def test_an_event_goes_into_ones_agenda_with_all_that_is_known_of_it(
    client: FlaskClient, told: dict[str, int]
) -> None:
    anchor = f"bericht-{told['Regiodag, met lunch']}"
    page = client.get(f"/archief/4/{anchor}").text
    assert f'href="/archief/4/{anchor}.ics"' in page
    answer = client.get(f"/archief/4/{anchor}.ics")
    assert (answer.mimetype, "Set-Cookie" in answer.headers) == ("text/calendar", False)
    (event,) = Calendar.from_ical(answer.text).events
    assert event["summary"] == "Regiodag, met lunch"
    assert event["location"] == "Stadhuis; zaal 1"
    assert (event.start, event.end) == (BEGINS, BEGINS + timedelta(hours=2))
    assert event["url"] == f"https://nieuwsbrief.example/archief/4/{anchor}"
    again = client.get(f"/archief/4/{anchor}.ics", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("title", ["Besloten overleg", "Nieuws"])
def test_what_is_no_event_or_not_for_everybody_goes_into_no_agenda(
    client: FlaskClient, told: dict[str, int], title: str
) -> None:
    assert client.get(f"/archief/4/bericht-{told[title]}.ics").status_code == 404


def test_the_agenda_has_what_is_to_come_and_its_feed_what_was_too(client: FlaskClient, clock: Clock) -> None:
    for address in ("/archief/agenda", "/archief/agenda.ics"):
        text = client.get(address).text
        assert "Regiodag" in text
        assert "Besloten overleg" not in text
    assert 'href="/archief/agenda"' in client.get("/").text
    clock.move(hours=24 * 18)
    assert "Er zijn nu geen bijeenkomsten bekend." in client.get("/archief/agenda").text
    assert len(Calendar.from_ical(client.get("/archief/agenda.ics").text).events) == 1
