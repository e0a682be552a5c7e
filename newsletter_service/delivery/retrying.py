"""What people decide about letters that did not surely arrive: once more, or to count them as sent."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Select, Update, func, select, update
from sqlalchemy.orm import Session

from newsletter_service.db import rows_changed
from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.reporting import Filter, Group
from newsletter_service.delivery.rules import EDITION_GIVE_UP, DeliveryState

RETRIED = (Group.FAILED, Group.UNCERTAIN)


def number_of(session: Session, mailing_id: int, which: Filter, readers: Select[int]) -> int:
    """How many letters would go out once more, to those of `readers` (their ids)."""
    query = select(func.count()).select_from(Delivery)
    return session.scalars(query.where(*which.rows(mailing_id), Delivery.subscriber_id.in_(readers))).one()


def retry(session: Session, mailing_id: int, which: Filter, readers: Select[int], now: datetime) -> int:
    """Queues failed or uncertain letters to `readers` (ids) again under their Message-ID; returns their number."""
    return _change(
        session,
        update(Delivery)
        .where(*which.rows(mailing_id), Delivery.subscriber_id.in_(readers))
        .values(
            state=DeliveryState.DEFERRED,
            settled_at=None,
            next_attempt_at=now,
            give_up_at=now + EDITION_GIVE_UP,
            cancel_asked_at=None,
        ),
    )


def count_as_sent(session: Session, mailing_id: int, which: Filter) -> int:
    """Counts uncertain letters as sent and returns their number; they may have arrived twice."""
    uncertain = replace(which, group=Group.UNCERTAIN)
    return _change(
        session, update(Delivery).where(*uncertain.rows(mailing_id)).values(state=DeliveryState.SENT)
    )


def _change(session: Session, statement: Update) -> int:
    changed = rows_changed(session, statement)
    session.expire_all()
    return changed
