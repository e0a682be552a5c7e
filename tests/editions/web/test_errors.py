"""Errors in the forms about editions, and in the one about the calendar."""

import re

import pytest
from flask.testing import FlaskClient

from tests.editions.web.conftest import Office
from tests.staff_browser import StaffBrowser, words

LONG = "x" * 1001
CALENDAR = {
    "every_weeks": "0",
    "weekday": "2",
    "first_day": "2026-11-25",
    "send_time": "10:00",
    "closing_days": "0",
    "closing_time": "12:00",
    "zone": "Europe/Nergens",
    "item_limit": "8",
}


@pytest.mark.parametrize(
    ("path", "fields", "targets"),
    [
        ("teksten", {"subject": "", "preheader": LONG, "began": ""}, ["subject", "preheader"]),
        ("vasthouden", {"reason": LONG}, ["reason"]),
    ],
)
def test_what_is_wrong_is_said_in_the_title_and_at_the_top(
    communicator: StaffBrowser, path: str, fields: dict[str, str], targets: list[str]
) -> None:
    page = communicator.post(f"/redactie/edities/12/{path}", **fields).text
    assert "<title>Fout: Editie 12" in page
    assert re.findall(r'<li><a href="#(\w+)">', page[page.index('id="fouten"') :])[: len(targets)] == targets
    assert LONG in page
    assert "maxlength" not in page


def test_all_that_is_wrong_with_a_calendar_is_said_at_once(client: FlaskClient, office: Office) -> None:
    page = StaffBrowser(client, office.administrator).post("/redactie/kalender", **CALENDAR).text
    said = words(page)
    for part in ("van 1 tot 26", "moet sluiten voordat", "Deze tijdzone kennen we niet."):
        assert part in said
    assert "<title>Fout: Kalender" in page
