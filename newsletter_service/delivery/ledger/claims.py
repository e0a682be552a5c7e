"""Rows of the ledger on their way: claimed by a worker, handed over to a connection, settled by the server's reply.

Every function runs a few statements in the caller's transaction, however many rows they are about.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, text, update

from newsletter_service.db import UtcDateTime
from newsletter_service.delivery.ledger.rows import CLAIMED_COLUMNS, Claimed, Place, Settled
from newsletter_service.delivery.ledger.sql import LedgerSql, sql_of
from newsletter_service.delivery.ledger.templates import CLAIM, FURTHER
from newsletter_service.delivery.ledger.workers import STOPPED
from newsletter_service.delivery.models import Delivery, Letter, Mailing
from newsletter_service.delivery.rules import DeliveryState


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
    sql = sql_of(connection)
    values = _Values(sql.PLACE)
    statement = CLAIM.format(
        mine="mailing_id IS NULL" if mailing_id is None else f"mailing_id = {values.add(mailing_id)}",
        now=values.add(sql.moment(now)),
        beyond=values.fill(FURTHER, *after) if after else "",
        domains=_of_domains(sql, values, to, but_to),
        registered=values.add(worker),
        returned=CLAIMED_COLUMNS,
        limit=limit,  # no parameter: PostgreSQL plans once, and should not plan for any number of rows
        lock=sql.LOCK,
        worker=values.add(worker),
    )
    with closing(connection.connection.cursor()) as cursor:
        cursor.execute(statement, tuple(values.values))
        return claimed_rows(cursor.fetchall())


def claimed_rows(found: Sequence[Any]) -> tuple[list[Claimed], Place | None]:
    """Returns rows as a statement found them, in their order, and how far claiming came with them."""
    rows = sorted(found)
    place = max(((row[-1], row[0]) for row in rows), default=None)
    return [Claimed._make(row[:-1]) for row in rows], place


def _of_domains(sql: LedgerSql, values: "_Values", to: str, but_to: Collection[str]) -> str:
    if to:
        return f"AND domain = {values.add(to)}"
    if not but_to:
        return ""
    return f"AND NOT domain {values.fill(sql.AMONG, sql.listed(but_to))}"


@dataclass
class _Values:
    """Parameters of a statement, in their order."""

    place: str
    values: list[object] = field(default_factory=list)

    def add(self, value: object) -> str:
        return self.fill("{place}", value)

    def fill(self, template: str, *values: object) -> str:
        self.values.extend(values)
        return template.format(place=self.place)


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


def letter(connection: Connection, letter_id: int) -> bytes | dict[str, Any]:
    """Returns the skeleton of a letter, or the words of a notice of which none was made."""
    query = select(Letter.skeleton, Letter.words).where(Letter.id == letter_id)
    skeleton, words = connection.execute(query).one()
    return skeleton if words is None else words


def meant_for_suppressed(connection: Connection, letter_ids: Collection[int]) -> frozenset[int]:
    """Returns those of these letters that go to suppressed addresses too."""
    query = select(Letter.id).where(Letter.id.in_(letter_ids), Letter.to_suppressed)
    return frozenset(connection.scalars(query)) if letter_ids else frozenset()


# --- handing over and settling: these run for every few letters and therefore use the driver itself ---


def hand_over(connection: Connection, worker: str, ids: Sequence[int], now: datetime) -> set[int]:
    """Writes down that these letters go to a connection now; returns those that may.

    The others were cancelled since they were claimed, their mailing paused, or their worker expired.
    """
    sql = sql_of(connection)
    with closing(connection.connection.cursor()) as cursor:
        cursor.execute(sql.HAND_OVER_CHOSEN, (sql.moment(now), sql.listed(ids), worker))
        return {row[0] for row in cursor.fetchall()}


def settle(connection: Connection, worker: str, settled: Sequence[Settled]) -> int:
    """Writes down what became of rows that `worker` holds and returns the number of those it still held."""
    if not settled:
        return 0
    with closing(connection.connection.cursor()) as cursor:
        sql_of(connection).settle(cursor, worker, settled)
        return cursor.rowcount


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
