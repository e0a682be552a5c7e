from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter_service.clock import AmbiguousTime, NonexistentTime, local_moment, recurring_moment

ZONE = "Europe/Amsterdam"
SPRING, AUTUMN = date(2027, 3, 28), date(2026, 10, 25)


def test_an_ordinary_time_is_the_moment_the_clock_shows_it() -> None:
    assert local_moment(date(2026, 11, 26), time(9), ZONE) == datetime(2026, 11, 26, 8, tzinfo=UTC)
    assert local_moment(date(2026, 7, 2), time(9), ZONE) == datetime(2026, 7, 2, 7, tzinfo=UTC)


@pytest.mark.parametrize("skipped", [time(2, 0), time(2, 30), time(2, 59)])
def test_a_time_that_the_clock_skips_is_refused(skipped: time) -> None:
    with pytest.raises(NonexistentTime):
        local_moment(SPRING, skipped, ZONE)


def test_a_time_that_comes_twice_is_asked() -> None:
    with pytest.raises(AmbiguousTime) as asked:
        local_moment(AUTUMN, time(2, 30), ZONE)
    first, second = asked.value.choices
    assert second - first == timedelta(hours=1)
    assert local_moment(AUTUMN, time(2, 30), ZONE, fold=0) == first
    assert local_moment(AUTUMN, time(2, 30), ZONE, fold=1) == second


@pytest.mark.parametrize(("day", "at"), [(SPRING, time(1, 59)), (SPRING, time(3)), (AUTUMN, time(1, 59))])
def test_the_edges_of_a_change_are_ordinary_times(day: date, at: time) -> None:
    assert local_moment(day, at, ZONE).astimezone(ZoneInfo(ZONE)).time() == at


def test_a_recurring_time_that_is_skipped_becomes_the_first_minute_after_the_gap() -> None:
    assert recurring_moment(SPRING, time(2, 30), ZONE) == datetime(2027, 3, 28, 1, tzinfo=UTC)


def test_a_recurring_time_that_comes_twice_is_the_first() -> None:
    assert recurring_moment(AUTUMN, time(2, 30), ZONE) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@given(
    st.dates(date(2020, 1, 1), date(2035, 12, 31)),
    st.times(timezones=st.none()),
    st.sampled_from([ZONE, "America/St_Johns", "Australia/Lord_Howe", "UTC"]),
)
def test_a_moment_that_is_taken_shows_the_time_that_was_asked_for(day: date, at: time, zone: str) -> None:
    at = at.replace(fold=0)
    try:
        moment = local_moment(day, at, zone, fold=0)
    except NonexistentTime:
        return
    shown = moment.astimezone(ZoneInfo(zone))
    assert (shown.date(), shown.time().replace(fold=0)) == (day, at)
    assert recurring_moment(day, at, zone) == moment
