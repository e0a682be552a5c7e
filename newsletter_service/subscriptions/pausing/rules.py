"""Pure decisions about pauses: which days they may end on, and the moment at which one does."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType

from newsletter_service.clock import DEFAULT_ZONE, in_zone, recurring_moment

LONGEST = timedelta(days=366)


class Length(StrEnum):
    """How long a pause lasts: one of a few lengths, or until a day of one's own."""

    SHORT = "kort"
    MIDDLE = "middel"
    LONG = "lang"
    UNTIL = "dag"


LASTS: Mapping[Length, timedelta] = MappingProxyType(
    {
        Length.SHORT: timedelta(weeks=2),
        Length.MIDDLE: timedelta(weeks=6),
        Length.LONG: timedelta(weeks=13),
    }
)


def today(now: datetime) -> date:
    """The day it is on readers' clocks."""
    return in_zone(now, DEFAULT_ZONE).date()


def may_end_on(day: date, now: datetime) -> bool:
    """Whether a pause that begins now may end on `day`: from tomorrow on, and not more than a year away."""
    return timedelta(0) < day - today(now) <= LONGEST


def end_of_pause(day: date) -> datetime:
    """The moment from which editions go again to a reader who paused until `day`: as it begins."""
    return recurring_moment(day, time(0), DEFAULT_ZONE)


def latest_end(now: datetime) -> datetime:
    """The moment at which the longest pause ends that begins now."""
    return end_of_pause(today(now) + LONGEST)


def is_paused(paused_until: datetime | None, now: datetime) -> bool:
    """Whether a pause (None: there is none) goes on at `now`; it ends without anybody doing anything."""
    return paused_until is not None and paused_until > now
