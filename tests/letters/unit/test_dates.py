from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from newsletter_service.letters.dates import clock, leaf, when

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
START = datetime(2026, 12, 10, 13, 30, tzinfo=AMSTERDAM)


def test_an_event_of_one_day_names_the_day_once() -> None:
    end = datetime(2026, 12, 10, 17, 0, tzinfo=AMSTERDAM)
    assert when(START, end, "nl", 2026) == "donderdag 10 december, 13.30–17.00 uur"


def test_an_event_without_an_end_names_its_start() -> None:
    assert when(START, None, "nl", 2026) == "donderdag 10 december, 13.30 uur"


def test_an_event_of_several_days_names_both() -> None:
    end = datetime(2026, 12, 11, 9, 5, tzinfo=AMSTERDAM)
    assert (
        when(START, end, "nl", 2026) == "donderdag 10 december, 13.30 uur tot vrijdag 11 december, 09.05 uur"
    )


def test_another_year_is_named() -> None:
    assert when(START, None, "nl", 2025) == "donderdag 10 december 2026, 13.30 uur"


def test_only_times_are_kept_in_one_piece() -> None:
    end = datetime(2026, 12, 10, 17, 0, tzinfo=AMSTERDAM)
    assert when(START, end, "nl", 2026, "<{}>".format) == "donderdag 10 december, <13.30–17.00 uur>"


def test_times_are_shown_in_the_zone_they_come_in() -> None:
    assert clock(START, "nl") == "13.30"
    assert clock(START.astimezone(UTC), "nl") == "12.30"


def test_english_writes_times_with_a_colon_and_24_hours() -> None:
    assert clock(START, "en") == "13:30"
    assert when(START, None, "en", 2026).startswith("Thursday 10 December, 13:30")


def test_the_leaf_has_month_and_weekday_without_a_dot() -> None:
    shown = leaf(START, "nl")
    assert (shown.month, shown.day, shown.weekday) == ("dec", "10", "do")
