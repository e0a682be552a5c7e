"""The publishing calendar: who may change it, what it shows before it is saved, and what saving does."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.editions.models import Calendar, Edition
from newsletter_service.staff.models import AuditEntry
from newsletter_service.staff.rules import Role
from tests.conftest import NOW
from tests.factories import make_newsletter
from tests.staff_browser import StaffBrowser, make_staff, value_in, words

Stored = Callable[[], AbstractContextManager[Session]]
WEEKLY = {
    "every_weeks": "1",
    "weekday": "3",
    "first_day": "2026-11-26",
    "send_time": "09:00",
    "closing_days": "2",
    "closing_time": "12:00",
    "zone": "Europe/Amsterdam",
    "item_limit": "8",
    "text_limit": "1200",
    "silence_hours": "24",
}


@pytest.fixture
def administrator(client: FlaskClient, stored: Stored) -> StaffBrowser:
    with stored() as session:
        make_newsletter(session)
        session.add(Calendar(first_day=date(2026, 11, 26), send_time=time(9), closing_time=time(12)))
        session.add(
            Edition(
                number=12,
                closes_at=NOW + timedelta(days=1),
                sends_at=NOW + timedelta(days=3),
                zone="Europe/Amsterdam",
            )
        )
        email = make_staff(session, Role.ADMINISTRATOR, name="Bo Beheer").email
    return StaffBrowser(client, email)


def test_the_calendar_shows_the_next_three_editions(administrator: StaffBrowser) -> None:
    page = administrator.text("/redactie/kalender")
    for day in ("26 november 2026", "10 december 2026", "24 december 2026"):
        assert f"donderdag {day} om 09.00 uur" in page
    assert "kopij sluit dinsdag 24 november om 12.00 uur" in page


def test_what_is_wrong_is_named_in_the_order_of_the_page(administrator: StaffBrowser) -> None:
    wrong = {
        **WEEKLY,
        **dict.fromkeys(("send_time", "item_limit", "closing_days", "text_limit", "zone"), "?"),
    }
    page = administrator.post("/redactie/kalender", **wrong).text
    named = list(dict.fromkeys(re.findall(r'<li><a href="#(\w+)"', page)))
    assert named == ["send_time", "closing_days", "zone", "item_limit", "text_limit"]
    assert named == sorted(named, key=lambda name: page.index(f'id="{name}"'))


def test_only_administrators_come_here(
    client: FlaskClient, administrator: StaffBrowser, stored: Stored
) -> None:
    administrator.post("/redactie/uitloggen")
    with stored() as session:
        email = make_staff(session, Role.COMMUNICATOR, name="Marieke Midden").email
    communicator = StaffBrowser(client, email)
    assert communicator.get("/redactie/kalender").status_code == 403
    assert communicator.post("/redactie/kalender", **WEEKLY).status_code == 403


def test_looking_first_saves_nothing(administrator: StaffBrowser, stored: Stored) -> None:
    answer = administrator.post("/redactie/kalender", **WEEKLY, actie="bekijk")
    assert "als u dit bewaart" in answer.text
    assert "donderdag 3 december 2026 om 09.00 uur" in words(answer.text)
    with stored() as session:
        assert session.scalars(select(Calendar)).one().every_weeks == 2


def test_saving_moves_the_edition_that_still_collects(administrator: StaffBrowser, stored: Stored) -> None:
    page = administrator.done(
        "/redactie/kalender",
        **{**WEEKLY, "weekday": "4", "send_time": "10:30"},
        began=administrator.hidden("/redactie/kalender", "began")["began"],
        actie="bewaar",
    )
    assert "De kalender is bewaard." in page
    with stored() as session:
        edition = session.scalars(select(Edition)).one()
        assert edition.sends_at == datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
        assert edition.closes_at == datetime(2026, 11, 25, 11, 0, tzinfo=UTC)
        assert edition.text_limit == 1200
        assert session.scalars(select(AuditEntry.action)).all() == ["account.sign_in", "calendar.change"]
    trail = administrator.text("/redactie/logboek?soort=instellingen")
    assert "Bo Beheer veranderde de kalender: weken tussen edities “2” werd “1”" in trail


def test_two_people_who_change_different_settings_both_get_their_way(
    administrator: StaffBrowser, stored: Stored
) -> None:
    marks = administrator.hidden("/redactie/kalender", "began")["began"]
    as_it_was = {**WEEKLY, "every_weeks": "2"}
    for changed in ({"send_time": "10:30"}, {"item_limit": "5"}):
        page = administrator.done("/redactie/kalender", **as_it_was | changed, began=marks)
        assert "De kalender is bewaard." in page
    with stored() as session:
        row = session.scalars(select(Calendar)).one()
        assert (row.send_time, row.item_limit, row.every_weeks) == (time(10, 30), 5, 2)


def second_after(client: FlaskClient, first: StaffBrowser, stored: Stored) -> StaffBrowser:
    """Another administrator, at the same machine once the first has left it."""
    first.post("/redactie/uitloggen")
    with stored() as session:
        other = make_staff(session, Role.ADMINISTRATOR, name="Pim Beheer").email
    return StaffBrowser(client, other)


def test_the_second_who_changes_the_same_setting_is_told_whose_it_is(
    client: FlaskClient, administrator: StaffBrowser, stored: Stored
) -> None:
    marks = administrator.hidden("/redactie/kalender", "began")["began"]
    administrator.done("/redactie/kalender", **WEEKLY | {"weekday": "1"}, began=marks)
    second = second_after(client, administrator, stored)
    answer = second.post("/redactie/kalender", **WEEKLY | {"weekday": "4"}, began=marks)
    assert answer.status_code == 409
    page = words(answer.text)
    assert "Iemand was u net voor" in page
    assert "Op welke dag? dinsdag Gewijzigd door Bo Beheer" in page
    assert '<option selected value="4">' in answer.text
    assert "De komende edities, als u dit bewaart" in page
    assert "vrijdag 27 november 2026 om 09.00 uur" in page
    again = second.done(
        "/redactie/kalender", **WEEKLY | {"weekday": "4"}, began=value_in(answer.text, "began")
    )
    assert "De kalender is bewaard." in again
    with stored() as session:
        row = session.scalars(select(Calendar)).one()
        assert (row.weekday, row.every_weeks) == (4, 1)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("every_weeks", "0"),
        ("weekday", "9"),
        ("send_time", "25:00"),
        ("closing_days", "-1"),
        ("zone", "Europe/Nergens"),
        ("zone", "../../etc/localtime"),
        ("item_limit", "x"),
        ("text_limit", "199"),
        ("text_limit", "5001"),
        ("first_day", "2026-02-30"),
    ],
)
def test_settings_that_cannot_be_are_asked_again_beside_what_still_holds(
    administrator: StaffBrowser, stored: Stored, field: str, value: str
) -> None:
    answer = administrator.post("/redactie/kalender", **{**WEEKLY, field: value}, actie="bewaar")
    assert answer.status_code == 422
    page = words(answer.text)
    assert "klop" in page
    assert "De komende edities, zoals de kalender nu is" in page
    assert "donderdag 10 december 2026 om 09.00 uur" in page
    with stored() as session:
        assert session.scalars(select(Calendar)).one().every_weeks == 2


def test_two_changes_that_together_make_no_calendar_are_shown_beside_the_one_that_holds(
    client: FlaskClient, administrator: StaffBrowser, stored: Stored
) -> None:
    marks = administrator.hidden("/redactie/kalender", "began")["began"]
    theirs = WEEKLY | {"every_weeks": "2", "closing_time": "14:00", "weekday": "1"}
    administrator.done("/redactie/kalender", **theirs, began=marks)
    mine = WEEKLY | {"every_weeks": "2", "closing_days": "0", "send_time": "13:00", "weekday": "4"}
    answer = second_after(client, administrator, stored).post("/redactie/kalender", **mine, began=marks)
    assert answer.status_code == 409
    assert "De komende edities, zoals de kalender nu is" in words(answer.text)


def test_copy_that_closes_after_the_edition_went_out_is_refused(administrator: StaffBrowser) -> None:
    answer = administrator.post("/redactie/kalender", **{**WEEKLY, "closing_days": "0"}, actie="bewaar")
    assert answer.status_code == 422
    assert "De kopij moet sluiten voordat de editie uitgaat." in words(answer.text)


@pytest.mark.parametrize(
    ("first_day", "says"),
    [
        ("2027-03-28", "02.30 uur bestaat die dag niet"),
        ("2027-10-31", "02.30 uur komt die dag twee keer voor"),
    ],
)
def test_days_on_which_the_clocks_change_are_said_out_loud(
    administrator: StaffBrowser, first_day: str, says: str
) -> None:
    odd = {**WEEKLY, "weekday": "6", "send_time": "02:30", "first_day": first_day}
    answer = administrator.post("/redactie/kalender", **odd, actie="bekijk")
    assert says in words(answer.text)


def test_an_edition_on_a_holiday_or_in_a_recess_is_seen_beforehand(
    administrator: StaffBrowser, stored: Stored
) -> None:
    page = administrator.text("/redactie/kalender")
    assert "Dat valt in" not in page
    fields = {"period-name": "kerstvakantie", "period-first_day": "2026-12-19"}
    refused = administrator.post("/redactie/kalender/periode", **fields, **{"period-last_day": "2026-12-18"})
    assert refused.status_code == 422
    assert "De laatste dag ligt voor de eerste." in words(refused.text)
    page = administrator.done("/redactie/kalender/periode", **fields, **{"period-last_day": "2027-01-03"})
    assert "donderdag 24 december 2026 om 09.00 uur Dat valt in: kerstvakantie." in page
    page = administrator.done("/redactie/kalender/periode/1/weg")
    assert "“kerstvakantie” staat niet meer in de kalender." in page
    assert "Dat valt in" not in page
    assert "Deze periode stond al niet meer" in administrator.done("/redactie/kalender/periode/1/weg")
    with stored() as session:
        written = select(AuditEntry.action).where(AuditEntry.action.like("calendar.recess%"))
        assert session.scalars(written).all() == ["calendar.recess_add", "calendar.recess_remove"]
