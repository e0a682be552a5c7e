"""Senders in the database: that they are alive, and what becomes of their rows when they are not."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, case, delete, insert, literal, select, update

from newsletter_service.delivery.models import Delivery, Worker
from newsletter_service.delivery.rules import DeliveryState


def _state(state: DeliveryState) -> ColumnElement[DeliveryState]:
    return literal(state, Delivery.state.type)


FREED = case((Delivery.attempts > 0, _state(DeliveryState.DEFERRED)), else_=_state(DeliveryState.READY))
"""The state of a row that nobody holds any more and that did not go out."""
STOPPED = case(
    (Delivery.ambiguous_attempts > 0, _state(DeliveryState.UNCERTAIN)), else_=_state(DeliveryState.CANCELLED)
)
"""The state of a row that nobody sends any more: it never went out, or nobody knows whether it did."""


def register(connection: Connection, sender: str, host: str, process_id: int, now: datetime) -> None:
    """Say that a sender is there; without this it may claim nothing."""
    values = {"id": sender, "host": host[:100], "process_id": process_id, "beats": 0, "pace": 0}
    connection.execute(insert(Worker).values(**values, started_at=now, seen_at=now))


def beat(connection: Connection, sender: str, pace: int, now: datetime) -> bool:
    """Show that a sender is alive, and how many letters a second it gets rid of.

    False if the others have given it up, and its rows with it.
    """
    shown = {"beats": Worker.beats + 1, "pace": pace, "seen_at": now}
    alive = update(Worker).where(Worker.id == sender).values(shown)
    return bool(connection.execute(alive).rowcount)


def beats(connection: Connection) -> dict[str, int]:
    """How often each sender has shown that it is alive."""
    return dict(connection.execute(select(Worker.id, Worker.beats)).all())


def leave(connection: Connection, sender: str, now: datetime, *, hold: bool) -> None:
    """Strike a sender off and free what it still holds: `hand_back` first whatever reached no connection."""
    connection.execute(delete(Worker).where(Worker.id == sender))
    free_rows_of(connection, sender, now, hold=hold)


def keep_only(connection: Connection, sender: str, ids: Iterable[int]) -> None:
    """Give back what a sender holds but for rows `ids`, which are with the server."""
    _free(connection, Delivery.lease_holder == sender, Delivery.id.not_in(list(ids)))


def hand_back(connection: Connection, sender: str, ids: Sequence[int]) -> None:
    """Rows that were handed over did not go to any connection after all: the sender holds them as before."""
    if ids:
        mine = (Delivery.lease_holder == sender, Delivery.id.in_(ids))
        connection.execute(update(Delivery).where(*mine).values(handed_at=None))
        _free(connection, *mine, Delivery.cancel_asked_at.is_not(None))


def _free(connection: Connection, *which: ColumnElement[bool]) -> None:
    """Let go of rows that did not go out; those that were to be cancelled are."""
    stop = Delivery.cancel_asked_at
    connection.execute(
        update(Delivery)
        .where(Delivery.state == DeliveryState.CLAIMED, *which)
        .values(
            state=case((stop.is_not(None), STOPPED), else_=FREED),
            settled_at=stop,
            lease_holder=None,
            handed_at=None,
        )
    )


def expire_worker(connection: Connection, sender: str, beats: int, now: datetime, *, hold: bool) -> int:
    """Free the rows of a sender that still stands at `beats`: how many it had.

    What it never handed over is ready again. What it had handed over is uncertain: due at once, or with
    `hold` left for a person to decide; what was to be cancelled stays as it is.
    """
    gone = connection.execute(delete(Worker).where(Worker.id == sender, Worker.beats == beats))
    return free_rows_of(connection, sender, now, hold=hold) if gone.rowcount else 0


def free_rows_of(connection: Connection, sender: str | None, now: datetime, *, hold: bool) -> int:
    """Free what a sender that is gone had claimed; None: what belongs to no registered sender at all."""
    theirs = Delivery.lease_holder == sender if sender else Delivery.lease_holder.not_in(select(Worker.id))
    held = (Delivery.state == DeliveryState.CLAIMED, theirs)
    ambiguous = connection.execute(
        update(Delivery)
        .where(*held, Delivery.handed_at.is_not(None))
        .values(
            state=DeliveryState.UNCERTAIN,
            ambiguous_attempts=Delivery.ambiguous_attempts + 1,
            attempts=Delivery.attempts + 1,
            next_attempt_at=now,
            settled_at=now if hold else Delivery.cancel_asked_at,
            lease_holder=None,
            handed_at=None,
            reply_code=None,
            reply_status="",
            reply_text="",
        )
    )
    untouched = connection.execute(
        update(Delivery).where(*held, Delivery.handed_at.is_(None)).values(state=FREED, lease_holder=None)
    )
    return ambiguous.rowcount + untouched.rowcount
