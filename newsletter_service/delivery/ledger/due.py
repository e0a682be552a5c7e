"""Which rows are due, open or stopped: questions of a worker about many rows."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, exists, func, or_, select, text

from newsletter_service.delivery.ledger import domain_backoff
from newsletter_service.delivery.models import Delivery, Mailing
from newsletter_service.delivery.rules import DeliveryState

# Word for word as in the index: with a parameter in it, SQLite does not see that the index fits.
MAY_BE_CLAIMED = text("delivery.settled_at IS NULL AND delivery.state <> 'claimed'")


def running() -> ColumnElement[bool]:
    """Whether a row is a notice, or of a mailing that is not paused."""
    paused = select(Mailing.id).where(Mailing.paused_at.is_not(None))
    return or_(Delivery.mailing_id.is_(None), Delivery.mailing_id.not_in(paused))


def mailings(connection: Connection, now: datetime) -> list[int]:
    """Returns the mailings that run and have something due, the oldest first."""
    due = exists().where(Delivery.mailing_id == Mailing.id, MAY_BE_CLAIMED, Delivery.next_attempt_at <= now)
    return list(
        connection.scalars(select(Mailing.id).where(Mailing.paused_at.is_(None), due).order_by(Mailing.id))
    )


def a_notice(connection: Connection, now: datetime) -> bool:
    """Whether a notice is due."""
    notice = exists().where(Delivery.mailing_id.is_(None), MAY_BE_CLAIMED, Delivery.next_attempt_at <= now)
    return bool(connection.scalar(select(notice)))


def anything_due(connection: Connection, now: datetime) -> bool:
    """Whether a worker would find something to do: not while the SMTP server itself backs off."""
    if domain_backoff.server_until(connection, now) is not None:
        return False
    return a_notice(connection, now) or bool(mailings(connection, now))


def soonest(connection: Connection, now: datetime, before: datetime) -> datetime | None:
    """Returns when the next open row can go, if that is before `before`; paused mailings do not count."""
    query = select(func.min(Delivery.next_attempt_at)).where(
        running(), MAY_BE_CLAIMED, Delivery.next_attempt_at < before
    )
    at, until = connection.scalar(query), domain_backoff.server_until(connection, now)
    if at is None or until is None:
        return at
    return max(at, until) if until < before else None


def count_open(connection: Connection) -> int:
    """Returns the number of letters that may still go out, of mailings that run and of notices."""
    waiting = select(func.count()).select_from(Delivery).where(running(), MAY_BE_CLAIMED)
    claimed = select(func.count()).select_from(Delivery).where(Delivery.state == DeliveryState.CLAIMED)
    return connection.scalars(waiting).one() + connection.scalars(claimed).one()


def claimed_by(connection: Connection) -> set[str]:
    """Returns the workers that hold rows."""
    query = select(Delivery.lease_holder).where(Delivery.state == DeliveryState.CLAIMED).distinct()
    return {holder for holder in connection.scalars(query) if holder}


def stopped(connection: Connection, ids: Sequence[int]) -> set[int]:
    """Returns those of these rows that may not go any more: their mailing is paused, or their subscriber left."""
    if not ids:
        return set()
    query = (
        select(Delivery.id)
        .outerjoin(Mailing, Delivery.mailing_id == Mailing.id)
        .where(
            Delivery.id.in_(ids), or_(Delivery.cancel_asked_at.is_not(None), Mailing.paused_at.is_not(None))
        )
    )
    return set(connection.scalars(query))
