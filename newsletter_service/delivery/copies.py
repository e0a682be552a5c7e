"""What becomes of the ledger in a copy of it: what was open then, and what nobody knows since."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from newsletter_service.db import LARGEST_NUMBER, rows_changed
from newsletter_service.delivery.ledger import workers
from newsletter_service.delivery.models import Delivery, Worker
from newsletter_service.delivery.rules import DeliveryState
from newsletter_service.sequences import go_on_from, last_number

_NUMBERS_LEFT_OUT = 1_000_000
"""More than a database may have given out since it was copied: Message-IDs are made from them."""


def open_letters(session: Session, last_id: int) -> dict[int | None, int]:
    """The number of letters by mailing (None: notices) that might still have gone out when the copy was made."""
    query = select(Delivery.mailing_id, func.count()).where(*_open_then(last_id))
    return dict(session.execute(query.group_by(Delivery.mailing_id)).all())


def forget_workers(session: Session, now: datetime, *, hold: bool) -> None:
    """Frees what workers of the original had claimed; what they had handed over is uncertain, as after a kill."""
    session.execute(delete(Worker))
    workers.free_rows_of(session.connection(), None, now, hold=hold)


def leave_uncertain(session: Session, last_id: int, now: datetime) -> int:
    """Counts as uncertain what was open when the copy was made: the original may have sent it. Returns their number.

    People decide about them as about other uncertain letters. Letters written since get numbers of their own.
    """
    doubted = (
        update(Delivery)
        .where(*_open_then(last_id))
        .values(
            state=DeliveryState.UNCERTAIN,
            ambiguous_attempts=Delivery.ambiguous_attempts + 1,
            settled_at=now,
            lease_holder=None,
            handed_at=None,
        )
    )
    connection, table = session.connection(), Delivery.__tablename__
    number = last_number(connection, table) + _NUMBERS_LEFT_OUT
    go_on_from(connection, table, min(number, LARGEST_NUMBER))
    return rows_changed(session, doubted)


def _open_then(last_id: int) -> tuple[ColumnElement[bool], ...]:
    return Delivery.settled_at.is_(None), Delivery.id <= last_id
