"""Days on which fewer people read."""

from datetime import date

import pytest

from newsletter_service.editions.calendar.days_off import Holiday, Period, day_off, holiday


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2027, 1, 1), Holiday.NEW_YEAR),
        (date(2026, 4, 3), Holiday.GOOD_FRIDAY),
        (date(2026, 4, 6), Holiday.EASTER),
        (date(2026, 4, 27), Holiday.KINGS_DAY),
        (date(2025, 4, 26), Holiday.KINGS_DAY),  # the 27th was a Sunday
        (date(2025, 4, 27), None),
        (date(2025, 5, 5), Holiday.LIBERATION_DAY),
        (date(2026, 5, 5), None),
        (date(2026, 5, 14), Holiday.ASCENSION),
        (date(2026, 5, 15), Holiday.DAY_AFTER_ASCENSION),
        (date(2026, 5, 25), Holiday.PENTECOST),
        (date(2026, 12, 26), Holiday.CHRISTMAS),
        (date(2026, 11, 27), None),
    ],
)
def test_public_holidays_of_the_netherlands_are_known(day: date, expected: Holiday | None) -> None:
    assert holiday(day) is expected


def test_a_period_counts_on_both_its_ends_and_a_holiday_within_it_says_more() -> None:
    winter = Period("kerstvakantie", date(2026, 12, 19), date(2027, 1, 3))
    assert [day_off(day, [winter]) for day in (winter.first_day, winter.last_day)] == [winter] * 2
    assert day_off(date(2026, 12, 25), [winter]) is Holiday.CHRISTMAS
    assert day_off(date(2027, 1, 4), [winter]) is None
