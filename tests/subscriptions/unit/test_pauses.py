from datetime import UTC, date, datetime, timedelta

import pytest

from newsletter_service.subscriptions.pausing.rules import end_of_pause, is_paused, may_end_on, today

LATE_IN_THE_EVENING = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
"""In Amsterdam it is Tuesday already."""


def test_a_pause_ends_as_its_day_begins_on_readers_clocks() -> None:
    assert end_of_pause(date(2026, 12, 24)) == datetime(2026, 12, 23, 23, 0, tzinfo=UTC)
    assert end_of_pause(date(2027, 7, 1)) == datetime(2027, 6, 30, 22, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "may"),
    [
        (date(2026, 11, 24), False),
        (date(2026, 11, 25), True),
        (date(2027, 11, 25), True),
        (date(2027, 11, 26), False),
    ],
)
def test_a_pause_ends_between_tomorrow_and_a_year_from_now(day: date, may: bool) -> None:
    assert today(LATE_IN_THE_EVENING) == date(2026, 11, 24)
    assert may_end_on(day, LATE_IN_THE_EVENING) is may


def test_a_pause_is_over_from_its_very_end_on() -> None:
    end = end_of_pause(date(2026, 12, 24))
    assert is_paused(end, end - timedelta(microseconds=1))
    assert not is_paused(end, end)
    assert not is_paused(None, end)
