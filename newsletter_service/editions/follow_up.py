"""After a release: who got the letter and who did not, and letting some letters go out once more."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.delivery import reporting, retrying
from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.reporting import Filter
from newsletter_service.editions import rules
from newsletter_service.editions.models import Edition, Exclusion
from newsletter_service.editions.readership import ACTIVE
from newsletter_service.editions.rules import Move
from newsletter_service.editions.service import lock, note, stand, standing
from newsletter_service.errors import NotFound
from newsletter_service.staff.models import User
from newsletter_service.staff.service import record
from newsletter_service.subscriptions.models import Subscriber

_AT_ONCE = 1000


@dataclass(frozen=True)
class Skipped:
    """A reader for whom there was no letter; name and address are empty once somebody was erased."""

    reader_id: int
    name: str
    address: str
    reason: str


def mailing_of(edition: Edition) -> int:
    """The number of an edition's mailing; NotFound before it is released."""
    if edition.mailing_id is None:
        raise NotFound(f"edition {edition.number} was not released")
    return edition.mailing_id


def skipped(session: Session, edition: Edition, after: int, limit: int) -> list[Skipped]:
    """Up to `limit` readers without a letter, with numbers beyond `after`, in their order."""
    query = (
        select(Exclusion.reader_id, Subscriber.name, Subscriber.address, Exclusion.reason)
        .outerjoin(Subscriber, Subscriber.id == Exclusion.reader_id)
        .where(Exclusion.edition_id == edition.id, Exclusion.reader_id > after)
        .order_by(Exclusion.reader_id)
    )
    found = session.execute(query.limit(limit))
    return [Skipped(id_, name or "", address or "", reason) for id_, name, address, reason in found]


def all_rows(session: Session, edition: Edition, which: Filter) -> Iterator[Delivery]:
    """Every row of a kind, read a thousand at a time."""
    last = 0
    while some := reporting.rows(session, mailing_of(edition), which, last, _AT_ONCE):
        yield from some
        last = some[-1].id
        session.expunge_all()


def all_skipped(session: Session, edition: Edition) -> Iterator[Skipped]:
    """Every reader without a letter, read a thousand at a time."""
    last = 0
    while some := skipped(session, edition, last, _AT_ONCE):
        yield from some
        last = some[-1].reader_id


def retry(session: Session, edition: Edition, which: Filter, user: User, now: datetime) -> int:
    """Let failed or uncertain letters go out once more to readers who still want them; how many.

    The edition runs until they are settled. Raises WrongState.
    """
    lock(session, edition)
    stand(edition, rules.retry(standing(edition)))
    edition.sent_at = None
    wanted = select(Subscriber.id).where(ACTIVE)
    letters = retrying.retry(session, mailing_of(edition), which, wanted, now)
    note(session, edition, Move.RETRY, user, now, letters=letters, group=which.group.value)
    return letters


def count_as_sent(session: Session, edition: Edition, domain: str, user: User, now: datetime) -> int:
    """Believe that letters with an unknown outcome arrived; how many."""
    letters = retrying.count_as_sent(session, mailing_of(edition), domain)
    record(session, user, "edition.count_as_sent", "edition", edition.id, now, letters=letters)
    return letters


def note_export(session: Session, edition: Edition, user: User, group: str, now: datetime) -> None:
    """Write down that somebody took the names behind a number along."""
    record(session, user, "edition.export", "edition", edition.id, now, group=group)


@dataclass(frozen=True)
class Progress:
    """How sending goes at this moment; `resting` are domains that are left alone, "" the mail server."""

    senders: int
    letters_per_second: float
    seconds_left: float
    deferred: Sequence[reporting.Held]
    resting: Sequence[tuple[str, datetime, str]]


def progress(session: Session, edition: Edition, open_letters: int, now: datetime) -> Progress:
    """Read how sending goes; quick however many readers there are."""
    pace = reporting.pace(session, now)
    speed = pace.letters_per_second
    return Progress(
        senders=pace.senders,
        letters_per_second=speed,
        seconds_left=open_letters / speed if speed >= 1 else 0.0,
        deferred=reporting.deferred_domains(session, mailing_of(edition)),
        resting=[(one.domain, one.rests_until, one.reply) for one in reporting.resting(session, now)],
    )
