"""What counts as trouble, decided on plain values. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from newsletter_service.smtp.certificates import Validity

SILENT_AFTER = timedelta(minutes=2)
"""The scheduler notes what it did every ten seconds."""
LATE_AFTER = timedelta(minutes=10)
_FAILS_AFTER = timedelta(minutes=10)
_WAITS_AFTER = timedelta(minutes=30)
_ENDS_SOON = timedelta(days=14)
_LAST_PART = 5
_LITTLE_SPACE = 1024**3
_SMALL_PART = 10
_MORE_AGAIN = 1.25
"""A disk about which something was said has room again once it has so many times as much as was too little."""
SAYS_AGAIN_AFTER = timedelta(minutes=10)
_GONE_AFTER = timedelta(days=7)


class TroubleKind(StrEnum):
    """What may be wrong."""

    EDITION_LATE = "edition_late"
    SCHEDULER_SILENT = "scheduler_silent"
    SMTP_REFUSES = "smtp_refuses"
    LETTERS_WAIT = "letters_wait"
    CERTIFICATE = "certificate"
    DISK = "disk"
    JOB_FAILS = "job_fails"


@dataclass(frozen=True)
class Symptom:
    """Something that is wrong now, of what, and what there is to say of it; no addresses of readers."""

    kind: TroubleKind
    subject: str = ""
    detail: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class DueEdition:
    """An edition that still has to be composed or released, and the moment at which that should happen."""

    number: int
    due_at: datetime


@dataclass(frozen=True)
class Run:
    """What is known of a job that fails."""

    name: str
    failing_since: datetime
    error: str


@dataclass(frozen=True)
class Server:
    """What came of connecting to a server: why that did not work ("" if it did), and when its certificate holds."""

    name: str
    trouble: str = ""
    validity: Validity | None = None


@dataclass(frozen=True)
class Disk:
    """Bytes of a file system."""

    free: int
    size: int


@dataclass(frozen=True)
class Observation:
    """What was seen; None is for what was not looked at. `oldest_due` is the letter that is due for longest."""

    editions: Sequence[DueEdition] = ()
    failing: Sequence[Run] = ()
    smtp: Server | None = None
    web: Server | None = None
    oldest_due: datetime | None = None
    workers: int = 0


def symptoms(seen: Observation, now: datetime) -> list[Symptom]:
    """Returns all that is wrong by what was seen."""
    return [
        *_late(seen.editions, now),
        *_refusing(seen.smtp),
        *_waiting(seen, now),
        *_certificates((seen.smtp, seen.web), now),
        *_web(seen.web),
        *_failing(seen, now),
    ]


def silence(noted_at: datetime | None, since: datetime, now: datetime) -> timedelta:
    """Returns for how long the scheduler has said nothing, as far as a process knows that began at `since`."""
    return max(timedelta(), now - max(noted_at or since, since))


def overdue(editions: Iterable[DueEdition], now: datetime) -> timedelta:
    """Returns how much the latest edition is overdue."""
    return max((now - one.due_at for one in editions), default=timedelta())


def is_about_to_end(validity: Validity, now: datetime) -> bool:
    """Whether a certificate should have been renewed by now: two weeks, or a fifth of its life, before its end."""
    left, life = validity.ends - now, validity.ends - validity.begins
    return left < min(_ENDS_SOON, life / _LAST_PART)


def shortage(disks: Iterable[Disk], *, stands: bool) -> int | None:
    """Returns how many megabytes are left where a machine is short of disk; `stands` if that is known of it."""
    short = [disk.free for disk in disks if _is_short(disk, _MORE_AGAIN if stands else 1)]
    return min(short) // 1024**2 if short else None


def is_another_machines(kind: TroubleKind, detail: Mapping[str, str | int], now: datetime) -> bool:
    """Whether trouble is for the machine that has it to end: that of a disk, until nobody there spoke for a week."""
    if kind is not TroubleKind.DISK or "seen_at" not in detail:
        return False
    return now - datetime.fromisoformat(str(detail["seen_at"])) < _GONE_AFTER


def _is_short(disk: Disk, times: float) -> bool:
    return disk.free < times * _LITTLE_SPACE and disk.free * _SMALL_PART < times * disk.size


def _late(editions: Iterable[DueEdition], now: datetime) -> Iterator[Symptom]:
    for edition in editions:
        if now - edition.due_at > LATE_AFTER:
            detail = {"due_at": edition.due_at.isoformat()}
            yield Symptom(TroubleKind.EDITION_LATE, str(edition.number), detail)


def _refusing(smtp: Server | None) -> Iterator[Symptom]:
    if smtp is not None and smtp.trouble:
        yield Symptom(TroubleKind.SMTP_REFUSES, smtp.name, {"words": smtp.trouble})


def _waiting(seen: Observation, now: datetime) -> Iterator[Symptom]:
    """Whether nobody sends what is due; with a worker at it, limits may make letters wait for as long as they like."""
    refused = seen.smtp is not None and seen.smtp.trouble
    if (
        seen.oldest_due is not None
        and not refused
        and not seen.workers
        and now - seen.oldest_due > _WAITS_AFTER
    ):
        yield Symptom(TroubleKind.LETTERS_WAIT, "", {"due_at": seen.oldest_due.isoformat()})


def _certificates(servers: Iterable[Server | None], now: datetime) -> Iterator[Symptom]:
    for server in servers:
        if server is not None and server.validity is not None and is_about_to_end(server.validity, now):
            yield Symptom(TroubleKind.CERTIFICATE, server.name, {"ends_at": server.validity.ends.isoformat()})


def _web(web: Server | None) -> Iterator[Symptom]:
    """The site's own certificate; that this machine cannot reach the site by its name is not wrong in itself."""
    if web is not None and web.trouble:
        yield Symptom(TroubleKind.CERTIFICATE, web.name, {"words": web.trouble})


def _failing(seen: Observation, now: datetime) -> Iterator[Symptom]:
    """A job that fails for a while; that the server takes no letters is said already where that is why."""
    refused = seen.smtp is not None and seen.smtp.trouble
    for run in seen.failing:
        if now - run.failing_since > _FAILS_AFTER and not (refused and run.name == "deliver"):
            yield Symptom(TroubleKind.JOB_FAILS, run.name, {"error": run.error})
