"""How the sending of an edition goes at this moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from newsletter_service.delivery import reporting
from newsletter_service.editions.kept import Kept
from newsletter_service.editions.models import Edition
from newsletter_service.editions.service import Statement, statement

MANY_READERS = 20_000
_KEPT: Kept[Statement] = Kept(seconds=1.5)


def numbers_now(session: Session, edition: Edition, kept: Kept[Statement] = _KEPT) -> Statement:
    """The statement as those see it who follow sending; that of MANY_READERS may be a moment old.

    A million letters take a tenth of a second to count, which must not grow with the number of onlookers.
    """
    if (edition.intended or 0) < MANY_READERS:
        return statement(session, edition)
    return kept.get((session.get_bind(), edition.mailing_id), lambda: statement(session, edition))


@dataclass(frozen=True)
class Progress:
    """How sending goes at this moment; `resting` are domains that are left alone, "" the mail server."""

    senders: int
    letters_per_second: float
    seconds_left: float
    deferred: Sequence[reporting.Held]
    resting: Sequence[tuple[str, datetime, str]]


def progress(session: Session, mailing_id: int, open_letters: int, now: datetime) -> Progress:
    """Read how sending goes; quick however many readers there are."""
    pace = reporting.pace(session, now)
    speed = pace.letters_per_second
    return Progress(
        senders=pace.senders,
        letters_per_second=speed,
        seconds_left=open_letters / speed if speed >= 1 else 0.0,
        deferred=reporting.deferred_domains(session, mailing_id),
        resting=[(one.domain, one.rests_until, one.reply) for one in reporting.resting(session, now)],
    )
