from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, time, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.editions.models import Calendar, Edition, Placement
from newsletter_service.subscriptions.requests.models import FormRequest
from tests.conftest import NOW
from tests.factories import make_item, make_newsletter, make_organisation, make_segment

Stored = Callable[[], AbstractContextManager[Session]]


@pytest.fixture
def published(stored: Stored) -> None:
    """Two organisations, an edition that went out with an event to come, and the next one."""
    with stored() as session:
        make_newsletter(session)
        north = make_organisation(session, "noord", 1)
        make_organisation(session, "zuid", 2)
        make_segment(session, "politie")
        session.add(Calendar(every_weeks=2, first_day=NOW.date(), send_time=time(9), closing_time=time(12)))
        event = make_item(
            session,
            north,
            now=NOW,
            title="Bijeenkomst",
            kind="event",
            state="sent",
            starts_at=NOW + timedelta(days=9),
        )
        over = make_item(
            session,
            north,
            now=NOW,
            title="Voorbij",
            kind="event",
            state="sent",
            starts_at=NOW - timedelta(days=1),
        )
        _add(session, 1, "sent", NOW - timedelta(days=3), event, over)
        _add(session, 2, "collecting", datetime(2026, 12, 10, 8, tzinfo=UTC))


def _add(session: Session, number: int, state: str, sends_at: datetime, *items: object) -> None:
    edition = Edition(
        number=number,
        state=state,
        subject=f"Onderwerp {number}",
        closes_at=sends_at - timedelta(days=2),
        sends_at=sends_at,
        zone="Europe/Amsterdam",
    )
    edition.placements = [Placement(item=item, position=at, reason="turn") for at, item in enumerate(items)]
    session.add(edition)


@pytest.mark.usefixtures("published")
def test_the_front_door_says_who_when_how_often_and_what_the_last_letter_was(client: FlaskClient) -> None:
    page = client.get("/").text
    for words in (
        "Samenwerking Noord",
        "ZUID",
        "donderdag 10 december",
        "elke 2 weken",
        "Onderwerp 1",
        "Bijeenkomst",
    ):
        assert words in page, words


@pytest.mark.usefixtures("published")
def test_only_events_to_come_stand_in_the_agenda(client: FlaskClient) -> None:
    agenda = client.get("/").text.partition('id="agenda"')[2]
    assert "Bijeenkomst" in agenda
    assert "Voorbij" not in agenda


@pytest.mark.usefixtures("published")
def test_an_address_alone_is_enough_to_sign_up_in_the_language_of_the_page(
    client: FlaskClient, stored: Stored
) -> None:
    assert 'name="language" value="en"' in client.get("/?taal=en").text
    answer = client.post(
        "/aanmelden", data={"address": "nieuw@gemeente.example", "language": "en", "website": ""}
    )
    assert answer.status_code == 200
    with stored() as session:
        (sent,) = session.scalars(select(FormRequest)).all()
        assert sent.choices is not None
        assert (sent.address, sent.choices["language"]) == ("nieuw@gemeente.example", "en")


def test_before_anything_went_out_nothing_empty_stands_there(client: FlaskClient, stored: Stored) -> None:
    with stored() as session:
        make_newsletter(session)
    page = client.get("/").text
    for nothing in ("De laatste brief", "Agenda", "De volgende brief komt", "onderzoek van"):
        assert nothing not in page


@pytest.mark.parametrize("path", ["/contact", "/toegankelijkheid"])
def test_what_the_site_says_about_itself_names_whom_to_write_to(
    client: FlaskClient, stored: Stored, path: str
) -> None:
    with stored() as session:
        make_newsletter(session)
    assert "mailto:" in client.get(path).text


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("path", ["/", "/contact", "/archief/", "/archief/1", "/archief/99"])
@pytest.mark.parametrize("asked", ["endpoint=x", "self=1", "_method=PUT", "_scheme=javascript", "number=x"])
def test_nothing_that_an_address_asks_breaks_a_page_or_its_choice_of_language(
    client: FlaskClient, path: str, asked: str
) -> None:
    answer = client.get(f"{path}?{asked}&_external=1")
    assert answer.status_code == (404 if path == "/archief/99" else 200)
    assert f'href="{path}?taal=en&amp;{asked}&amp;_external=1"' in answer.text


@pytest.mark.usefixtures("published")
def test_an_edition_that_is_late_is_not_announced_as_the_next_letter(
    client: FlaskClient, stored: Stored
) -> None:
    with stored() as session:
        _add(session, 3, "composed", NOW - timedelta(hours=1))
    assert "De volgende brief komt op donderdag 10 december." in client.get("/").text


@pytest.mark.parametrize("count", [1, 2, 3])
def test_as_many_strokes_as_organisations_and_a_bridge_for_two(
    client: FlaskClient, stored: Stored, count: int
) -> None:
    with stored() as session:
        make_newsletter(session)
        for place, slug in enumerate(("noord", "zuid", "west")[:count], 1):
            make_organisation(session, slug, place)
    page = client.get("/").text
    brand = page.partition('class="brand"')[2].partition("</svg>")[0]
    assert [f'class="accent-{place}"' in brand for place in (1, 2, 3)] == [
        place <= count for place in (1, 2, 3)
    ]
    assert page.count('class="org flow accent-') == count
    assert ('class="bridge"' in page) == (count == 2)
    style = client.get("/huisstijl.css").text
    assert [f".accent-{place} " in style for place in (1, 2, 3)] == [place <= count for place in (1, 2, 3)]
