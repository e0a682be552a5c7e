"""Finds a reader's row by link or address, and adds one where there is none."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from newsletter_service.links.tokens import Holder
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.rules import Status


def find_subscriber(session: Session, holder: Holder, *, to_change: bool = False) -> Subscriber | None:
    """The reader a link is about; None once that subscription is over for good.

    `to_change` holds the row until the transaction ends.
    """
    mine = Subscriber.link_key == holder.key
    if holder.former:
        mine = Subscriber.former_link == holder.former
    query = select(Subscriber).where(mine)
    if to_change:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).one_or_none()


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
