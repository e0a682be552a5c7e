"""Use cases of those who watch: what jobs did is noted, trouble is written down, and who is told of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from newsletter_service.db import add_missing, rows_changed
from newsletter_service.delivery import reporting
from newsletter_service.editions.models import Edition
from newsletter_service.editions.rules import EditionState
from newsletter_service.health.models import JobRun, Trouble
from newsletter_service.health.rules import (
    SAYS_AGAIN_AFTER,
    DueEdition,
    Observation,
    Run,
    Symptom,
    TroubleKind,
    is_another_machines,
)

_TELLING_TAKES = timedelta(minutes=2)
_LATEST = 10


@dataclass(frozen=True)
class Noted:
    """What the scheduler noted of one job: `error` is empty where it ended well."""

    name: str
    every_seconds: int
    began_at: datetime
    ended_at: datetime | None
    failing_since: datetime | None
    error: str


@dataclass(frozen=True)
class Changes:
    """The trouble that began, and that of which administrators were told and which is over."""

    began: tuple[Trouble, ...]
    over: tuple[Trouble, ...]


def note_runs(session: Session, runs: Iterable[Noted], now: datetime) -> None:
    """Writes down what jobs did last."""
    known = {row.name: row for row in session.scalars(select(JobRun))}
    for run in runs:
        row = known.get(run.name) or JobRun(name=run.name)
        row.every_seconds, row.began_at, row.noted_at = run.every_seconds, run.began_at, now
        row.ended_at = run.ended_at or row.ended_at
        row.failing_since, row.error = run.failing_since, run.error[:200]
        session.add(row)


def runs(session: Session) -> Sequence[JobRun]:
    """Returns what is known of every job, by name."""
    return session.scalars(select(JobRun).order_by(JobRun.name)).all()


def noted_at(session: Session) -> datetime | None:
    """Returns when the scheduler last noted anything."""
    return session.scalars(select(func.max(JobRun.noted_at))).one()


def due_editions(session: Session, now: datetime) -> list[DueEdition]:
    """Returns the editions that should have been composed or released by now, and were not."""
    composing = Edition.state == EditionState.COLLECTING, Edition.closes_at <= now
    releasing = Edition.state == EditionState.COMPOSED, Edition.sends_at <= now
    query = select(Edition.number, Edition.state, Edition.closes_at, Edition.sends_at)
    late = query.where(or_(composing[0] & composing[1], releasing[0] & releasing[1]))
    return [
        DueEdition(number, closes_at if state is EditionState.COLLECTING else sends_at)
        for number, state, closes_at, sends_at in session.execute(late.order_by(Edition.number))
    ]


def observe(session: Session, now: datetime) -> Observation:
    """Returns what the database shows; servers and disk are others' to look at."""
    failing = select(JobRun).where(JobRun.failing_since.is_not(None)).order_by(JobRun.name)
    return Observation(
        editions=due_editions(session, now),
        failing=[
            Run(row.name, row.failing_since, row.error)
            for row in session.scalars(failing)
            if row.failing_since is not None
        ],
        oldest_due=reporting.oldest_due(session, now),
        workers=reporting.pace(session, now).workers,
    )


def open_troubles(session: Session) -> Sequence[Trouble]:
    """Returns what is wrong now, the longest first: one look into an index that holds nothing else."""
    return session.scalars(
        select(Trouble).where(Trouble.over_at.is_(None)).order_by(Trouble.began_at, Trouble.id)
    ).all()


def latest_over(session: Session) -> Sequence[Trouble]:
    """Returns what was over last."""
    past = select(Trouble).where(Trouble.over_at.is_not(None)).order_by(Trouble.id.desc())
    return session.scalars(past.limit(_LATEST)).all()


