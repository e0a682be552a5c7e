"""Finds a reader's row by address, and adds one where there is none."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.rules import Status


def by_address(session: Session, address: Address) -> Subscriber | None:
    """Returns whose address this is, held until the transaction ends."""
    return session.scalars(
        select(Subscriber).where(Subscriber.address == address.text).with_for_update()
    ).one_or_none()


def added(session: Session, address: Address, hashed: str, now: datetime) -> Subscriber:
    """A new reader who waits to confirm; or, where somebody signed up the same address at this very moment, theirs."""
    subscriber = Subscriber(
        address=address.text,
        address_hmac=hashed,
        domain=address.domain,
        status=Status.PENDING,
        asked_at=now,
    )
    try:
        with session.begin_nested():
            session.add(subscriber)
    except IntegrityError:
        theirs = by_address(session, address)
        if theirs is None:
            raise
        return theirs
    return subscriber
