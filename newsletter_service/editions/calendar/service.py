"""Changing the publishing calendar, and what its next editions will be."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from newsletter_service.clock import AmbiguousTime, NonexistentTime, local_moment
from newsletter_service.editions.calendar.days_off import Holiday, Period, day_off
from newsletter_service.editions.calendar.rules import Rhythm, Slot, next_slot, slots
from newsletter_service.editions.merging import changed, combined
from newsletter_service.editions.models import Calendar, Edition, Recess
from newsletter_service.editions.rules import EditionState, ReleaseRule
from newsletter_service.editions.service import calendar, lock
from newsletter_service.errors import Conflict
from newsletter_service.staff.models import User
from newsletter_service.staff.service import record

_LOOK_BACK, _AHEAD = timedelta(days=60), 6
_SAID = {"release_rule": "setting.release_rule", "correction_minutes": "setting.correction_minutes"}


@dataclass(frozen=True)
class CalendarSettings:
    """What the page of the calendar sets, as in models.Calendar; who has to agree is a `ReleaseSettings`."""

    every_weeks: int
    weekday: int
    first_day: date
    send_time: time
    closing_days: int
    closing_time: time
    zone: str
    item_limit: int
    text_limit: int
    silence_hours: int

    def rhythm(self) -> Rhythm:
        """The part that decides about moments; raises rules.BadCalendar."""
        return Rhythm(
            every_weeks=self.every_weeks,
            weekday=self.weekday,
            first_day=self.first_day,
            send_time=self.send_time,
            closing_days=self.closing_days,
            closing_time=self.closing_time,
            zone=self.zone,
        )


@dataclass(frozen=True)
class ReleaseSettings:
    """When editions and corrections may go out, and for how long a correction waits under the automatic rule."""

    release_rule: ReleaseRule
    correction_minutes: int


@dataclass(frozen=True)
class ClockChange:
    """A planned time that a change of the clocks makes special: it is `skipped`, or comes twice."""

    at: time
    skipped: bool


@dataclass(frozen=True)
class Planned:
    """One edition to come; the changes are None when the clocks do nothing unusual.

    `closing_off` and `sending_off` say why fewer people are at work that day, if that is so.
    """

    slot: Slot
    closing_change: ClockChange | None
    sending_change: ClockChange | None
    closing_off: Holiday | Period | None
    sending_off: Holiday | Period | None


@dataclass(frozen=True)
class Dated:
    """When copy closes and when an edition goes out; those that only the calendar knows of have no `number` yet."""

    number: int | None
    slot: Slot


class CalendarChanged(Conflict):
    """Somebody changed a setting that was changed here too; nothing was saved.

    `yours` are the settings as typed, with `theirs` (those that stand) where nothing clashes; `by` names, for each
    setting that does clash, who changed it ("": nobody knows).
    """

    def __init__(self, yours: CalendarSettings, theirs: CalendarSettings, by: dict[str, str]) -> None:
        super().__init__("somebody else changed the calendar meanwhile")
        self.yours = yours
        self.theirs = theirs
        self.by = by


def settings_of(row: Calendar) -> CalendarSettings:
    """The calendar's settings as plain values."""
    return CalendarSettings(**{field.name: getattr(row, field.name) for field in fields(CalendarSettings)})


def release_settings(session: Session) -> ReleaseSettings:
    """When editions and corrections may go out."""
    row = calendar(session)
    return ReleaseSettings(row.release_rule, row.correction_minutes)


def set_release_settings(session: Session, wanted: ReleaseSettings, user: User, now: datetime) -> None:
    """Set when editions and corrections may go out; each that changes is an entry of its own."""
    row, before = calendar(session), asdict(release_settings(session))
    for name, value in asdict(wanted).items():
        if value != before[name]:
            setattr(row, name, value)
            record(session, user, _SAID[name], "calendar", row.id, now, before=before[name], after=value)
    session.flush()


def change_calendar(
    session: Session, typed: CalendarSettings, began: str, user: User, now: datetime
) -> Calendar:
    """Save settings changed on top of those that `began` tells of (see `merging`), one by one.

    The edition that still collects gets the first slot by them. Raises CalendarChanged, BadCalendar.
    """
    row = calendar(session)
    session.refresh(row, with_for_update=True)
    theirs = settings_of(row)
    values, by = combined(session, ("calendar", row.id), began, asdict(typed), asdict(theirs), user)
    settings = CalendarSettings(**values)
    if by:
        raise CalendarChanged(settings, theirs, by)
    rhythm = settings.rhythm()
    for name, value in asdict(settings).items():
        setattr(row, name, value)
    session.flush()
    collecting = session.scalar(_collecting().limit(1))
    if collecting is not None:
        _replan(session, collecting, rhythm, now)
        collecting.text_limit, collecting.item_limit = settings.text_limit, settings.item_limit
    _note(session, row, asdict(theirs), asdict(settings), user, now)
    return row


