"""After a release: who got the letter and who did not, and letting some letters go out once more."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from newsletter_service.delivery import reporting, retrying
from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.reporting import Filter
from newsletter_service.delivery.service import block_unsubscribes
from newsletter_service.editions import rules
from newsletter_service.editions.corrections.service import released_correction
from newsletter_service.editions.models import Correction, Edition, Exclusion
from newsletter_service.editions.readers import may_be_mailed
from newsletter_service.editions.rules import ExclusionReason, Move
from newsletter_service.editions.service import (
    Statement,
    keep_statement,
    lock,
    mailing_of,
    set_status,
    statement,
    statement_of,
    status_of,
)
from newsletter_service.staff.models import User
from newsletter_service.staff.service import record
from newsletter_service.subscriptions.models import Subscriber

_AT_ONCE = 1000


@dataclass(frozen=True)
class Skipped:
    """A reader for whom there was no letter; name and address are empty once somebody was erased."""

    subscriber_id: int
    name: str
    address: str
    reason: ExclusionReason


@dataclass(frozen=True)
class Mailed:
    """The letters of an edition itself, or those of one of its corrections."""

    edition: Edition
    mailing_id: int
    correction: Correction | None = None

    @property
    def readers(self) -> int:
        """The number of readers they were meant for."""
        return (self.edition.intended or 0) if self.correction is None else self.correction.readers

    @property
    def address(self) -> dict[str, int]:
        """Which they are, as the addresses of pages say it."""
        number = {"number": self.edition.number}
        return number | {"correctie": self.correction.id} if self.correction is not None else number


def mailed(session: Session, edition: Edition, correction_id: int | None = None) -> Mailed:
    """The letters of a released edition, or of that correction of it; NotFound."""
    if correction_id is None:
        return Mailed(edition, mailing_of(edition))
    correction = released_correction(session, edition, correction_id)
    return Mailed(edition, correction.mailing_id or 0, correction)


def numbers_of(session: Session, mailed: Mailed) -> Statement:
    """What became of them."""
    if mailed.correction is None:
        return statement(session, mailed.edition)
    return statement_of(session, mailed.mailing_id, mailed.correction.readers)


def skipped(session: Session, edition: Edition, after: int, limit: int) -> list[Skipped]:
    """Up to `limit` readers without a letter, with numbers beyond `after`, in their order."""
    query = (
        select(Exclusion.subscriber_id, Subscriber.name, Subscriber.address, Exclusion.reason)
        .outerjoin(Subscriber, Subscriber.id == Exclusion.subscriber_id)
        .where(Exclusion.edition_id == edition.id, Exclusion.subscriber_id > after)
        .order_by(Exclusion.subscriber_id)
    )
    found = session.execute(query.limit(limit))
    return [Skipped(id_, name or "", address or "", reason) for id_, name, address, reason in found]


def all_rows(session: Session, mailing_id: int, which: Filter) -> Iterator[Delivery]:
    """Every row of a kind, read a thousand at a time."""
    last = 0
    while some := reporting.rows(session, mailing_id, which, last, _AT_ONCE):
        yield from some
        last = some[-1].id
        session.expunge_all()


def all_skipped(session: Session, edition: Edition) -> Iterator[Skipped]:
    """Every reader without a letter, read a thousand at a time."""
    last = 0
    while some := skipped(session, edition, last, _AT_ONCE):
        yield from some
        last = some[-1].subscriber_id


@dataclass(frozen=True)
class Again:
    """The number of letters that would go out again, and of those that would not: `left` want none, or no mail."""

    letters: int
    left: int


def _still_read(now: datetime) -> Select[int]:
    """Who gets letters now, at the address that a letter (of the statement around this) went to."""
    return select(Subscriber.id).where(may_be_mailed(now), Subscriber.address == Delivery.address)


def again(session: Session, mailed: Mailed, which: Filter, now: datetime) -> Again:
    """What letting letters go out once more would mean now."""
    everybody = reporting.number_of(session, mailed.mailing_id, which)
    wanted = retrying.number_of(session, mailed.mailing_id, which, _still_read(now))
    return Again(letters=wanted, left=everybody - wanted)


def retry(session: Session, mailed: Mailed, which: Filter, user: User, now: datetime) -> int:
    """Let failed or uncertain letters go out once more to readers who still want them; returns their number.

    An edition runs until they are settled. Raises WrongState.
    """
    edition = mailed.edition
    lock(session, edition)
    block_unsubscribes(session)
    at = rules.retry(status_of(edition)) if mailed.correction is None else None
    letters = retrying.retry(session, mailed.mailing_id, which, _still_read(now), now)
    if letters and at is not None:
        set_status(edition, at)
        edition.sent_at = edition.numbers = None
    _note(session, mailed, user, Move.RETRY, now, letters=letters, group=which.group)
    return letters


def count_as_sent(session: Session, mailed: Mailed, which: Filter, user: User, now: datetime) -> int:
    """Count letters with an unknown outcome as sent; returns their number."""
    letters = retrying.count_as_sent(session, mailed.mailing_id, which)
    if mailed.correction is None and mailed.edition.numbers is not None:
        keep_statement(session, mailed.edition)
    _note(session, mailed, user, "count_as_sent", now, letters=letters)
    return letters


def note_export(session: Session, mailed: Mailed, user: User, group: str, now: datetime) -> None:
    """Write down that somebody took the names behind a number along."""
    _note(session, mailed, user, "export", now, group=group)


def _note(session: Session, mailed: Mailed, user: User, action: str, now: datetime, **detail: object) -> None:
    correction = mailed.correction
    if correction is None:
        record(session, user, f"edition.{action}", "edition", mailed.edition.id, now, **detail)
    else:
        record(session, user, f"correction.{action}", "correction", correction.id, now, **detail)
