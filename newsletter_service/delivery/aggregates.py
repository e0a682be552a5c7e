"""Letters of long ago become numbers: what became of them stays counted, and nobody's name stays with it."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, exists, func, or_, select
from sqlalchemy.orm import Session

from newsletter_service.db import among
from newsletter_service.delivery.models import Delivery, DeliveryTotal, Mailing
from newsletter_service.delivery.rules import DeliveryState

AT_ONCE = 5000
_ANY_STATE = Delivery.state.in_(list(DeliveryState))  # as the index has them


def mailings_before(session: Session, before: datetime) -> Sequence[int]:
    """Mailings with rows of which the last was settled before a moment, the oldest first."""
    mine = Delivery.mailing_id == Mailing.id
    later = exists().where(
        mine, _ANY_STATE, or_(Delivery.settled_at.is_(None), Delivery.settled_at >= before)
    )
    some = exists().where(mine, _ANY_STATE)
    query = select(Mailing.id).where(Mailing.created_at < before, some, ~later)
    return session.scalars(query.order_by(Mailing.id)).all()


def aggregate(session: Session, mailing_id: int, limit: int = AT_ONCE) -> int:
    """Turns up to `limit` rows of a mailing that is through into numbers; returns how many those were."""
    columns = (Delivery.id, Delivery.state, Delivery.ambiguous_attempts)
    which = (Delivery.mailing_id == mailing_id, _ANY_STATE, Delivery.settled_at.is_not(None))
    rows = session.execute(select(*columns).where(*which).limit(limit).with_for_update()).all()
    repeated = Counter(row.state for row in rows if row.ambiguous_attempts)
    for state, number in Counter(row.state for row in rows).items():
        total = session.get(DeliveryTotal, (mailing_id, state)) or DeliveryTotal(
            mailing_id=mailing_id, state=state, number=0, repeated=0
        )
        total.number, total.repeated = total.number + number, total.repeated + repeated[state]
        session.add(total)
    session.flush()
    session.execute(delete(Delivery).where(among(Delivery.id, [row.id for row in rows])))
    return len(rows)


def is_aggregated(session: Session, mailing_id: int) -> bool:
    """Whether letters of a mailing are numbers already."""
    mine = select(func.count()).select_from(DeliveryTotal).where(DeliveryTotal.mailing_id == mailing_id)
    return session.scalars(mine).one() > 0
