"""Workers in the database: their heartbeats, and what becomes of the rows of one that is dead."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, case, delete, insert, literal, select, update

from newsletter_service.delivery.models import Delivery, Worker
from newsletter_service.delivery.rules import DeliveryState


def _state(state: DeliveryState) -> ColumnElement[DeliveryState]:
    return literal(state, Delivery.state.type)


FREED = case((Delivery.attempts > 0, _state(DeliveryState.DEFERRED)), else_=_state(DeliveryState.READY))
"""The state of a row that did not go out and is no longer claimed."""
STOPPED = case(
    (Delivery.ambiguous_attempts > 0, _state(DeliveryState.UNCERTAIN)), else_=_state(DeliveryState.CANCELLED)
)
"""The state of a row that is not sent any more: it never went out, or it may have."""


def register(connection: Connection, worker: str, host: str, process_id: int, now: datetime) -> None:
    """Registers a worker; without this it may claim nothing."""
    values = {"id": worker, "host": host[:100], "process_id": process_id, "beats": 0, "pace": 0}
    connection.execute(insert(Worker).values(**values, started_at=now, seen_at=now))


def beat(connection: Connection, worker: str, pace: int, now: datetime) -> bool:
    """Raises the heartbeat of a worker and notes how many letters a second it settles.

    Returns False if the others expired it, and its rows are no longer its own.
    """
    shown = {"beats": Worker.beats + 1, "pace": pace, "seen_at": now}
    alive = update(Worker).where(Worker.id == worker).values(shown)
    return bool(connection.execute(alive).rowcount)


def beats(connection: Connection) -> dict[str, int]:
    """Returns the heartbeat of each worker."""
    return dict(connection.execute(select(Worker.id, Worker.beats)).all())


def leave(connection: Connection, worker: str, now: datetime, *, hold: bool) -> None:
    """Deregisters a worker and frees what it still holds; call `hand_back` first for what reached no connection."""
    connection.execute(delete(Worker).where(Worker.id == worker))
    free_rows_of(connection, worker, now, hold=hold)


def keep_only(connection: Connection, worker: str, ids: Iterable[int]) -> None:
    """Frees what a worker holds but for rows `ids`, which are with the server."""
    _free(connection, Delivery.lease_holder == worker, Delivery.id.not_in(list(ids)))


def hand_back(connection: Connection, worker: str, ids: Sequence[int]) -> None:
    """Takes back rows that were handed over and reached no connection: they are claimed as before."""
    if ids:
        mine = (Delivery.lease_holder == worker, Delivery.id.in_(ids))
        connection.execute(update(Delivery).where(*mine).values(handed_at=None))
        _free(connection, *mine, Delivery.cancel_asked_at.is_not(None))


def give_back(connection: Connection, worker: str, ids: Iterable[int]) -> None:
    """Frees rows of `worker` that were not handed over, as they were."""
    _free(
        connection, Delivery.lease_holder == worker, Delivery.id.in_(list(ids)), Delivery.handed_at.is_(None)
    )


def _free(connection: Connection, *which: ColumnElement[bool]) -> int:
    """Frees claimed rows that did not go out and returns their number; those that were to be cancelled are."""
    stop = Delivery.cancel_asked_at
    state = case((stop.is_not(None), STOPPED), else_=FREED)
    freed = update(Delivery).where(Delivery.state == DeliveryState.CLAIMED, *which)
    return connection.execute(
        freed.values(state=state, settled_at=stop, lease_holder=None, handed_at=None)
    ).rowcount


def expire_worker(connection: Connection, worker: str, beats: int, now: datetime, *, hold: bool) -> int:
    """Frees the rows of a worker whose heartbeat still stands at `beats`; returns their number.

    What it never handed over is ready again. What it had handed over is uncertain: due now, or with `hold` left for a
    person to decide; what was to be cancelled is not sent again.
    """
    gone = connection.execute(delete(Worker).where(Worker.id == worker, Worker.beats == beats))
    return free_rows_of(connection, worker, now, hold=hold) if gone.rowcount else 0


def free_rows_of(connection: Connection, worker: str | None, now: datetime, *, hold: bool) -> int:
    """Frees what a worker had claimed that is gone; None: what belongs to no registered worker."""
    theirs = Delivery.lease_holder == worker if worker else Delivery.lease_holder.not_in(select(Worker.id))
    ambiguous = connection.execute(
        update(Delivery)
        .where(Delivery.state == DeliveryState.CLAIMED, theirs, Delivery.handed_at.is_not(None))
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
    return ambiguous.rowcount + _free(connection, theirs, Delivery.handed_at.is_(None))
