"""Days and times as people write them, in the language of a letter."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_date, format_datetime

from newsletter_service.clock import DEFAULT_ZONE, in_zone
from newsletter_service.languages import Language
from newsletter_service.letters.texts import texts

Keep = Callable[[str], str]
"""Marks a time of day, which must not be broken over two lines."""


@dataclass(frozen=True)
class Leaf:
    """A leaf of a calendar: "10" under "dec", above "do"."""

    month: str
    day: str
    weekday: str


def leaf(moment: datetime, language: Language) -> Leaf:
    """Make the leaf of the day of `moment`."""
    month, weekday = (format_date(moment, part, locale=language).rstrip(".") for part in ("LLL", "ccc"))
    return Leaf(month, str(moment.day), weekday)


def when(start: datetime, end: datetime | None, language: Language, year: int, keep: Keep = str) -> str:
    """Say when an event is: "donderdag 10 december, 13.30–17.00 uur"; with the end's day if that is another.

    Moments are in the zone they are meant in. A year other than `year` is named.
    """
    _ = texts(language).gettext
    day = _weekday(start, language, year)
    if end is None:
        return _("%(day)s, %(hours)s") % {"day": day, "hours": keep(_hour(start, language))}
    if end.date() == start.date():
        hours = _("%(start)s–%(end)s uur") % {"start": clock(start, language), "end": clock(end, language)}
        return _("%(day)s, %(hours)s") % {"day": day, "hours": keep(hours)}
    return _("%(day)s, %(hours)s tot %(last_day)s, %(last_hours)s") % {
        "day": day,
        "hours": keep(_hour(start, language)),
        "last_day": _weekday(end, language, year),
        "last_hours": keep(_hour(end, language)),
    }


def day_with_year(moment: datetime, language: Language, zone: str = DEFAULT_ZONE) -> str:
    """Write the day of an aware moment on the clocks of `zone`: "15 december 2027"."""
    return format_date(in_zone(moment, zone), "d MMMM y", locale=language)


def moment_in_words(moment: datetime, zone: str, language: Language) -> str:
    """Write an aware moment as people say it: "donderdag 26 november om 09.00 uur"."""
    pattern = "EEEE d MMMM 'at' HH:mm" if language == "en" else "EEEE d MMMM 'om' HH.mm 'uur'"
    return format_datetime(in_zone(moment, zone), pattern, locale=language)


def clock(moment: datetime, language: Language) -> str:
    """Write the time of day as `language` does: 13.30 in Dutch, 13:30 in English."""
    return f"{moment:%H.%M}" if language == "nl" else f"{moment:%H:%M}"


def _hour(moment: datetime, language: Language) -> str:
    return texts(language).gettext("%(time)s uur") % {"time": clock(moment, language)}


def _weekday(moment: datetime, language: Language, year: int) -> str:
    return format_date(moment, "EEEE d MMMM" if moment.year == year else "EEEE d MMMM y", locale=language)
