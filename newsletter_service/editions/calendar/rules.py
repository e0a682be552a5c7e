"""When editions close and go out, from the publishing calendar. Pure decisions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from newsletter_service.clock import recurring_moment
from newsletter_service.errors import Invalid


class BadCalendar(Invalid):
    """These settings describe no calendar; `field` says which one is to blame."""


@dataclass(frozen=True)
class Slot:
    """When copy for one edition closes and when it goes out, in UTC."""

    closes_at: datetime
    sends_at: datetime


@dataclass(frozen=True)
class Rhythm:
    """The calendar's settings, as in models.Calendar; a wrong one raises BadCalendar."""

    every_weeks: int
    weekday: int
    first_day: date
    send_time: time
    closing_days: int
    closing_time: time
    zone: str

    def __post_init__(self) -> None:
        if self.every_weeks < 1:
            raise BadCalendar("editions come every so many weeks, at least one", "every_weeks")
        if not 0 <= self.weekday <= 6:
            raise BadCalendar("a weekday is 0 (Monday) to 6", "weekday")
        if not closes_first(self.closing_days, self.closing_time, self.send_time):
            raise BadCalendar("copy closes before the edition goes out", "closing_time")


def closes_first(closing_days: int, closing_time: time, send_time: time) -> bool:
    """Whether copy closes before the edition goes out."""
    return closing_days > 0 or (closing_days == 0 and closing_time < send_time)


def slots(rhythm: Rhythm, now: datetime, after: datetime | None = None) -> Iterator[Slot]:
    """The slots with copy still open at `now` that go out later than `after`; there is no end to them."""
    step = timedelta(weeks=rhythm.every_weeks)
    first = rhythm.first_day + timedelta(days=(rhythm.weekday - rhythm.first_day.weekday()) % 7)
    passed = (now.astimezone(ZoneInfo(rhythm.zone)).date() - first) // step
    for number in count(max(0, passed)):
        slot = _slot(rhythm, first + number * step)
        if slot.closes_at > now and (after is None or slot.sends_at > after):
            yield slot


def next_slot(rhythm: Rhythm, now: datetime, after: datetime | None = None) -> Slot:
    """The first of `slots`."""
    return next(slots(rhythm, now, after))


def slot_following(rhythm: Rhythm, sends_at: datetime) -> Slot:
    """The slot after the one that goes out at `sends_at`, whether its copy is still open or not."""
    beginning = sends_at - timedelta(days=rhythm.closing_days + 2)
    return next_slot(rhythm, beginning, after=sends_at)


def _slot(rhythm: Rhythm, day: date) -> Slot:
    return Slot(
        closes_at=recurring_moment(
            day - timedelta(days=rhythm.closing_days), rhythm.closing_time, rhythm.zone
        ),
        sends_at=recurring_moment(day, rhythm.send_time, rhythm.zone),
    )
