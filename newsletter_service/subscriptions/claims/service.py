"""The claims that wait, with what speaks for or against them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, select, tuple_
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Segment
from newsletter_service.staff.models import User
from newsletter_service.subscriptions.claims.rules import Place
from newsletter_service.subscriptions.models import Membership, Subscriber
from newsletter_service.subscriptions.rules import Status
from newsletter_service.subscriptions.verification.rules import ClaimState, Evidence

AT_ONCE = 25
COUNTED = 1000
"""Nobody needs to know of more than so many claims, or colleagues, how many there are exactly."""
_WAITS = and_(Membership.state == ClaimState.WAITING, Subscriber.status == Status.ACTIVE)
_ORDER = (Membership.claimed_at, Membership.subscriber_id, Membership.segment_id)


@dataclass(frozen=True)
class Narrowing:
    """Which claims are shown: to one segment (by slug), of addresses in one domain; None means all."""

    segment: str | None = None
    domain: str | None = None


@dataclass(frozen=True)
class Waiting:
    """Some claims that wait, the longest first, and where the page after them begins (None: there is none)."""

    claims: Sequence[Membership]
    following: Place | None


def number_waiting(session: Session, narrowing: Narrowing | None = None) -> int:
    """The number of claims that wait, COUNTED + 1 if there are more than COUNTED."""
    some = _narrowed(select(Membership.subscriber_id), narrowing or Narrowing()).limit(COUNTED + 1)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def waiting(session: Session, narrowing: Narrowing, after: Place | None) -> Waiting:
    """The claims of a page, which begins behind `after`."""
    query = _narrowed(select(Membership), narrowing).order_by(*_ORDER).limit(AT_ONCE + 1)
    if after is not None:
        place = (after.claimed_at, after.subscriber_id, after.segment_id)
        query = query.where(tuple_(*_ORDER) > place)
    found = session.scalars(query).all()
    more = len(found) > AT_ONCE
    shown = found[:AT_ONCE]
    return Waiting(shown, place_of(shown[-1]) if more else None)


def place_of(claim: Membership) -> Place:
    """Where a claim stands in the order."""
    return Place(claim.claimed_at, claim.subscriber_id, claim.segment_id)


def _narrowed(query: Select[Any], narrowing: Narrowing) -> Select[Any]:
    query = query.join(Membership.subscriber).where(_WAITS)
    if narrowing.segment is not None:
        mine = select(Segment.id).where(Segment.slug == narrowing.segment)
        query = query.where(Membership.segment_id.in_(mine))
    if narrowing.domain is not None:
        query = query.where(Subscriber.domain == narrowing.domain)
    return query


def decided(session: Session, user: User, at: datetime) -> Sequence[Membership]:
    """What this member of staff decided at that moment."""
    mine = select(Membership).where(Membership.decided_by_id == user.id, Membership.decided_at == at)
    return session.scalars(mine.order_by(Membership.subscriber_id, Membership.segment_id)).all()


@dataclass(frozen=True)
class Colleagues:
    """Readers in the same domain: their number, and who verified how many of them for which segment.

    A domain of more than COUNTED readers is told of by its first COUNTED. `segment` is its id and `by` names a person
    or a listed domain.
    """

    number: int
    verified: Sequence["VerifiedThere"]


@dataclass(frozen=True)
class VerifiedThere:
    """Colleagues verified for one segment in one way."""

    segment: Segment
    evidence: Evidence | None
    by: str
    number: int


def colleagues(session: Session, claim: Membership) -> Colleagues:
    """The other readers in the domain of a claim's reader."""
    there = (
        select(Subscriber.id)
        .where(
            Subscriber.domain == claim.subscriber.domain,
            Subscriber.status == Status.ACTIVE,
            Subscriber.id != claim.subscriber_id,
        )
        .order_by(Subscriber.search)
        .limit(COUNTED + 1)
        .subquery()
    )
    number = session.scalar(select(func.count()).select_from(there)) or 0
    found = session.execute(
        select(Segment, Membership.evidence, func.coalesce(User.name, Membership.source), func.count())
        .select_from(there)
        .join(Membership, Membership.subscriber_id == there.c.id)
        .join(Segment, Segment.id == Membership.segment_id)
        .outerjoin(User, User.id == Membership.decided_by_id)
        .where(Membership.state == ClaimState.VERIFIED)
        .group_by(Segment.id, Membership.evidence, func.coalesce(User.name, Membership.source))
        .order_by(Segment.position, Segment.id)
    )
    return Colleagues(number, [VerifiedThere(*row) for row in found])


def earlier_decider(session: Session, claim: Membership) -> str:
    """Who decided on a claim before it waited again, empty for nobody or if no person did."""
    user = session.get(User, claim.decided_by_id) if claim.decided_by_id else None
    return user.name if user is not None else ""