def next_editions(session: Session, rhythm: Rhythm, now: datetime, number: int = 3) -> list[Planned]:
    """The slots of the next editions by `rhythm`; the first is for the collecting edition."""
    after = _latest_other(session, session.scalar(_collecting().limit(1)))
    periods = [Period(one.name, one.first_day, one.last_day) for one in recesses(session)]
    return [_planned(rhythm, slot, periods) for slot in islice(slots(rhythm, now, after), number)]


def recesses(session: Session) -> list[Recess]:
    """The recesses that were written down, the earliest first."""
    return list(session.scalars(select(Recess).order_by(Recess.first_day, Recess.id)))


def add_recess(session: Session, user: User, recess: Recess, now: datetime) -> None:
    """Write a recess down."""
    session.add(recess)
    session.flush()
    record(session, user, "calendar.recess_add", "recess", recess.id, now, **_days(recess))


def remove_recess(session: Session, user: User, recess_id: int, now: datetime) -> str:
    """Take a recess off the calendar, and return its name; empty if somebody else had done so."""
    recess = session.get(Recess, recess_id)
    if recess is None:
        return ""
    session.delete(recess)
    record(session, user, "calendar.recess_remove", "recess", recess_id, now, **_days(recess))
    return recess.name


def _days(recess: Recess) -> dict[str, str]:
    return {"name": recess.name, "days": f"{recess.first_day} {recess.last_day}"}


def dated_editions(session: Session, now: datetime) -> list[Dated]:
    """The editions that went out in the last two months or are to go out, and the next ones by the calendar."""
    query = select(Edition).where(
        Edition.sends_at > now - _LOOK_BACK, Edition.state != EditionState.CANCELLED
    )
    there = [
        Dated(one.number, Slot(one.closes_at, one.sends_at))
        for one in session.scalars(query.order_by(Edition.number))
    ]
    taken = {one.slot.sends_at for one in there}
    planned = next_editions(session, settings_of(calendar(session)).rhythm(), now, _AHEAD)
    return there + [Dated(None, one.slot) for one in planned if one.slot.sends_at not in taken]


def follower(session: Session, agenda_key: str) -> User | None:
    """Whose agenda follows the calendar by this key; None for a key that was taken away."""
    return session.scalars(select(User).where(User.agenda_key == agenda_key, User.active)).one_or_none()


def clock_change(moment: datetime, at: time, zone: str) -> ClockChange | None:
    """What a change of the clocks does to `at` on the day of `moment`, the slot that was derived from it."""
    day = moment.astimezone(ZoneInfo(zone)).date()
    try:
        local_moment(day, at, zone)
    except NonexistentTime:
        return ClockChange(at, skipped=True)
    except AmbiguousTime:
        return ClockChange(at, skipped=False)
    return None


def _planned(rhythm: Rhythm, slot: Slot, periods: Sequence[Period]) -> Planned:
    zone = ZoneInfo(rhythm.zone)
    return Planned(
        slot,
        closing_change=clock_change(slot.closes_at, rhythm.closing_time, rhythm.zone),
        sending_change=clock_change(slot.sends_at, rhythm.send_time, rhythm.zone),
        closing_off=day_off(slot.closes_at.astimezone(zone).date(), periods),
        sending_off=day_off(slot.sends_at.astimezone(zone).date(), periods),
    )


def _replan(session: Session, edition: Edition, rhythm: Rhythm, now: datetime) -> None:
    lock(session, edition)
    slot = next_slot(rhythm, now, after=_latest_other(session, edition))
    edition.closes_at, edition.sends_at, edition.zone = slot.closes_at, slot.sends_at, rhythm.zone


def _collecting() -> Select[Edition]:
    return select(Edition).where(Edition.state == EditionState.COLLECTING).order_by(Edition.number)


def _latest_other(session: Session, edition: Edition | None) -> datetime | None:
    """When the last edition goes out that already has its moment, other than the one that still collects."""
    latest = select(func.max(Edition.sends_at))
    if edition is not None:
        latest = latest.where(Edition.id != edition.id)
    return session.scalar(latest)


def _note(
    session: Session,
    row: Calendar,
    before: Mapping[str, object],
    after: Mapping[str, object],
    user: User,
    now: datetime,
) -> None:
    """Write down what was changed, each with before and after."""
    names = changed(after, before)
    detail = {name: [str(before[name]), str(after[name])] for name in names}
    record(session, user, "calendar.change", "calendar", row.id, now, changed=names, **detail)