def follow(
    session: Session, found: Collection[Symptom], now: datetime, *, unknown: Collection[TroubleKind] = ()
) -> Changes:
    """Writes down what began and what is over; of the kinds that are `unknown` just now nothing ends.

    Nor does what other machines have to say of their disks; what one said that is gone ends without a word.
    What is written down as begun counts as told: whoever calls this tells it in the same transaction.
    """
    before = {(row.kind, row.subject): row for row in followed(session, now)}
    now_wrong = {(one.kind, one.subject[:200]): one for one in found}
    over = [row for key, row in before.items() if key not in now_wrong and row.kind not in unknown]
    for row in over:
        row.over_at = now
    for key in before.keys() & now_wrong.keys():
        before[key].detail = dict(now_wrong[key].detail)
    began = [
        Trouble(kind=kind, subject=subject, detail=dict(one.detail), began_at=now, told_at=now)
        for (kind, subject), one in now_wrong.items()
        if (kind, subject) not in before
    ]
    session.add_all(began)
    session.flush()
    told_of = (row for row in over if row.told_at is not None and row.kind is not TroubleKind.DISK)
    return Changes(tuple(began), tuple(told_of))


def followed(session: Session, now: datetime) -> list[Trouble]:
    """Returns what is wrong as far as the scheduler is to say when it is over."""
    return [row for row in open_troubles(session) if not is_another_machines(row.kind, row.detail, now)]


def short_disk(session: Session, machine: str) -> Trouble | None:
    """Returns the trouble that a machine has with its disk."""
    its = (Trouble.kind == TroubleKind.DISK, Trouble.subject == machine, Trouble.over_at.is_(None))
    return session.scalars(select(Trouble).where(*its)).one_or_none()


def is_news(stands: Trouble | None, megabytes: int | None, now: datetime) -> bool:
    """Whether what a machine has left of its disk is to be written down: None is enough."""
    if stands is None or megabytes is None:
        return (stands is None) is not (megabytes is None)
    return now - datetime.fromisoformat(stands.detail["seen_at"]) >= SAYS_AGAIN_AFTER


def follow_disk(session: Session, machine: str, megabytes: int | None, now: datetime) -> Changes:
    """Writes down what a machine has left of its disk; of all processes there that do so one has changes to tell."""
    detail = {"megabytes": megabytes, "seen_at": now.isoformat()}
    if megabytes is not None:
        begins = {"kind": TroubleKind.DISK, "subject": machine, "detail": detail, "began_at": now}
        add_missing(session, Trouble, [begins])
    row = short_disk(session, machine)
    if row is None:
        return Changes((), ())
    if megabytes is None:
        ends = update(Trouble).where(Trouble.id == row.id, Trouble.over_at.is_(None)).values(over_at=now)
        return Changes((), (row,) if rows_changed(session, ends) else ())
    untold = update(Trouble).where(Trouble.id == row.id, Trouble.told_at.is_(None)).values(told_at=now)
    row.detail = detail
    return Changes((row,) if rows_changed(session, untold) else (), ())


def begin_silence(session: Session, began_at: datetime) -> None:
    """Writes down that the scheduler is silent, unless that stands there."""
    row: Mapping[str, object] = {
        "kind": TroubleKind.SCHEDULER_SILENT,
        "subject": "",
        "detail": {},
        "began_at": began_at,
    }
    add_missing(session, Trouble, [row])


def claim_telling(session: Session, now: datetime) -> Trouble | None:
    """Returns trouble that nobody has told and nobody is telling, for the caller alone to tell within two minutes."""
    free = or_(Trouble.telling_until.is_(None), Trouble.telling_until < now)
    untold = (Trouble.over_at.is_(None), Trouble.told_at.is_(None), free)
    trouble = session.scalars(select(Trouble).where(*untold).limit(1)).first()
    if trouble is None:
        return None
    mine = update(Trouble).where(Trouble.id == trouble.id, *untold).values(telling_until=now + _TELLING_TAKES)
    return trouble if rows_changed(session, mine) else None


def told(session: Session, trouble_id: int, now: datetime) -> None:
    """Writes down that administrators were mailed."""
    session.execute(update(Trouble).where(Trouble.id == trouble_id).values(told_at=now, telling_until=None))


def forget_old(session: Session, before: datetime) -> None:
    """Removes trouble that was over before a moment."""
    session.execute(delete(Trouble).where(Trouble.over_at < before))
