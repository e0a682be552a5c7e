"""Moments that people name by a day and a time on the clock, and what clock changes do to them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from newsletter_service.errors import Invalid

DEFAULT_ZONE = "Europe/Amsterdam"
"""Whose clocks are meant where nobody said otherwise."""


def utc_now() -> datetime:
    """The clock of a real run: aware, UTC."""
    return datetime.now(UTC)


class NonexistentTime(Invalid):
    """The clock skips this local time on this day (spring); another one has to be picked."""

    def __init__(self, local: datetime, zone: str) -> None:
        super().__init__(f"{local:%Y-%m-%d %H:%M} does not exist in {zone}")
        self.local = local


class AmbiguousTime(Invalid):
    """The clock shows this local time twice on this day (autumn); `choices` are the two moments, in UTC."""

    def __init__(self, local: datetime, zone: str, choices: tuple[datetime, datetime]) -> None:
        super().__init__(f"{local:%Y-%m-%d %H:%M} comes twice in {zone}")
        self.local = local
        self.choices = choices


def local_moment(day: date, at: time, zone: str, fold: int | None = None) -> datetime:
    """The moment, in UTC, at which clocks in `zone` show `at` on `day`.

    Raises NonexistentTime, and AmbiguousTime unless `fold` says which one is meant (0 first, 1 second).
    """
    local = datetime.combine(day, at.replace(tzinfo=None))
    first, second = _readings(local, zone)
    if first == second:
        return first
    if _is_skipped(local, zone):
        raise NonexistentTime(local, zone)
    if fold is None:
        raise AmbiguousTime(local, zone, (first, second))
    return second if fold else first


def recurring_moment(day: date, at: time, zone: str) -> datetime:
    """Like `local_moment` for times that recur, where nobody is there to be asked.

    A time that the clock skips becomes the first minute after the gap; one that comes twice is the first.
    """
    local = datetime.combine(day, at.replace(tzinfo=None))
    while _is_skipped(local, zone):
        local = local.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return _readings(local, zone)[0]


def in_zone(moment: datetime, zone: str) -> datetime:
    """`moment` as clocks in `zone` show it; aware."""
    return moment.astimezone(ZoneInfo(zone))


def _readings(local: datetime, zone: str) -> tuple[datetime, datetime]:
    aware = local.replace(tzinfo=ZoneInfo(zone))
    return aware.replace(fold=0).astimezone(UTC), aware.replace(fold=1).astimezone(UTC)


def _is_skipped(local: datetime, zone: str) -> bool:
    first, _second = _readings(local, zone)
    return first.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local


def moment_text(moment: datetime) -> str:
    """A moment in UTC, in the one form that both databases take as bare text."""
    if moment.tzinfo is None:
        raise TypeError(f"{moment!r} has no time zone: moments are aware everywhere")
    return moment.astimezone(UTC).isoformat(" ", "microseconds")[: -len("+00:00")]


def moment_from(text: str) -> datetime:
    """The moment that `moment_text` wrote."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
