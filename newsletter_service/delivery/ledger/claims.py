"""Rows of the ledger on their way: claimed by a worker, handed over to a connection, settled by the server's reply.

Every function runs a few statements in the caller's transaction, however many rows they are about.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    bindparam,
    select,
    text,
    update,
)

from newsletter_service.db import UtcDateTime
from newsletter_service.delivery.ledger.workers import FREED, STOPPED
from newsletter_service.delivery.models import Delivery, Letter, Mailing
from newsletter_service.delivery.rules import DeliveryState


class Claimed(NamedTuple):
    """What a worker needs of a row that it holds, apart from any session."""

    delivery_id: int
    mailing_id: int | None
    letter_id: int
    subscriber_key: str | None
    address: str
    domain: str
    name: str
    attempts: int
    ambiguous_attempts: int
    answers_id: int | None = None


CLAIMED_COLUMNS = ", ".join(("id", *Claimed._fields[1:]))
"""What a statement returns of each row that it claims, in the order of Claimed."""
Place = tuple[Any, int]
"""How far claiming a mailing has come: moment (as the driver returns it) and id of the last row."""


class Settled(NamedTuple):
    """What becomes of one row; `next_attempt_at` None leaves it, `settled_at` None keeps it open."""

    delivery_id: int
    state: DeliveryState
    attempts: int
    ambiguous_attempts: int
    next_attempt_at: datetime | None
    settled_at: datetime | None
    reply_code: int | None
    reply_status: str
    reply_text: str


def settle_in(connection: Connection) -> None:
    """Prepares a connection for many small statements: PostgreSQL would plan each again, which takes as long as running
    it. What it plans while a table is small has to serve when a million rows were added a moment ago.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET plan_cache_mode = force_generic_plan")
        connection.exec_driver_sql("SET enable_seqscan = off")
        connection.exec_driver_sql(
            "SET jit = off"
        )  # it would be asked for by what a forbidden scan is said to cost
        connection.commit()


# --- claiming ---


_CLAIM = """
    WITH due AS MATERIALIZED (
        SELECT id FROM delivery
        WHERE {mine} AND settled_at IS NULL AND state <> 'claimed' AND next_attempt_at <= {now} {beyond} {domains}
            AND EXISTS (SELECT 1 FROM worker WHERE id = {registered})
        ORDER BY mailing_id, next_attempt_at, id LIMIT {limit} {lock}
    )
    UPDATE delivery SET state = 'claimed', lease_holder = {worker}, handed_at = NULL
    WHERE id IN (SELECT id FROM due)
    RETURNING {returned}, next_attempt_at
"""
_LOCKS = {"sqlite": "", "postgresql": "FOR UPDATE SKIP LOCKED"}


def claim(
    connection: Connection,
    worker: str,
    mailing_id: int | None,
    now: datetime,
    limit: int,
    after: Place | None = None,
    *,
    to: str = "",
    but_to: Collection[str] = (),
) -> tuple[list[Claimed], Place | None]:
    """Claims up to `limit` due rows of a mailing (None: notices), beyond `after`; also returns how far that went.

    Only those `to` one domain where one is given, and none of those `but_to` some domains.

    No two workers get the same row: PostgreSQL skips rows that others are claiming, on SQLite one at a time claims. An
    expired worker gets none.
    """
    dialect = connection.dialect
    values = _Values(dialect.paramstyle)
    moment = stored(now) if dialect.name == "sqlite" else now
    statement = _CLAIM.format(
        mine="mailing_id IS NULL" if mailing_id is None else f"mailing_id = {values.add(mailing_id)}",
        now=values.add(moment),
        # Without it every claim would step over all that was claimed before and is not vacuumed yet.
        beyond=f"AND (next_attempt_at, id) > ({values.add(after[0])}, {values.add(after[1])})"
        if after
        else "",
        domains=_of_domains(dialect.name, values, to, but_to),
        registered=values.add(worker),
        returned=CLAIMED_COLUMNS,
        limit=limit,  # no parameter: PostgreSQL plans once, and should not plan for any number of rows
        lock=_LOCKS[dialect.name],
        worker=values.add(worker),
    )
    with closing(connection.connection.cursor()) as cursor:
        cursor.execute(statement, tuple(values.values))
        rows = sorted(cursor.fetchall())
    place = max(((row[-1], row[0]) for row in rows), default=None)
    return [Claimed(*row[:-1]) for row in rows], place


