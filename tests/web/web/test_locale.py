"""The language of a page, and moments and numbers as people read them."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from newsletter_service.web.formatting import date_text, moment, moment_parts, number_text, time_text
from newsletter_service.web.locale import use_language
from tests.factories import make_newsletter

Stored = Callable[[], AbstractContextManager[Session]]
NINE = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def named_site(stored: Stored) -> None:
    with stored() as session:
        make_newsletter(session)


def test_pages_are_dutch_unless_their_address_says_otherwise(client: FlaskClient) -> None:
    assert '<html lang="nl"' in client.get("/aanmelden").text
    assert '<html lang="en"' in client.get("/aanmelden?taal=en").text
    assert '<html lang="nl"' in client.get("/aanmelden?taal=xx").text


def test_links_on_a_page_keep_its_language(client: FlaskClient) -> None:
    page = client.get("/aanmelden?taal=en").text
    assert "/archief/?taal=en" in page
    assert "/aanmelden?taal=nl" in page
    assert re.search(r"/stijl/lezers\.css\?[^\"]*taal", page) is None
    assert "?taal=" not in client.get("/aanmelden").text.partition("<main")[2]


def test_a_readers_own_language_yields_to_what_the_address_asks(app: Flask) -> None:
    with app.test_request_context("/voorkeuren/x"):
        use_language("en")
        assert moment(NINE, "long") == "Thursday 26 November at 09:00"
    with app.test_request_context("/voorkeuren/x?taal=nl"):
        use_language("en")
        assert moment(NINE, "long") == "donderdag 26 november om 09.00 uur"


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ("short", "26 nov, 09.00 uur"),
        ("medium", "do 26 nov, 09.00 uur"),
        ("long", "donderdag 26 november om 09.00 uur"),
        ("full", "donderdag 26 november 2026 om 09.00 uur"),
    ],
)
def test_moments_read_as_dutch_people_write_them(app: Flask, form: str, says: str) -> None:
    with app.test_request_context("/"):
        assert moment(NINE, form) == says


def test_days_times_and_numbers_follow_suit(app: Flask) -> None:
    with app.test_request_context("/"):
        assert date_text(NINE) == "do 26 nov"
        assert date_text(date(2026, 12, 10), "short") == "10 dec"
        assert time_text(NINE) == time_text(time(9)) == "09.00 uur"
        assert number_text(1284) == "1.284"


def test_scripts_put_moments_together_as_pages_do(app: Flask) -> None:
    for language, template in (
        ("nl", "{weekday} {day} {month} om {hour}.{minute} uur"),
        ("en", "{weekday} {day} {month} at {hour}:{minute}"),
    ):
        with app.test_request_context(f"/?taal={language}"):
            assert moment_parts() == template
            parts = {
                "weekday": date_text(NINE, "long").split()[0],
                "day": 26,
                "month": "november",
                "hour": "09",
                "minute": "00",
            }
            assert template.format(**parts).lower() == moment(NINE, "long").lower()


def test_a_moment_without_a_zone_is_a_mistake(app: Flask) -> None:
    with app.test_request_context("/"), pytest.raises(TypeError):
        moment(NINE.replace(tzinfo=None))
