"""What came back of all letters, and taking back that it stopped a reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session, undefer

from newsletter_service.bounces.models import Bounce
from newsletter_service.bounces.rules import Verdict
from newsletter_service.db import LARGEST_NUMBER, holds
from newsletter_service.delivery.models import Delivery, Suppression
from newsletter_service.delivery.rules import BOUNCED, Suppressed
from newsletter_service.errors import Conflict
from newsletter_service.staff.models import User
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.on_behalf.rules import Allowed
from newsletter_service.subscriptions.on_behalf.service import allow_address
from newsletter_service.subscriptions.rules import folded

ALERT_FOR = timedelta(days=7)
"""So long staff see that mail servers refused letters for policy."""
_STOPPED_BY_IT = and_(
    Suppression.address_hmac == Subscriber.address_hmac,
    Suppression.scope == Suppressed.ALL_MAIL,
    Suppression.reason == BOUNCED,
    Suppression.at == Bounce.at,
)


@dataclass(frozen=True)
class Narrowing:
    """Which of it: by what it meant, by words in what its reader is searched by, by code or the beginning of one."""

    verdict: Verdict | None = None
    words: str = ""
    status: str = ""


@dataclass(frozen=True)
class Returned:
    """One thing that came back: of which reader (None: staff, or somebody who was erased), and to which address.

    `stopped` says that the reader gets nothing since, because of this one.
    """

    bounce: Bounce
    reader: Subscriber | None
    address: str
    stopped: bool


def returned(
    session: Session, narrowing: Narrowing, below: int = LARGEST_NUMBER, limit: int = 50
) -> Sequence[Returned]:
    """Up to `limit` of what came back, the newest first, of those with numbers below `below`."""
    query = (
        select(Bounce, Subscriber, Delivery.address, Suppression.address_hmac)
        .outerjoin(Subscriber, Subscriber.id == Bounce.subscriber_id)
        .outerjoin(Delivery, Delivery.id == Bounce.delivery_id)
        .outerjoin(Suppression, _STOPPED_BY_IT)
        .where(Bounce.id < below)
        .where(*(holds(Subscriber.search, word) for word in folded(narrowing.words).split()))
        .options(undefer(Bounce.headers))
        .order_by(Bounce.id.desc())
        .limit(limit)
    )
    if narrowing.verdict is not None:
        query = query.where(Bounce.verdict == narrowing.verdict)
    if narrowing.status:
        below_it = Bounce.status.startswith(f"{narrowing.status.rstrip('.')}.", autoescape=True)
        query = query.where(or_(Bounce.status == narrowing.status, below_it))
    return [
        Returned(bounce, reader, reader.address if reader else address or "", hashed is not None)
        for bounce, reader, address, hashed in session.execute(query)
    ]


def take_back(
    session: Session, number: int, suppression_key: str, reason: str, actor: User, now: datetime
) -> Allowed:
    """Let a reader whom this stopped be one again; Conflict where it stopped nobody, or not any more.

    What came back before counts no more either: the next one would stop them at once.
    """
    which = (
        select(Subscriber)
        .join(Bounce, Bounce.subscriber_id == Subscriber.id)
        .join(Suppression, _STOPPED_BY_IT)
        .where(Bounce.id == number)
        .with_for_update(of=Subscriber)
    )
    reader = session.scalars(which).one_or_none()
    if reader is None:
        raise Conflict(f"what came back as {number} stops nobody")
    mine = (Bounce.subscriber_id == reader.id, Bounce.verdict.in_((Verdict.HARD, Verdict.SOFT)))
    session.execute(update(Bounce).where(*mine, Bounce.undone_at.is_(None)).values(undone_at=now))
    return allow_address(session, Address(reader.address), suppression_key, reason, actor, now)