def _of_domains(dialect: str, values: "_Values", to: str, but_to: Collection[str]) -> str:
    if to:
        return f"AND domain = {values.add(to)}"
    if not but_to:
        return ""
    if dialect == "sqlite":
        others = "SELECT value FROM json_each({})"
        return f"AND domain NOT IN ({others.format(values.add(json.dumps(list(but_to))))})"
    return f"AND domain <> ALL({values.add(list(but_to))})"


@dataclass
class _Values:
    """Parameters of a statement in the driver's own style, in their order."""

    paramstyle: str
    values: list[object] = field(default_factory=list)

    def add(self, value: object) -> str:
        self.values.append(value)
        return "?" if self.paramstyle == "qmark" else "%s"


def give_up_at(connection: Connection, delivery_id: int) -> datetime | None:
    """Returns when a row is given up at the latest; None if it was erased meanwhile."""
    return connection.scalars(select(Delivery.give_up_at).where(Delivery.id == delivery_id)).one_or_none()


def cancel_claimed(connection: Connection, worker: str, ids: Iterable[int], now: datetime) -> None:
    """Cancels rows that `worker` has just claimed and that reached no connection."""
    wanted = list(ids)
    if wanted:
        connection.execute(
            update(Delivery)
            .where(Delivery.id.in_(wanted), Delivery.lease_holder == worker)
            .values(state=STOPPED, settled_at=now, lease_holder=None, handed_at=None)
        )


def give_back(connection: Connection, worker: str, ids: Iterable[int]) -> None:
    """Frees rows of `worker` that were not handed over, as they were."""
    mine = (Delivery.lease_holder == worker, Delivery.handed_at.is_(None))
    connection.execute(
        update(Delivery).where(Delivery.id.in_(list(ids)), *mine).values(state=FREED, lease_holder=None)
    )


def park(connection: Connection, worker: str, turns: Mapping[int, datetime]) -> None:
    """Frees rows until their turn comes (by delivery id): their domain takes no more for now."""
    if turns:
        rows = [{"key": key, "holder": worker, "at": at} for key, at in turns.items()]
        connection.execute(_PARK, rows)


_PARK = text(
    """
    UPDATE delivery
    SET state = CASE WHEN attempts > 0 THEN 'deferred' ELSE 'ready' END, lease_holder = NULL, next_attempt_at = :at
    WHERE id = :key AND lease_holder = :holder AND handed_at IS NULL
    """
).bindparams(bindparam("at", type_=UtcDateTime()))


def skeleton(connection: Connection, letter_id: int) -> bytes:
    """Returns the skeleton of a letter."""
    return connection.scalars(select(Letter.skeleton).where(Letter.id == letter_id)).one()


# --- handing over and settling: these run for every few letters and therefore use the driver itself ---

_HAND_OVER = """
    UPDATE delivery SET handed_at = {place} WHERE id {among} AND lease_holder = {place} AND {state} = 'claimed'
    AND (mailing_id IS NULL OR mailing_id NOT IN (SELECT id FROM mailing WHERE paused_at IS NOT NULL))
    RETURNING id
"""
HAND_OVER_IN = {
    # What is added to `state` keeps the planner from scanning all claimed rows instead of looking up these.
    "sqlite": _HAND_OVER.format(place="?", among="IN (SELECT value FROM json_each(?))", state="+state"),
    "postgresql": _HAND_OVER.format(place="%s", among="= ANY(%s)", state="state || ''"),
}


def hand_over(connection: Connection, worker: str, ids: Sequence[int], now: datetime) -> set[int]:
    """Writes down that these letters go to a connection now; returns those that may.

    The others were cancelled since they were claimed, their mailing paused, or their worker expired.
    """
    on_sqlite = connection.dialect.name == "sqlite"
    values = (stored(now), str(list(ids)), worker) if on_sqlite else (now, list(ids), worker)
    with closing(connection.connection.cursor()) as cursor:
        cursor.execute(HAND_OVER_IN[connection.dialect.name], values)
        return {row[0] for row in cursor.fetchall()}


