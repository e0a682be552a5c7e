import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, time, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.delivery.models import Mailing
from newsletter_service.editions.models import Correction, Edition, Placement
from newsletter_service.editorial.models import Item
from newsletter_service.publisher.models import Organisation
from newsletter_service.staff.models import User
from newsletter_service.staff.rules import Role
from tests.conftest import NOW
from tests.factories import make_item, make_newsletter, make_organisation, make_segment
from tests.staff_browser import make_staff

Stored = Callable[[], AbstractContextManager[Session]]
Publish = Callable[..., None]


@pytest.fixture
def publish(stored: Stored) -> Publish:
    """Put an edition with these items into the database as if it had gone out."""
    with stored() as session:
        make_newsletter(session)
        make_organisation(session, "noord", 1)

    def add(number: int, *titles: str, state: str = "sent") -> None:
        with stored() as session:
            items = session.scalars(select(Item).where(Item.title.in_(titles))).all()
            edition = Edition(
                number=number,
                state=state,
                subject=f"Onderwerp {number}",
                preheader="Waar het over gaat",
                introduction="Welkom bij **deze** editie.",
                closes_at=NOW - timedelta(days=2),
                sends_at=NOW,
                released_at=NOW if state in ("sending", "sent") else None,
                zone="Europe/Amsterdam",
            )
            edition.placements = [
                Placement(item=item, position=titles.index(item.title), reason="turn") for item in items
            ]
            session.add(edition)

    return add


@pytest.fixture
def items(stored: Stored, publish: Publish) -> None:
    """One item for everybody, one for a segment, one with restricted access, and an event."""
    with stored() as session:
        organisation = session.scalars(select(Organisation)).one()
        police = make_segment(session, "politie")
        starts = datetime.combine(NOW.date() + timedelta(days=17), time(12, 30), UTC)
        make_item(session, organisation, now=NOW, title="Voor iedereen", state="sent")
        make_item(session, organisation, now=NOW, title="Voor politie", state="sent", segments=(police,))
        make_item(
            session, organisation, now=NOW, title="Geheim", state="sent", segments=(police,), restricted=True
        )
        make_item(
            session, organisation, now=NOW, title="Bijeenkomst", kind="event", state="sent", starts_at=starts
        )


def test_before_the_first_edition_there_is_an_invitation(client: FlaskClient, publish: Publish) -> None:
    page = client.get("/archief").text
    assert "nog geen editie verstuurd" in page
    assert 'href="/aanmelden"' in page


def test_only_what_went_out_is_listed_the_latest_first(client: FlaskClient, publish: Publish) -> None:
    for number, state in enumerate(("sent", "cancelled", "sending", "held", "composed", "collecting"), 1):
        publish(number, state=state)
    page = client.get("/archief").text
    assert page.index("Onderwerp 3") < page.index("Onderwerp 1")
    for number in (2, 4, 5, 6):
        assert f"Onderwerp {number}" not in page
        assert client.get(f"/archief/{number}").status_code == 404


@pytest.mark.usefixtures("items")
def test_an_edition_shows_everything_but_what_has_restricted_access(
    client: FlaskClient, publish: Publish
) -> None:
    publish(1, "Voor iedereen", "Geheim", "Voor politie", "Bijeenkomst")
    page = client.get("/archief/1").text
    for words in (
        "Onderwerp 1",
        "<strong>deze</strong>",
        "Voor iedereen",
        "Voor politie",
        "<strong>nadruk</strong>",
    ):
        assert words in page
    assert "Geheim" not in page
    assert "geheim" not in page
    assert "ook berichten met beperkte toegang" in page
    assert "donderdag 10 december, 13.30 uur" in page


@pytest.mark.usefixtures("items")
def test_an_edition_without_restricted_items_mentions_none(client: FlaskClient, publish: Publish) -> None:
    publish(1, "Voor iedereen")
    assert "beperkte toegang" not in client.get("/archief/1").text


@pytest.mark.usefixtures("items")
def test_every_item_has_a_place_that_a_letter_leads_to(
    client: FlaskClient, publish: Publish, stored: Stored
) -> None:
    publish(1, "Voor iedereen")
    with stored() as session:
        item = session.scalars(select(Item).where(Item.title == "Voor iedereen")).one()
        anchor = f"bericht-{item.id}"
    assert f' id="{anchor}"' in client.get("/archief/1").text


@pytest.mark.usefixtures("items")
def test_what_staff_wrote_is_marked_as_dutch_on_an_english_page(
    client: FlaskClient, publish: Publish
) -> None:
    publish(1, "Voor iedereen")
    page = client.get("/archief/1?taal=en").text
    assert '<html lang="en"' in page
    assert '<h1 lang="nl">Onderwerp 1</h1>' in page
    assert "<h1>" in client.get("/archief/1").text


