"""How the sending of an edition, or of a correction, goes at this moment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from newsletter_service.delivery import reporting
from newsletter_service.delivery.reporting import DomainCounts, Held
from newsletter_service.editions.results.kept import Kept
from newsletter_service.editions.results.service import Mailed, numbers_of
from newsletter_service.editions.service import Statement

MANY_READERS = 20_000
_NUMBERS: Kept[Statement] = Kept(1.5, times=10.0)
_DOMAINS: Kept[tuple[DomainCounts, ...]] = Kept(4.0, times=20.0)
_DEFERRED: Kept[list[Held]] = Kept(4.0, times=20.0)
Value = TypeVar("Value")


def _shared(session: Session, mailed: Mailed, kept: Kept[Value], read: Callable[[], Value]) -> Value:
    """What is read now, or for MANY_READERS was read a moment ago for all who look on.

    A million letters take a tenth of a second to count, and half a second per domain. What takes longer is kept
    longer, so that it takes a tenth or a twentieth of the time of a processor, however many look on.
    """
    if mailed.readers < MANY_READERS:
        return read()
    return kept.get((session.get_bind(), mailed.mailing_id), read)


def numbers_now(session: Session, mailed: Mailed, kept: Kept[Statement] = _NUMBERS) -> Statement:
    """The statement as those see it who follow sending."""
    return _shared(session, mailed, kept, lambda: numbers_of(session, mailed))


def domains_now(
    session: Session, mailed: Mailed, kept: Kept[tuple[DomainCounts, ...]] = _DOMAINS
) -> tuple[DomainCounts, ...]:
    """How letters fare per domain, as those see it who follow sending."""
    return _shared(session, mailed, kept, lambda: reporting.busiest_domains(session, mailed.mailing_id))


@dataclass(frozen=True)
class Progress:
    """How sending goes at this moment; `resting` are domains that are left alone, "" the mail server."""

    workers: int
    letters_per_second: float
    seconds_left: float
    deferred: list[Held]
    resting: Sequence[tuple[str, datetime, str]]


def progress(
    session: Session, mailed: Mailed, due_letters: int, now: datetime, kept: Kept[list[Held]] = _DEFERRED
) -> Progress:
    """Read how sending goes; quick however many readers there are. `due_letters` may go out without waiting."""
    pace = reporting.pace(session, now)
    speed = pace.letters_per_second
    return Progress(
        workers=pace.workers,
        letters_per_second=speed,
        seconds_left=due_letters / speed if speed >= 1 else 0.0,
        deferred=_shared(
            session, mailed, kept, lambda: reporting.deferred_domains(session, mailed.mailing_id)
        ),
        resting=[(one.domain, one.until, one.reply) for one in reporting.backing_off(session, now)],
    )
