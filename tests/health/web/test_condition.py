"""The page for administrators, and the line on every page of staff while something is wrong."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from newsletter_service.health import service
from newsletter_service.health.models import Trouble
from newsletter_service.health.rules import TroubleKind
from newsletter_service.health.service import Noted
from newsletter_service.staff.rules import Role
from tests.conftest import NOW, Clock
from tests.set_up import set_up_region
from tests.staff_browser import StaffBrowser, make_staff

Stored = Callable[[], AbstractContextManager[Session]]
PAGE = "/redactie/toestand"
PAGES = ("/redactie/", "/redactie/kopij/", "/redactie/edities", "/redactie/lezers/")


@pytest.fixture(autouse=True)
def staff(stored: Stored) -> None:
    with stored() as session:
        set_up_region(session, NOW)
        make_staff(session, Role.ADMINISTRATOR, Role.COMMUNICATOR, name="Bo Beheer")
        make_staff(session, Role.COMMUNICATOR, name="Marieke Midden")
        service.note_runs(session, [Noted("deliver", 1, NOW, NOW, None, "")], NOW)


@pytest.fixture
def administrator(client: FlaskClient) -> StaffBrowser:
    return StaffBrowser(client, "bo.beheer@redactie.example")


def add_trouble(stored: Stored, kind: TroubleKind, subject: str = "", **detail: str | int) -> None:
    with stored() as session:
        session.add(Trouble(kind=kind, subject=subject, detail=detail, began_at=NOW))


def test_where_nothing_is_wrong_the_page_says_so_and_no_other_page_says_anything(
    administrator: StaffBrowser,
) -> None:
    assert "Er is niets mis." in administrator.text(PAGE)
    assert "Brieven versturen" in administrator.text(PAGE)
    for page in PAGES:
        assert 'class="alarm' not in administrator.get(page).text


def test_every_page_of_staff_says_what_is_wrong_and_leads_administrators_to_it(
    administrator: StaffBrowser, stored: Stored
) -> None:
    add_trouble(stored, TroubleKind.EDITION_LATE, "4", due_at=NOW.isoformat())
    add_trouble(stored, TroubleKind.DISK, megabytes=12)
    for page in PAGES:
        html = administrator.get(page).text
        assert "Editie 4 is te laat" in html
        assert "Een schijf van de server is bijna vol" in html
        assert f'href="{PAGE}"' in html
    said = administrator.text(PAGE)
    assert "nog 12 MB vrij" in said
    assert "maandag 23 november om 10.00 uur" in said


def test_others_read_that_administrators_know(client: FlaskClient, stored: Stored) -> None:
    add_trouble(stored, TroubleKind.DISK, megabytes=12)
    others = StaffBrowser(client, "marieke.midden@redactie.example")
    assert "Een schijf van de server is bijna vol" in others.text("/redactie/")
    assert f'href="{PAGE}"' not in others.get("/redactie/").text
    assert others.get(PAGE).status_code == 403


def test_a_scheduler_that_is_silent_shows_before_anybody_wrote_it_down(
    administrator: StaffBrowser, clock: Clock
) -> None:
    clock.move(minutes=3)
    assert "De planner werkt niet" in administrator.text("/redactie/")
    assert "De planner werkt niet" in administrator.text(PAGE)


def test_a_job_that_fails_stands_first_with_its_kind_of_error(
    administrator: StaffBrowser, stored: Stored
) -> None:
    failing = Noted("read-bounces", 60, NOW, NOW, NOW - timedelta(hours=1), "ImapError")
    busy = Noted("compose-due", 5, NOW - timedelta(minutes=2), None, None, "")
    with stored() as session:
        service.note_runs(session, [failing, busy], NOW)
    said = administrator.text(PAGE)
    assert said.index("Lezen wat terugkomt") < said.index("Brieven versturen")
    assert "Mislukt" in said
    assert "ImapError" in said
    assert "Bezig sinds" in said


def test_what_is_over_stands_below(administrator: StaffBrowser, stored: Stored) -> None:
    with stored() as session:
        over = NOW + timedelta(hours=1)
        session.add(
            Trouble(kind=TroubleKind.DISK, subject="", detail={"megabytes": 3}, began_at=NOW, over_at=over)
        )
    assert "Er is niets mis." in administrator.text(PAGE)
    assert "Voorbij Een schijf van de server is bijna vol" in administrator.text(PAGE)
