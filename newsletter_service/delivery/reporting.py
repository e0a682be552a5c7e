"""What pages and metrics say of the ledger: rows of a group, domains that defer letters, and active workers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, case, func, literal_column, or_, select
from sqlalchemy.orm import Session

from newsletter_service.delivery.ledger.due import MAY_BE_CLAIMED, running
from newsletter_service.delivery.models import Delivery, DeliveryTotal, DomainBackoff, Mailing, Worker
from newsletter_service.delivery.rules import OPEN_STATES, DeliveryState

_ALIVE_WITHIN = timedelta(seconds=15)
_DOMAINS_SHOWN = 8
_DOMAINS_ON_A_PAGE = 50
_ROWS_LOOKED_AT = 10_000


class Group(StrEnum):
    """Rows that a statement counts together; DEFERRED ones are among the OPEN, REPEATED ones among the SENT."""

    SENT = "sent"
    OPEN = "open"
    DEFERRED = "deferred"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNCERTAIN = "uncertain"
    REPEATED = "repeated"


@dataclass(frozen=True)
class Filter:
    """Which rows of a mailing: of one domain, with these words in name or address, by number; empty is any."""

    group: Group
    domain: str = ""
    words: str = ""
    ids: tuple[int, ...] = ()

    def rows(self, mailing_id: int) -> Iterator[ColumnElement[bool]]:
        """The rows as conditions."""
        yield Delivery.mailing_id == mailing_id
        yield from _IN_GROUP[self.group]
        if self.domain:
            yield Delivery.domain == self.domain
        if self.words:
            yield or_(*(column.icontains(self.words, autoescape=True) for column in _WORDS_IN))
        if self.ids:
            yield Delivery.id.in_(self.ids)


_WORDS_IN = (Delivery.address, Delivery.name)


_IN_GROUP: dict[Group, tuple[ColumnElement[bool], ...]] = {
    Group.SENT: (Delivery.state == DeliveryState.SENT,),
    # By its states, which an index knows: else every row of the mailing is looked at.
    Group.OPEN: (
        Delivery.state.in_((*OPEN_STATES, DeliveryState.UNCERTAIN)),
        Delivery.settled_at.is_(None),
    ),
    Group.DEFERRED: (
        Delivery.state.in_(
            (DeliveryState.DEFERRED, DeliveryState.UNCERTAIN)
        ),  # uncertain ones that will be sent again
        Delivery.settled_at.is_(None),
    ),
    Group.FAILED: (Delivery.state == DeliveryState.FAILED,),
    Group.CANCELLED: (Delivery.state == DeliveryState.CANCELLED,),
    Group.UNCERTAIN: (Delivery.state == DeliveryState.UNCERTAIN, Delivery.settled_at.is_not(None)),
    Group.REPEATED: (
        Delivery.state == DeliveryState.SENT,
        Delivery.ambiguous_attempts > literal_column("0"),
    ),  # as its index has it
}


def rows(session: Session, mailing_id: int, which: Filter, after: int, limit: int) -> Sequence[Delivery]:
    """Up to `limit` rows with numbers beyond `after`, in their order."""
    query = select(Delivery).where(*which.rows(mailing_id), Delivery.id > after)
    return session.scalars(query.order_by(Delivery.id).limit(limit)).all()


def number_of(session: Session, mailing_id: int, which: Filter) -> int:
    """The number of rows of a group."""
    query = select(func.count()).select_from(Delivery).where(*which.rows(mailing_id))
    return session.scalars(query).one()


def repeated(session: Session, mailing_id: int) -> int:
    """The number of letters that were sent and may have arrived twice."""
    gone = select(func.sum(DeliveryTotal.repeated)).where(
        DeliveryTotal.mailing_id == mailing_id, DeliveryTotal.state == DeliveryState.SENT
    )
    return number_of(session, mailing_id, Filter(Group.REPEATED)) + (session.scalars(gone).one() or 0)


@dataclass(frozen=True)
class Held:
    """Letters that are deferred by one domain."""

    domain: str
    letters: int


def deferred_domains(session: Session, mailing_id: int) -> list[Held]:
    """The domains with most deferred letters, among the first ten thousand of these."""
    some = select(Delivery.domain).where(
        Delivery.mailing_id == mailing_id, Delivery.state == DeliveryState.DEFERRED
    )
    found = some.limit(_ROWS_LOOKED_AT).subquery()
    count = func.count()
    query = select(found.c.domain, count).group_by(found.c.domain).order_by(count.desc(), found.c.domain)
    return [Held(domain, letters) for domain, letters in session.execute(query.limit(_DOMAINS_SHOWN))]


@dataclass(frozen=True)
class DomainCounts:
    """The letters to one domain by group; `deferred` ones are among the open ones."""

    domain: str
    letters: int
    sent: int
    open: int
    deferred: int
    failed: int
    uncertain: int
    cancelled: int


_PER_DOMAIN = (Group.SENT, Group.OPEN, Group.DEFERRED, Group.FAILED, Group.UNCERTAIN, Group.CANCELLED)


def busiest_domains(session: Session, mailing_id: int) -> tuple[DomainCounts, ...]:
    """The fifty domains with most letters. It reads every row of the mailing: a second for a million."""
    columns = [func.count(case((and_(*_IN_GROUP[group]), 1))).label(group) for group in _PER_DOMAIN]
    letters = func.count().label("letters")
    query = select(Delivery.domain, letters, *columns).where(Delivery.mailing_id == mailing_id)
    busiest = query.group_by(Delivery.domain).order_by(letters.desc(), Delivery.domain)
    found = session.execute(busiest.limit(_DOMAINS_ON_A_PAGE)).mappings()
    return tuple(DomainCounts(**row) for row in found)


def backing_off(session: Session, now: datetime) -> Sequence[DomainBackoff]:
    """The domains that are backing off, the longest first; "" is the SMTP server itself."""
    query = select(DomainBackoff).where(DomainBackoff.until > now).order_by(DomainBackoff.until.desc())
    return session.scalars(query.limit(_DOMAINS_SHOWN)).all()


@dataclass(frozen=True)
class Pace:
    """The number of active workers, and of letters that they settle a second together."""

    workers: int
    letters_per_second: float


def pace(session: Session, now: datetime) -> Pace:
    """What workers with a recent heartbeat report."""
    alive = Worker.seen_at > now - _ALIVE_WITHIN
    number, total = session.execute(select(func.count(), func.sum(Worker.pace)).where(alive)).one()
    return Pace(number, float(total or 0))


def oldest_due(session: Session, now: datetime) -> datetime | None:
    """When the longest waiting letter became due; paused mailings do not count."""
    query = select(func.min(Delivery.next_attempt_at)).where(running(), MAY_BE_CLAIMED)
    return session.scalars(query.where(Delivery.next_attempt_at <= now)).one()


def open_by_state(session: Session) -> dict[DeliveryState, int]:
    """The number of letters that may still go out, notices too; an uncertain one to be resent is deferred."""
    count = func.count()
    found = session.execute(
        select(Delivery.state, count).where(Delivery.state.in_(OPEN_STATES)).group_by(Delivery.state)
    )
    result = dict.fromkeys(OPEN_STATES, 0)
    result.update(dict(found.all()))
    again = select(count).where(Delivery.state == DeliveryState.UNCERTAIN, Delivery.settled_at.is_(None))
    result[DeliveryState.DEFERRED] += session.scalars(again).one()
    return result


def sent_since(session: Session, since: datetime) -> int:
    """Returns the number of letters of mailings since a moment that servers accepted, also of those without rows."""
    lately = select(Mailing.id).where(Mailing.created_at > since)
    sent = (Delivery.state == DeliveryState.SENT, Delivery.mailing_id.in_(lately))
    gone = (DeliveryTotal.state == DeliveryState.SENT, DeliveryTotal.mailing_id.in_(lately))
    total = select(func.coalesce(func.sum(DeliveryTotal.number), 0)).where(*gone)
    rows = select(func.count()).select_from(Delivery).where(*sent)
    return session.scalars(rows).one() + session.scalars(total).one()


def longest_silence(session: Session, now: datetime) -> float:
    """The seconds since the last heartbeat of the most silent worker; 0 without workers."""
    seen = session.scalars(select(func.min(Worker.seen_at))).one()
    return max(0.0, (now - seen).total_seconds()) if seen else 0.0
