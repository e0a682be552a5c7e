"""Moments, days and numbers as people read them, in the language of the page."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time
from flask import Flask
from flask_babel import format_decimal
from markupsafe import Markup

from newsletter_service.clock import DEFAULT_ZONE
from newsletter_service.letters.dates import Leaf
from newsletter_service.letters.dates import leaf as leaf_of
from newsletter_service.letters.markdown.html import to_html
from newsletter_service.letters.texts import LOCALES
from newsletter_service.letters.texts import listed as names_listed
from newsletter_service.web.locale import language

DAY = {
    "nl": {
        "short": "d MMM",
        "medium": "EEE d MMM",
        "long": "EEEE d MMMM",
        "full": "EEEE d MMMM y",
        "plain": "d MMMM y",
    },
    "en": {
        "short": "d MMM",
        "medium": "EEE d MMM",
        "long": "EEEE d MMMM",
        "full": "EEEE d MMMM y",
        "plain": "d MMMM y",
    },
}
TIME = {"nl": "HH.mm 'uur'", "en": "HH:mm"}
JOIN = {
    "nl": {"short": ", ", "medium": ", ", "long": " 'om' ", "full": " 'om' ", "plain": " 'om' "},
    "en": {"short": ", ", "medium": ", ", "long": " 'at' ", "full": " 'at' ", "plain": " 'at' "},
}
_PARTS = {"EEEE": "weekday", "d": "day", "MMMM": "month", "y": "year", "HH": "hour", "mm": "minute"}
"""What the parts of a pattern are called in scripts (Intl.DateTimeFormat)."""


def init_formatting(app: Flask) -> None:
    """Give the templates of `app` our filters: for moments, dates, times, numbers, lists and Markdown."""
    app.jinja_env.filters.update(
        moment=moment,
        date_text=date_text,
        time_text=time_text,
        machine=machine,
        number_text=number_text,
        listed=listed,
        markdown=markdown,
        leaf=leaf,
    )
    app.jinja_env.globals.update(moment_parts=moment_parts, DEFAULT_ZONE=DEFAULT_ZONE)


def moment(value: datetime, form: str = "medium", zone: str = DEFAULT_ZONE) -> str:
    """An aware moment on the clocks of `zone`: "do 26 nov, 09.00 uur".

    `form` is short, medium, long ("donderdag 26 november om 09.00 uur"), full (with the year) or plain.
    """
    lang = language()
    pattern = DAY[lang][form] + JOIN[lang][form] + TIME[lang]
    return str(format_datetime(_local(value, zone), pattern, tzinfo=ZoneInfo(zone), locale=LOCALES[lang]))


def moment_parts(form: str = "long") -> str:
    """How `moment` puts a moment together, for scripts: "{weekday} {day} {month} om {hour}.{minute} uur"."""
    lang = language()
    pattern = DAY[lang][form] + JOIN[lang][form] + TIME[lang]
    return re.sub(r"'([^']*)'|([A-Za-z]+)", lambda found: found[1] or f"{{{_PARTS[found[2]]}}}", pattern)


def date_text(value: date, form: str = "medium", zone: str = DEFAULT_ZONE) -> str:
    """A day, or the day of an aware moment on the clocks of `zone`: "do 26 nov"; `form` as for `moment`."""
    lang = language()
    day = _local(value, zone).date() if isinstance(value, datetime) else value
    return str(format_date(day, DAY[lang][form], locale=LOCALES[lang]))


def leaf(value: datetime, zone: str = DEFAULT_ZONE) -> Leaf:
    """The leaf of a calendar for the day of an aware moment on the clocks of `zone`."""
    return leaf_of(_local(value, zone), language())


def time_text(value: datetime | time, zone: str = DEFAULT_ZONE) -> str:
    """A time, or the time of an aware moment on the clocks of `zone`: "09.00 uur"."""
    lang = language()
    at = _local(value, zone).time() if isinstance(value, datetime) else value
    return str(format_time(at, TIME[lang], locale=LOCALES[lang]))


def machine(value: datetime) -> str:
    """An aware moment for the `datetime` attribute of <time>."""
    return value.astimezone(UTC).isoformat(timespec="seconds")


def number_text(value: float) -> str:
    """A number with the separators of the page's language: "1.284"."""
    return str(format_decimal(value))


def listed(names: Sequence[str]) -> str:
    """Names as a sentence lists them: "Noord en Zuid"."""
    return names_listed(names, language())


def markdown(value: str) -> Markup:
    """What an editor wrote, as clean HTML."""
    return to_html(value)


def _local(value: datetime, zone: str) -> datetime:
    if value.tzinfo is None:
        raise TypeError(f"{value!r} has no time zone: moments are aware everywhere")
    return value.astimezone(ZoneInfo(zone))
