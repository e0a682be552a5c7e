import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.staff.models import AuditEntry
from newsletter_service.staff.rules import Role
from newsletter_service.subscriptions.models import Subscriber
from tests.conftest import NOW
from tests.factories import make_subscriber
from tests.registry.conftest import ADDRESS, NAME
from tests.staff_browser import StaffBrowser, make_staff

Stored = Callable[[], AbstractContextManager[Session]]


@pytest.fixture
def desk(client: FlaskClient, stored: Stored) -> StaffBrowser:
    with stored() as session:
        email = make_staff(session, Role.COMMUNICATOR).email
    return StaffBrowser(client, email)


@pytest.fixture
def number(stored: Stored) -> int:
    with stored() as session:
        return session.scalars(select(Subscriber.id).where(Subscriber.address == ADDRESS)).one()


def test_the_screen_finds_readers_by_a_form_without_a_script(desk: StaffBrowser) -> None:
    page = desk.text("/redactie/lezers/?zoek=kwart")
    assert f"1 lezer Naam Organisatie Adres Doelgroep Toestand {NAME}" in page
    assert "Niemand gevonden." in desk.text("/redactie/lezers/?zoek=niemand&toestand=bounced")


def test_nonsense_in_the_address_is_passed_over(desk: StaffBrowser) -> None:
    assert NAME in desk.text(
        "/redactie/lezers/?doelgroep=x&controle=q&thema=-&toestand=kwijt&terug=9&taal=xx&domein="
    )


def test_a_domain_is_found_by_its_letters_and_shown_in_them(desk: StaffBrowser, stored: Stored) -> None:
    with stored() as session:
        make_subscriber(session, "p@xn--brlle-lva.example", now=NOW, name="Pia Groen")
    page = desk.get("/redactie/lezers/?domein=@BRÜLLE.example").text
    assert "Pia Groen" in page
    assert 'value="brülle.example"' in page


@pytest.mark.parametrize(
    "asked", ["endpoint=x", "_method=PUT", "_scheme=javascript&_external=1&_anchor=%0Aalert(1)", "values=x"]
)
def test_nothing_but_what_narrows_the_list_goes_into_the_address_of_the_next_page(
    desk: StaffBrowser, stored: Stored, asked: str
) -> None:
    with stored() as session:
        for number in range(51):
            make_subscriber(session, f"n{number}@vele.example", now=NOW, name="Velen")
    page = desk.get(f"/redactie/lezers/?zoek=velen&{asked}").text
    assert re.findall(r'href="([^"]*na=[^"]*)"', page) == [
        "/redactie/lezers/?na=velen+n8@vele.example&amp;zoek=velen"
    ]


def test_the_page_of_a_reader_says_all_that_matters(desk: StaffBrowser, number: int) -> None:
    page = desk.text(f"/redactie/lezers/{number}")
    for words in (
        NAME,
        ADDRESS,
        "Politie",
        "Haven",
        "Verstuurd",
        "Tijdelijk: later opnieuw (4.2.2)",
        "Bevestigde het adres met de link in de bevestigingsmail",
    ):
        assert words in page
    assert "/bevestigen" not in page


def test_what_is_done_for_a_reader_needs_a_reason_and_stands_in_the_trail(
    desk: StaffBrowser, number: int, stored: Stored
) -> None:
    refused = desk.post(f"/redactie/lezers/{number}/niet-meer-mailen", reason="")
    assert refused.status_code == 422
    assert "Schrijf op wie erom vroeg, en hoe." in refused.text
    said = desk.done(f"/redactie/lezers/{number}/niet-meer-mailen", reason="Belde zelf")
    assert "Dit adres wordt niet meer gemaild." in said
    assert "Een medewerker zette dit adres op 'niet meer mailen'." in said
    assert "De lezer kan zich weer aanmelden." in desk.done(
        f"/redactie/lezers/{number}/weer-mailen", reason="Belde zelf"
    )
    with stored() as session:
        done = session.scalars(
            select(AuditEntry).where(AuditEntry.subject_id == number).order_by(AuditEntry.id)
        )
        of_readers = [entry for entry in done if entry.subject_type == "subscriber"]
        assert [entry.action for entry in of_readers] == ["subscriber.suppress", "subscriber.allow"]
        assert {entry.actor.name for entry in of_readers if entry.actor} == {"Sam Sanders"}


def test_erasing_leads_back_to_the_list(desk: StaffBrowser, number: int) -> None:
    assert "De lezer is gewist." in desk.done(f"/redactie/lezers/{number}/wissen", reason="Belde zelf")
    assert desk.get(f"/redactie/lezers/{number}").status_code == 404


def test_administrators_who_answer_no_readers_see_none(
    client: FlaskClient, stored: Stored, number: int
) -> None:
    with stored() as session:
        email = make_staff(session, Role.ADMINISTRATOR, name="Bo Beheer").email
    admin = StaffBrowser(client, email)
    assert admin.get("/redactie/lezers/").status_code == 403
    assert admin.post(f"/redactie/lezers/{number}/wissen", reason="Zomaar").status_code == 403
    assert "/redactie/lezers" not in admin.get("/redactie/edities/").text
