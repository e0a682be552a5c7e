"""Staff read on every page that the service keeps still, and an administrator says how it goes on."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import time

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from newsletter_service.continuity.rules import Why
from newsletter_service.continuity.service import keep_still
from newsletter_service.editions.models import Calendar, Edition
from newsletter_service.staff.rules import Role
from tests.conftest import NOW
from tests.delivery.db.conftest import release
from tests.factories import make_newsletter, make_organisation
from tests.staff_browser import StaffBrowser, make_staff

Stored = Callable[[], AbstractContextManager[Session]]
LINE = "Er gaat niets uit, want deze gegevens zijn een kopie."


@pytest.fixture
def copy(stored: Stored) -> None:
    """A copy that was made while edition 3 was going out."""
    with stored() as session:
        make_newsletter(session)
        make_organisation(session)
        mailing = release(session, 5)
        session.add(Calendar(first_day=NOW.date(), send_time=time(9), closing_time=time(12)))
        edition = Edition(number=3, state="sending", closes_at=NOW, sends_at=NOW, zone="Europe/Amsterdam")
        edition.mailing_id = mailing.id
        session.add(edition)
        session.flush()
        keep_still(session.connection(), Why.RESTORED, NOW, known_at=NOW)


def browser_of(role: Role, client: FlaskClient, stored: Stored) -> StaffBrowser:
    with stored() as session:
        email = make_staff(session, role, organisation="noord", name=f"Sam {role.title()}").email
    return StaffBrowser(client, email)


@pytest.mark.usefixtures("copy")
def test_every_page_says_so_and_leads_to_what_is_known(client: FlaskClient, stored: Stored) -> None:
    staff = browser_of(Role.HEAD, client, stored)
    assert LINE in staff.text("/redactie/")
    page = staff.text("/redactie/stilstand")
    assert (
        "Deze kopie is van maandag 23 november 2026 om 10.00 uur. "
        "Daarna kunnen nog brieven van editie 3 zijn verstuurd." in page
    )
    assert "editie 3: nog 5 brieven" in page
    assert "Een beheerder zegt of de dienst met deze kopie verdergaat." in page
    assert "Ga verder met de rest" not in page


@pytest.mark.usefixtures("copy")
def test_one_press_of_an_administrator_lets_it_go_on_and_the_line_is_gone(
    client: FlaskClient, stored: Stored
) -> None:
    staff = browser_of(Role.ADMINISTRATOR, client, stored)
    answer = staff.post("/redactie/stilstand", antwoord="nothing_went_out")
    assert answer.status_code == 303
    page = staff.text("/redactie/stilstand")
    assert "De dienst gaat verder." in page
    assert LINE not in page
    assert LINE not in staff.text("/redactie/")
    staff.post("/redactie/stilstand", antwoord="nothing_went_out")
    assert "De dienst ging al verder." in staff.text("/redactie/stilstand")


@pytest.mark.usefixtures("copy")
def test_nobody_else_may_and_an_answer_has_to_be_one(client: FlaskClient, stored: Stored) -> None:
    staff = browser_of(Role.HEAD, client, stored)
    assert staff.post("/redactie/stilstand", antwoord="nothing_went_out").status_code == 403
    staff = browser_of(Role.ADMINISTRATOR, client, stored)
    assert staff.post("/redactie/stilstand", antwoord="anders").status_code == 400
    assert LINE in staff.text("/redactie/")
