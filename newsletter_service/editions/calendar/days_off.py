"""Days on which fewer people read: Dutch public holidays, and the recesses that staff wrote down. Pure decisions."""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from dateutil.easter import easter


class Holiday(StrEnum):
    """A public holiday of the Netherlands, or a day on which most of its public bodies are closed too."""

    NEW_YEAR = "new_year"
    GOOD_FRIDAY = "good_friday"
    EASTER = "easter"
    KINGS_DAY = "kings_day"
    LIBERATION_DAY = "liberation_day"
    ASCENSION = "ascension"
    DAY_AFTER_ASCENSION = "day_after_ascension"
    PENTECOST = "pentecost"
    CHRISTMAS = "christmas"


class Period(NamedTuple):
    """A period such as a school holiday or the recess of a council, both days included."""

    name: str
    first_day: date
    last_day: date


_AFTER_EASTER = {
    -2: Holiday.GOOD_FRIDAY,
    0: Holiday.EASTER,
    1: Holiday.EASTER,
    39: Holiday.ASCENSION,
    40: Holiday.DAY_AFTER_ASCENSION,
    49: Holiday.PENTECOST,
    50: Holiday.PENTECOST,
}
_FIXED = {
    (1, 1): Holiday.NEW_YEAR,
    (12, 25): Holiday.CHRISTMAS,
    (12, 26): Holiday.CHRISTMAS,
}
_SUNDAY = 6
_LIBERATED = 1945
_EVERY_FIVE_YEARS = 5


def holiday(day: date) -> Holiday | None:
    """The public holiday that `day` is; 5 May counts every five years, when public bodies are closed."""
    found = _AFTER_EASTER.get((day - easter(day.year)).days) or _FIXED.get((day.month, day.day))
    if found is None and day == kings_day(day.year):
        return Holiday.KINGS_DAY
    if found is None and (day.month, day.day) == (5, 5) and (day.year - _LIBERATED) % _EVERY_FIVE_YEARS == 0:
        return Holiday.LIBERATION_DAY
    return found


def kings_day(year: int) -> date:
    """27 April, or the day before where that is a Sunday."""
    day = date(year, 4, 27)
    return day - timedelta(days=1) if day.weekday() == _SUNDAY else day


def day_off(day: date, periods: Iterable[Period]) -> Holiday | Period | None:
    """Why fewer people are at work on `day`: a holiday, else the first of `periods` that it lies in."""
    return holiday(day) or next((one for one in periods if one.first_day <= day <= one.last_day), None)
