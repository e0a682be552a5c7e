"""Finds a reader's row by address, and adds one where there is none."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from newsletter_service.db import hold_name
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.rules import Status


def by_address(session: Session, address: Address) -> Subscriber | None:
    """Returns whose address this is, held until the transaction ends; so is the address itself, if it is nobody's yet.

    Who is about to write to an address that nobody knows, and who suppresses it meanwhile, take turns by this.
    """
    hold_name(session, f"address {address.text}")
    mine = select(Subscriber).where(Subscriber.address == address.text)
    return session.scalars(mine.with_for_update().execution_options(populate_existing=True)).one_or_none()


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