_SETTLE_SQLITE = """
    UPDATE delivery
    SET state = CASE
            WHEN cancel_asked_at IS NULL OR ?6 IS NOT NULL THEN ?2
            WHEN ?4 > 0 THEN 'uncertain' ELSE 'cancelled'
        END,
        settled_at = coalesce(?6, cancel_asked_at),
        attempts = ?3, ambiguous_attempts = ?4, lease_holder = NULL, handed_at = NULL,
        next_attempt_at = coalesce(?5, next_attempt_at),
        reply_code = ?7, reply_status = ?8, reply_text = ?9
    WHERE id = ?1 AND lease_holder = ?10
"""
_SETTLE_POSTGRESQL = """
    UPDATE delivery
    SET state = CASE
            WHEN cancel_asked_at IS NULL OR new.settled_at IS NOT NULL THEN new.state
            WHEN new.ambiguous_attempts > 0 THEN 'uncertain' ELSE 'cancelled'
        END,
        settled_at = coalesce(new.settled_at, cancel_asked_at),
        attempts = new.attempts, ambiguous_attempts = new.ambiguous_attempts, lease_holder = NULL, handed_at = NULL,
        next_attempt_at = coalesce(new.next_attempt_at, delivery.next_attempt_at),
        reply_code = new.reply_code, reply_status = new.reply_status, reply_text = new.reply_text
    FROM unnest(
        %s::bigint[], %s::text[], %s::int[], %s::int[], %s::timestamptz[], %s::timestamptz[], %s::int[],
        %s::text[], %s::text[]
    ) AS new (
        delivery_id, state, attempts, ambiguous_attempts, next_attempt_at, settled_at, reply_code, reply_status,
        reply_text
    )
    WHERE delivery.id = new.delivery_id AND delivery.lease_holder = %s
"""


def settle(connection: Connection, worker: str, settled: Sequence[Settled]) -> int:
    """Writes down what became of rows that `worker` holds and returns the number of those it still held."""
    if not settled:
        return 0
    with closing(connection.connection.cursor()) as cursor:
        if connection.dialect.name == "sqlite":
            rows = [
                (*row[:4], stored(row.next_attempt_at), stored(row.settled_at), *row[6:], worker)
                for row in settled
            ]
            cursor.executemany(_SETTLE_SQLITE, rows)
        else:
            columns = [list(column) for column in zip(*settled, strict=True)]
            cursor.execute(_SETTLE_POSTGRESQL, (*columns, worker))
        return cursor.rowcount


@lru_cache(maxsize=64)
def stored(moment: datetime | None) -> str | None:
    """A moment as UtcDateTime stores it on SQLite; None stays None."""
    return (
        None if moment is None else moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    )


def settle_late(connection: Connection, settled: Iterable[Settled]) -> None:
    """Writes down that letters were accepted whose rows were taken from their worker meanwhile.

    Where another worker is already sending one again, that row stays as it is, with its ambiguous attempt.
    """
    for row in settled:
        if row.state == DeliveryState.SENT:
            connection.execute(
                update(Delivery)
                .where(
                    Delivery.id == row.delivery_id,
                    Delivery.ambiguous_attempts == row.ambiguous_attempts + 1,
                    Delivery.lease_holder.is_(None),
                    Delivery.state.in_((DeliveryState.UNCERTAIN, DeliveryState.DEFERRED)),
                )
                .values(
                    state=DeliveryState.SENT,
                    ambiguous_attempts=row.ambiguous_attempts,
                    settled_at=row.settled_at,
                    reply_code=row.reply_code,
                    reply_status=row.reply_status,
                    reply_text=row.reply_text,
                )
            )


def pause(connection: Connection, mailing_ids: Iterable[int], reason: str, now: datetime) -> None:
    """Pauses mailings because the server refuses their letters."""
    connection.execute(
        update(Mailing)
        .where(Mailing.id.in_(list(mailing_ids)), Mailing.paused_at.is_(None))
        .values(paused_at=now, pause_reason=reason[:500])
    )
