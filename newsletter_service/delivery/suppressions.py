"""Whether an address may be mailed: the one answer, for one address, for many, and as a condition in SQL.

Addresses are known by their keyed hashes (rules.address_hmac), which rows that are asked about often bear themselves.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, exists, insert, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from newsletter_service.db import add_missing, among
from newsletter_service.delivery.models import Suppression
from newsletter_service.delivery.rules import BOUNCED, Suppressed
from newsletter_service.delivery.service import cancel_for_subscriber

_ALL_MAIL = Suppression.scope == Suppressed.ALL_MAIL


def is_suppressed(session: Session, address_hmac: str) -> bool:
    """Whether this address is not to be mailed."""
    found = session.get(Suppression, address_hmac)
    return found is not None and found.scope == Suppressed.ALL_MAIL


def suppressed_among(connection: Connection, address_hmacs: Collection[str]) -> frozenset[str]:
    """Those of many addresses that are not to be mailed."""
    query = select(Suppression.address_hmac).where(
        among(Suppression.address_hmac, [*address_hmacs]), _ALL_MAIL
    )
    return frozenset(connection.scalars(query)) if address_hmacs else frozenset()


def suppressed(address_hmac: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Whether the address of a row, by its column of hashes, is not to be mailed."""
    return exists().where(Suppression.address_hmac == address_hmac, _ALL_MAIL)


def suppress(
    session: Session,
    address_hmac: str,
    subscriber_id: int | None,
    reason: str,
    now: datetime,
    status: str = "",
) -> None:
    """Never mails an address again; doing it twice keeps the first reason, but that
    a wish outweighs mail that came back: its owner may ask again after that one only.

    Letters of mailings to the subscriber whose address it is (None: nobody's) are cancelled in the same transaction:
    whoever writes such letters asks first, holding up this, so that a worker has nothing left to ask.
    """
    keep_off(session, address_hmac, Suppressed.ALL_MAIL, reason, now, status)
    session.flush()
    if subscriber_id is not None:
        cancel_for_subscriber(session, subscriber_id, now)


def suppression_of(session: Session, address_hmac: str, *, to_change: bool = False) -> Suppression | None:
    """What is known of an address that is kept off anything; `to_change` holds it until the transaction ends."""
    return session.get(
        Suppression, address_hmac, with_for_update=to_change or None, populate_existing=to_change
    )


def lift(session: Session, suppression: Suppression) -> None:
    """Lets an address be mailed again."""
    session.delete(suppression)
    session.flush()


def let_ask_again(session: Session, address_hmac: str) -> None:
    """Lets an address to which mail came back be mailed again, for its owner confirmed; lists do not bring it back."""
    found = suppression_of(session, address_hmac)
    if found is not None and found.reason == BOUNCED:
        found.scope = Suppressed.IMPORTS
        session.flush()


@dataclass(frozen=True)
class CameBack:
    """Since when an address is not mailed because mail came back, and the code (RFC 3463; "" without one)."""

    status: str
    at: datetime


def came_back(session: Session, address_hmac: str) -> CameBack | None:
    """Why an address gets no mail, if that is because mail came back."""
    found = suppression_of(session, address_hmac)
    if found is None or found.reason != BOUNCED or found.scope is not Suppressed.ALL_MAIL:
        return None
    return CameBack(found.status, found.at)


def keep_off(
    session: Session, address_hmac: str, scope: Suppressed, reason: str, at: datetime, status: str = ""
) -> None:
    """Keeps an address off all mail, or off lists that are imported; the stricter of what was and is asked stays."""
    wanted = {"scope": scope, "reason": reason, "at": at, "status": status}
    add_missing(session, Suppression, [{"address_hmac": address_hmac} | wanted])
    found = suppression_of(session, address_hmac, to_change=True)
    if found is not None:
        _tighten(found, scope, reason, at, status)


def _tighten(found: Suppression, scope: Suppressed, reason: str, at: datetime, status: str = "") -> None:
    if _is_stricter(scope, reason, found):
        found.scope, found.reason, found.at, found.status = scope, reason, at, status


@dataclass(frozen=True, slots=True)
class KeptOff:
    """What an address is kept off, why, and since when."""

    scope: Suppressed
    reason: str
    at: datetime


def keep_off_all(session: Session, wanted: Mapping[str, KeptOff]) -> frozenset[str]:
    """Does what `keep_off` does for many addresses, by their hashes; returns those of which nothing was known."""
    mine = select(Suppression).where(among(Suppression.address_hmac, [*wanted])).with_for_update()
    found = session.scalars(mine.execution_options(populate_existing=True))
    known = {one.address_hmac: one for one in found}
    new = [
        {"address_hmac": hashed, "scope": one.scope, "reason": one.reason, "at": one.at, "status": ""}
        for hashed, one in wanted.items()
        if hashed not in known
    ]
    if new:
        session.execute(insert(Suppression), new)
    for hashed, one in known.items():
        _tighten(one, wanted[hashed].scope, wanted[hashed].reason, wanted[hashed].at)
    session.flush()
    return frozenset(wanted.keys() - known.keys())


def scopes(session: Session, address_hmacs: Collection[str]) -> dict[str, Suppressed]:
    """What those of many addresses that are kept off anything are kept off."""
    query = select(Suppression.address_hmac, Suppression.scope)
    found = session.execute(query.where(among(Suppression.address_hmac, [*address_hmacs])))
    return {row.address_hmac: row.scope for row in found}


def would_change(session: Session, address_hmac: str, reason: str) -> bool:
    """Whether suppressing an address for `reason` says more than is known of it."""
    found = session.get(Suppression, address_hmac)
    return found is None or _is_stricter(Suppressed.ALL_MAIL, reason, found)


def _is_stricter(scope: Suppressed, reason: str, found: Suppression) -> bool:
    is_wish_after_bounce = found.reason == BOUNCED and reason != BOUNCED
    return scope is Suppressed.ALL_MAIL and (found.scope != scope or is_wish_after_bounce)
