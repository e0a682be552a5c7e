"""How the sending of an edition, or of a correction, goes at this moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from newsletter_service.delivery import reporting
from newsletter_service.delivery.reporting import DomainCounts
from newsletter_service.editions.follow_up import Mailed, numbers_of
from newsletter_service.editions.kept import Kept
from newsletter_service.editions.service import Statement

MANY_READERS = 20_000
_NUMBERS: Kept[Statement] = Kept(seconds=1.5)
_DOMAINS: Kept[tuple[DomainCounts, ...]] = Kept(seconds=4.0, times=20.0)


def numbers_now(session: Session, mailed: Mailed, kept: Kept[Statement] = _NUMBERS) -> Statement:
    """The statement as those see it who follow sending; that of MANY_READERS may be a moment old.

    A million letters take a tenth of a second to count, which must not grow with the number of onlookers.
    """
    if mailed.readers < MANY_READERS:
        return numbers_of(session, mailed)
    return kept.get((session.get_bind(), mailed.mailing_id), lambda: numbers_of(session, mailed))


def domains_now(
    session: Session, mailed: Mailed, kept: Kept[tuple[DomainCounts, ...]] = _DOMAINS
) -> tuple[DomainCounts, ...]:
    """How letters fare per domain; of MANY_READERS some seconds ago.

    Every letter is read for it, so it is kept so long that it takes at most a twentieth of the time of a processor,
    however many look on.
    """
    if mailed.readers < MANY_READERS:
        return reporting.busiest_domains(session, mailed.mailing_id)
    key = (session.get_bind(), mailed.mailing_id)
    return kept.get(key, lambda: reporting.busiest_domains(session, mailed.mailing_id))


@dataclass(frozen=True)
class Progress:
    """How sending goes at this moment; `resting` are domains that are left alone, "" the mail server."""

    senders: int
    letters_per_second: float
    seconds_left: float
    deferred: Sequence[reporting.Held]
    resting: Sequence[tuple[str, datetime, str]]


def progress(session: Session, mailing_id: int, due_letters: int, now: datetime) -> Progress:
    """Read how sending goes; quick however many readers there are. `due_letters` may go out without waiting."""
    pace = reporting.pace(session, now)
    speed = pace.letters_per_second
    return Progress(
        senders=pace.senders,
        letters_per_second=speed,
        seconds_left=due_letters / speed if speed >= 1 else 0.0,
        deferred=reporting.deferred_domains(session, mailing_id),
        resting=[(one.domain, one.rests_until, one.reply) for one in reporting.resting(session, now)],
    )