@pytest.mark.usefixtures("items")
def test_the_archive_needs_no_inline_style_or_script_and_no_cookie(
    client: FlaskClient, publish: Publish
) -> None:
    publish(1, "Voor iedereen", "Bijeenkomst")
    for path in ("/archief", "/archief/", "/archief/1", "/archief/1/"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "style=" not in answer.text
        assert "<script" not in answer.text
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("number", ["0", "99", "-1", "een", "1" * 30])
def test_an_edition_that_is_not_there_is_answered_in_words(
    client: FlaskClient, publish: Publish, number: str
) -> None:
    publish(1)
    answer = client.get(f"/archief/{number}")
    assert answer.status_code == 404
    assert "<h1>" in answer.text


@pytest.mark.usefixtures("items")
def test_the_words_for_a_readers_own_links_lead_to_where_one_signs_up(
    client: FlaskClient, publish: Publish, stored: Stored
) -> None:
    publish(1, "Voor iedereen")
    with stored() as session:
        session.scalars(select(Edition)).one().introduction = "[mijn keuzes](voorkeuren) en [weg](afmelden)"
    page = client.get("/archief/1").text
    assert page.count('href="https://nieuwsbrief.example/aanmelden">mijn keuzes</a>') == 1
    assert page.count('href="https://nieuwsbrief.example/aanmelden">weg</a>') == 1


@pytest.fixture
def correct(stored: Stored, app: Flask) -> Callable[..., int]:
    """Put a correction of an edition into the database, sent unless it `waits`; its number."""

    def add(number: int, text: str, *, about: str = "", waits: bool = False) -> int:
        with stored() as session:
            edition = session.scalars(select(Edition).where(Edition.number == number)).one()
            item = session.scalars(select(Item).where(Item.title == about)).first()
            with app.app_context():
                user = session.scalars(select(User)).first() or make_staff(session, Role.COMMUNICATOR)
            correction = Correction(
                edition_id=edition.id, user_id=user.id, subject="Correctie", text=text, item=item
            )
            if not waits:
                correction.mailing, correction.released_at = Mailing(created_at=NOW), NOW
            session.add(correction)
            session.flush()
            return correction.id

    return add


@pytest.mark.usefixtures("items")
def test_a_correction_stands_at_its_item_or_at_the_top(
    client: FlaskClient, publish: Publish, correct: Callable[..., int]
) -> None:
    publish(1, "Voor iedereen", "Geheim", "Bijeenkomst")
    general = correct(1, "Er stond een **fout** in de inleiding.")
    at_item = correct(1, "De zaal is een andere.", about="Bijeenkomst")
    correct(1, "Dit is nog niet verstuurd.", waits=True)
    correct(1, "Dit mag niet iedereen lezen.", about="Geheim")
    page = client.get("/archief/1").text.partition("<article")[2]
    places = [page.index(f'id="correctie-{general}"'), page.index("Voor iedereen"), page.index("Bijeenkomst")]
    assert places == sorted(places)
    assert page.index("Bijeenkomst") < page.index(f'id="correctie-{at_item}"')
    assert "<strong>fout</strong>" in page
    assert "De zaal is een andere." in page
    assert "nog niet verstuurd" not in page
    assert "niet iedereen" not in page


@pytest.mark.usefixtures("items")
def test_of_an_edition_that_was_stopped_only_its_correction_is_left(
    client: FlaskClient, publish: Publish, correct: Callable[..., int]
) -> None:
    publish(1, "Voor iedereen", state="held")
    correct(1, "Deze editie klopte niet.", waits=True)
    assert client.get("/archief/1").status_code == 404
    correct(1, "Deze editie klopte niet.")
    page = client.get("/archief/1").text
    assert "Het versturen van deze editie is gestopt." in page
    assert "Deze editie klopte niet." in page
    assert "Voor iedereen" not in page
    assert "Welkom bij" not in page
    assert "/archief/1" not in client.get("/archief").text


def test_an_item_has_a_page_of_its_own_that_leads_to_the_next(
    client: FlaskClient, publish: Publish, items: None
) -> None:
    publish(1, "Voor iedereen", "Geheim", "Bijeenkomst")
    first = re.findall(r'href="(/archief/1/bericht-\d+)"', client.get("/archief/1").text)[0]
    page = client.get(first).text
    assert "<h1>Voor iedereen</h1>" in page
    assert "Bijeenkomst</b>" in page
    assert "Geheim" not in page


def test_the_pages_show_a_text_whole_that_the_letter_cuts(
    client: FlaskClient, publish: Publish, items: None, stored: Stored
) -> None:
    with stored() as session:
        item = session.scalars(select(Item).where(Item.title == "Voor iedereen")).one()
        item.body = "Lang uitgelegd. " * 100
        address = f"/archief/1/bericht-{item.id}"
    publish(1, "Bijeenkomst", "Voor iedereen")
    for page in ("/archief/1", address):
        text = client.get(page).text
        assert text.count("Lang uitgelegd.") == 100
        assert "Lees verder op onze website" not in text


def test_no_page_shows_an_item_that_not_everybody_may_read(
    client: FlaskClient, publish: Publish, items: None, stored: Stored
) -> None:
    publish(1, "Voor iedereen", "Geheim")
    publish(2, "Bijeenkomst", state="composed")
    with stored() as session:
        ids = {one.title: one.id for one in session.scalars(select(Item))}
    assert client.get(f"/archief/1/bericht-{ids['Voor iedereen']}").status_code == 200
    for address in (
        f"1/bericht-{ids['Geheim']}",
        f"1/bericht-{ids['Voor politie']}",
        "1/bericht-x",
        f"2/bericht-{ids['Bijeenkomst']}",
    ):
        assert client.get(f"/archief/{address}").status_code == 404, address


def test_the_list_names_headlines_and_never_a_restricted_one(
    client: FlaskClient, publish: Publish, items: None
) -> None:
    publish(1, "Voor iedereen", "Geheim")
    page = client.get("/archief").text
    assert "Voor iedereen" in page
    assert "Geheim" not in page
