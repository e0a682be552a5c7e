from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter_service.editions.calendar.rules import (
    BadCalendar,
    Rhythm,
    Slot,
    next_slot,
    slot_following,
    slots,
)

ZONE = "Europe/Amsterdam"


def rhythm(**changes: Any) -> Rhythm:
    """Every second Thursday at 09:00, closing two days earlier at 12:00."""
    settings: dict[str, Any] = {
        "every_weeks": 2,
        "weekday": 3,
        "first_day": date(2026, 11, 26),
        "send_time": time(9),
        "closing_days": 2,
        "closing_time": time(12),
        "zone": ZONE,
    }
    return Rhythm(**(settings | changes))


def utc(month: int, day: int, hour: int, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


FIRST = Slot(closes_at=utc(11, 24, 11), sends_at=utc(11, 26, 8))
SECOND = Slot(closes_at=utc(12, 8, 11), sends_at=utc(12, 10, 8))


def test_the_next_edition_is_the_first_whose_copy_is_open() -> None:
    assert next_slot(rhythm(), utc(11, 23, 9)) == FIRST
    assert next_slot(rhythm(), utc(11, 24, 10, 59)) == FIRST
    assert next_slot(rhythm(), utc(11, 24, 11)) == SECOND


def test_an_edition_that_was_planned_already_is_not_planned_again() -> None:
    assert next_slot(rhythm(), utc(11, 23, 9), after=FIRST.sends_at) == SECOND


def test_nothing_goes_out_before_the_first_day() -> None:
    assert next_slot(rhythm(), utc(1, 1, 9)) == FIRST


def test_a_first_day_on_another_weekday_counts_from_the_next_right_one() -> None:
    assert next_slot(rhythm(first_day=date(2026, 11, 20)), utc(1, 1, 9)) == FIRST


def test_after_a_long_silence_missed_slots_are_skipped() -> None:
    slot = next_slot(rhythm(), utc(5, 1, 9, year=2027), after=FIRST.sends_at)
    assert slot.sends_at == utc(5, 13, 7, year=2027)


def test_the_hour_on_the_clock_stays_when_the_clock_changes() -> None:
    around = list(islice(slots(rhythm(every_weeks=1), utc(3, 15, 9, year=2027)), 3))
    local = [slot.sends_at.astimezone(ZoneInfo(ZONE)) for slot in around]
    assert [moment.hour for moment in local] == [9, 9, 9]
    assert around[1].sends_at - around[0].sends_at == timedelta(days=7)
    assert around[2].sends_at - around[1].sends_at == timedelta(days=7) - timedelta(hours=1)


def test_a_time_that_does_not_exist_on_the_day_is_the_first_that_does() -> None:
    nightly = rhythm(weekday=6, first_day=date(2027, 3, 28), send_time=time(2, 30))
    assert next_slot(nightly, utc(3, 1, 0, year=2027)).sends_at == utc(3, 28, 1, year=2027)


def test_the_slot_after_an_edition_does_not_depend_on_whether_copy_is_open() -> None:
    assert slot_following(rhythm(), FIRST.sends_at) == SECOND
    assert slot_following(rhythm(), FIRST.sends_at - timedelta(hours=1)) == FIRST


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"every_weeks": 0}, "every_weeks"),
        ({"weekday": 7}, "weekday"),
        ({"closing_days": -1}, "closing_time"),
        ({"closing_days": 0, "closing_time": time(9)}, "closing_time"),
    ],
)
def test_settings_that_are_no_calendar_are_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(BadCalendar) as refused:
        rhythm(**changes)
    assert refused.value.field == field


@given(
    st.builds(
        rhythm,
        every_weeks=st.integers(1, 6),
        weekday=st.integers(0, 6),
        first_day=st.dates(date(2025, 1, 1), date(2027, 12, 31)),
        send_time=st.times().map(lambda moment: moment.replace(second=0, microsecond=0)),
        closing_days=st.integers(1, 20),
    ),
    st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  # bounds, to which hypothesis adds the zone
)
def test_slots_follow_each_other_and_close_before_they_go_out(settings: Rhythm, now: datetime) -> None:
    found = list(islice(slots(settings, now), 4))
    assert all(now < slot.closes_at < slot.sends_at for slot in found)
    assert [slot.sends_at for slot in found] == sorted({slot.sends_at for slot in found})
    assert all(slot_following(settings, a.sends_at) == b for a, b in pairwise(found))
