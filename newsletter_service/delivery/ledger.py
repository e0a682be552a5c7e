"""Rows of the ledger on their way: claimed for a while, handed to a connection, settled by the server's answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import Session

from newsletter_service.delivery.models import Delivery, Mailing, Suppression
from newsletter_service.delivery.rules import (
    MAX_REPLY_TEXT,
    Reply,
    State,
    Verdict,
    address_hmac,
    classify,
    settlement,
)

LEASE = timedelta(minutes=15)


@dataclass(frozen=True)
class Claimed:
    """What a sender needs of a row it holds, apart from any session."""

    delivery_id: int
    mailing_id: int | None
    letter_id: int
    reader_id: int | None
    reader_generation: int | None
    address: str
    name: str
    attempts: int
    give_up_at: datetime


def claim(session: Session, holder: str, now: datetime, limit: int, secret_key: str) -> list[Claimed]:
    """Take up to `limit` due rows for `holder` until the lease ends; no two holders get the same row.

    Rows of suppressed addresses are cancelled instead, those of paused mailings stay where they are.
    """
    rows = session.scalars(_due(now, limit)).all()
    suppressed = _suppressed(session, rows, secret_key)
    claimed = []
    for row in rows:
        if row.address in suppressed:
            row.state, row.settled_at = State.CANCELLED, now
            continue
        row.state, row.lease_holder, row.handed_at = State.CLAIMED, holder, None
        claimed.append(_claimed(row))
    session.flush()
    return claimed


def _due(now: datetime, limit: int) -> Select[Delivery]:
    return (
        select(Delivery)
        .outerjoin(Mailing, Delivery.mailing_id == Mailing.id)
        .where(
            Delivery.state.in_((State.READY, State.DEFERRED)),
            Delivery.next_attempt_at <= now,
            or_(Delivery.mailing_id.is_(None), Mailing.paused_at.is_(None)),
        )
        .order_by(Delivery.priority, Delivery.next_attempt_at, Delivery.id)
        .limit(limit)
        .with_for_update(of=Delivery, skip_locked=True)
    )


def _suppressed(session: Session, rows: Sequence[Delivery], secret_key: str) -> set[str]:
    keys = {address_hmac(row.address, secret_key): row.address for row in rows}
    found = session.scalars(select(Suppression.address_hmac).where(Suppression.address_hmac.in_(keys)))
    return {keys[key] for key in found}


def _claimed(row: Delivery) -> Claimed:
    return Claimed(
        delivery_id=row.id,
        mailing_id=row.mailing_id,
        letter_id=row.letter_id,
        reader_id=row.reader_id,
        reader_generation=row.reader_generation,
        address=row.address,
        name=row.name,
        attempts=row.attempts,
        give_up_at=row.give_up_at,
    )


def hand_over(session: Session, claimed: Claimed, holder: str, now: datetime) -> bool:
    """Write down that the letter goes to a connection now; False if it may not go any more.

    That is so when the row was cancelled since it was claimed, its mailing paused, or its lease lost.
    """
    paused = (
        select(Mailing.id).where(Mailing.id == Delivery.mailing_id, Mailing.paused_at.is_not(None)).exists()
    )
    done = session.execute(
        update(Delivery)
        .where(
            Delivery.id == claimed.delivery_id,
            Delivery.state == State.CLAIMED,
            Delivery.lease_holder == holder,
            Delivery.handed_at.is_(None),
            ~paused,
        )
        .values(handed_at=now)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def settle(
    session: Session, claimed: Claimed, holder: str, reply: Reply, now: datetime, chance: float
) -> Verdict:
    """Write down what `reply` means for the row, and pause its mailing if it concerns every letter."""
    verdict = classify(reply)
    result = settlement(verdict, claimed.attempts, claimed.give_up_at, now, chance)
    values: dict[str, object] = {
        "state": result.state,
        "attempts": claimed.attempts + result.counts,
        "lease_holder": None,
        "handed_at": None,
        "settled_at": None if result.next_attempt_at else now,
        "reply_code": reply.code,
        "reply_status": reply.enhanced_status,
        "reply_text": reply.text[:MAX_REPLY_TEXT],
    }
    if result.next_attempt_at:
        values["next_attempt_at"] = result.next_attempt_at
    _update_held(session, claimed, holder, values)
    if verdict is Verdict.PAUSE and claimed.mailing_id is not None:
        _pause(session, claimed.mailing_id, reply, now)
    return verdict


def release(session: Session, claimed: Claimed, holder: str) -> None:
    """Give a claimed row back unsent, as it was."""
    _update_held(session, claimed, holder, {"state": State.READY, "lease_holder": None})


def _update_held(session: Session, claimed: Claimed, holder: str, values: dict[str, object]) -> None:
    session.execute(
        update(Delivery)
        .where(
            Delivery.id == claimed.delivery_id,
            Delivery.state == State.CLAIMED,
            Delivery.lease_holder == holder,
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _pause(session: Session, mailing_id: int, reply: Reply, now: datetime) -> None:
    session.execute(
        update(Mailing)
        .where(Mailing.id == mailing_id, Mailing.paused_at.is_(None))
        .values(paused_at=now, pause_reason=f"{reply.code} {reply.text}"[:500])
        .execution_options(synchronize_session=False)
    )


def recover(session: Session, now: datetime) -> int:
    """Settle rows whose sender is gone: ready if they were never handed over, else uncertain. How many."""
    gone = (Delivery.state == State.CLAIMED, Delivery.lease_holder.is_(None))
    free = {"lease_holder": None}
    unsent = session.execute(
        update(Delivery)
        .where(*gone, Delivery.handed_at.is_(None))
        .values(state=State.READY, **free)
        .execution_options(synchronize_session=False)
    )
    unknown = session.execute(
        update(Delivery)
        .where(*gone, Delivery.handed_at.is_not(None))
        .values(state=State.UNCERTAIN, settled_at=now, attempts=Delivery.attempts + 1, **free)
        .execution_options(synchronize_session=False)
    )
    return int(unsent.rowcount + unknown.rowcount)  # type: ignore[attr-defined]
