from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Segment, Topic
from newsletter_service.publisher.models import Newsletter, Organisation
from newsletter_service.staff.rules import Role
from tests.conftest import NOW
from tests.factories import (
    COLOURS,
    make_newsletter,
    make_organisation,
    make_segment,
    make_subscriber,
    make_topic,
)
from tests.staff_browser import StaffBrowser, make_staff

Stored = Callable[[], AbstractContextManager[Session]]
BEHEER = "/redactie/beheer"
COLOUR_FIELDS = ("light_stroke", "light_ink", "light_tint", "dark_stroke", "dark_ink", "dark_tint")


@pytest.fixture
def anna(client: FlaskClient, stored: Stored) -> StaffBrowser:
    with stored() as session:
        make_newsletter(session)
        make_organisation(session, "noord", 1)
        make_organisation(session, "zuid", 2)
        make_segment(session, "politie", ("politie.example",))
        make_topic(session, "jeugd")
        email = make_staff(session, Role.ADMINISTRATOR, name="Anna Beheer").email
    return StaffBrowser(client, email)


def colours(number: int) -> dict[str, str]:
    return dict(zip(COLOUR_FIELDS, COLOURS[number].split(), strict=True))


def test_the_newsletter_is_changed_and_says_so_on_its_own_pages(anna: StaffBrowser) -> None:
    kept = anna.hidden(BEHEER, "began")
    typed = {
        "name": "Samen Veilig",
        "tagline_nl": "Nieuws",
        "tagline_en": "News",
        "postal_address": "Postbus 2",
    }
    answer = anna.post(BEHEER, **typed, **kept, closing_nl="Met groet van de redactie")
    assert answer.status_code == 303
    assert "Samen Veilig" in anna.text("/")
    assert "Met groet van de redactie" in anna.get(BEHEER).text
    assert "veranderde de nieuwsbrief: naam “Veilig Verbonden” werd “Samen Veilig”" in anna.text(
        "/redactie/logboek"
    )


def test_two_on_one_page_are_told_of_each_other(anna: StaffBrowser, stored: Stored) -> None:
    kept = anna.hidden(BEHEER, "began")
    with stored() as session:
        session.scalars(select(Newsletter)).one().name = "Van een ander"
    typed = {"name": "Van mij", "tagline_nl": "Nieuws", "tagline_en": "News", "postal_address": "Postbus 2"}
    answer = anna.post(BEHEER, **typed, **kept)
    assert (answer.status_code, "Iemand was u net voor" in answer.text) == (409, True)
    assert "Van een ander" in answer.text
    with stored() as session:
        assert session.scalars(select(Newsletter.name)).one() == "Van een ander"


def test_colours_that_cannot_be_read_are_refused_pair_by_pair(anna: StaffBrowser, stored: Stored) -> None:
    page = f"{BEHEER}/organisaties/1"
    kept = anna.hidden(page, "began")
    pale = colours(1) | {"light_ink": "#8fa9bb"}
    answer = anna.post(page, short_name="NOORD", name="Noord", **pale, **kept)
    assert answer.status_code == 422
    assert "de naam op het eigen vlak heeft een contrast van 2,1. Nodig is 4,5" in answer.text
    assert "de naam op het papier van de brief" in answer.text
    wrong = anna.post(page, short_name="NOORD", name="Noord", **(pale | {"light_ink": "blauw"}), **kept)
    assert "Dit is geen kleur" in wrong.text
    good = anna.post(page, short_name="NOORD", name="Noord", **colours(0), **kept)
    assert good.status_code == 303
    with stored() as session:
        assert session.get_one(Organisation, 1).colours == COLOURS[0]


def test_order_is_changed_by_buttons(anna: StaffBrowser, stored: Stored) -> None:
    assert anna.post(f"{BEHEER}/organisaties/2/hoger").status_code == 303
    with stored() as session:
        rows = session.scalars(select(Organisation).order_by(Organisation.position)).all()
        assert [one.slug for one in rows] == ["zuid", "noord"]


def test_what_is_added_is_offered_and_what_is_retired_is_not(anna: StaffBrowser, stored: Stored) -> None:
    anna.post(f"{BEHEER}/themas/nieuw", name_nl="Haven", name_en="Port")
    assert "Haven" in anna.text("/aanmelden")
    with stored() as session:
        number = session.scalars(select(Topic.id).where(Topic.slug == "haven")).one()
    assert anna.post(f"{BEHEER}/themas/{number}/niet-meer").status_code == 303
    assert "Haven" not in anna.text("/aanmelden")
    assert "doet niet meer mee" in anna.text(f"{BEHEER}/themas")
    assert "Anna Beheer liet thema Haven niet meer meedoen." in anna.text("/redactie/logboek")


def test_what_something_refers_to_says_so_and_stays(anna: StaffBrowser, stored: Stored) -> None:
    with stored() as session:
        make_subscriber(session, now=NOW, segments=(session.scalars(select(Segment)).one(),))
    page = anna.text(f"{BEHEER}/doelgroepen/1")
    assert "Verwijderen kan niet" in page
    answer = anna.client.get(anna.post(f"{BEHEER}/doelgroepen/1/weg").headers["Location"])
    assert "Er verwijst nog iets naar" in answer.text
    with stored() as session:
        assert session.get(Segment, 1) is not None


def test_a_name_that_is_there_already_is_refused(anna: StaffBrowser) -> None:
    answer = anna.post(f"{BEHEER}/themas/nieuw", name_nl="jeugd", name_en="Youth")
    assert (answer.status_code, "Deze naam is er al" in answer.text) == (422, True)


@pytest.mark.parametrize("path", ["", "/organisaties", "/doelgroepen/1", "/themas/nieuw"])
def test_only_administrators_come_in(
    client: FlaskClient, anna: StaffBrowser, stored: Stored, path: str
) -> None:
    with stored() as session:
        email = make_staff(session, Role.COMMUNICATOR, name="Sam Schrijver").email
    sam = StaffBrowser(client, email)
    assert sam.get(f"{BEHEER}{path}").status_code == 403
    assert sam.post(f"{BEHEER}{path}").status_code in (403, 405)


@pytest.mark.parametrize("path", ["/onzin", "/themas/999", "/themas/1/onzin"])
def test_what_is_not_there_is_not_found(anna: StaffBrowser, path: str) -> None:
    answer = (
        anna.post(f"{BEHEER}{path}")
        if path.endswith("/onzin") and "1" in path
        else anna.get(f"{BEHEER}{path}")
    )
    assert answer.status_code == 404
