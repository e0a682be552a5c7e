"""What runs for every few letters: settle those that were accepted, hand over the next ones, in one transaction.

It uses the driver itself: with so little to do at a time, SQLAlchemy's part would be as large as the database's. On
PostgreSQL all of it is one statement, for each costs a round trip and the commit another.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection

from newsletter_service.delivery.ledger.claims import CLAIMED_COLUMNS, HAND_OVER_IN, Claimed, Place, stored
from newsletter_service.smtp.replies import Reply

MOST_AT_ONCE = 1000


class Wanted(NamedTuple):
    """The letters to hand over: up to `limit` (and MOST_AT_ONCE) of a mailing, beyond where claiming got."""

    mailing_id: int
    limit: int
    after: Place | None


class Chosen(NamedTuple):
    """The letters to hand over: these rows (at most MOST_AT_ONCE), which the worker has claimed."""

    rows: Sequence[Claimed]


class Exchanged(NamedTuple):
    """The result: how many rows the worker still held and settled, what it may send, how far claiming went."""

    settled: int
    rows: list[Claimed]
    place: Place | None


def exchange(
    connection: Connection,
    worker: str,
    arrived: Sequence[tuple[Claimed, Reply]],
    wanted: Wanted | Chosen | None,
    now: datetime,
) -> Exchanged:
    """Settles letters that the server accepted, and hands over what is `wanted`.

    The connection is in no transaction. Handed over are due rows that nobody has, or those that were chosen, of a
    mailing that is not paused: no two workers get the same one, and an expired one gets none.
    Raises the driver's own errors.
    """
    if isinstance(wanted, Chosen):
        on_postgresql = connection.dialect.name == "postgresql"
        step = _chosen_on_postgresql if on_postgresql else _chosen_on_sqlite
        settled, may_go = step(_driver(connection), worker, arrived, wanted, now)
        return Exchanged(settled, [row for row in wanted.rows if row.delivery_id in may_go], None)
    if connection.dialect.name == "postgresql":
        settled, found = _on_postgresql(_driver(connection), worker, arrived, wanted, now)
    else:
        settled, found = _on_sqlite(_driver(connection), worker, arrived, wanted, now)
    found.sort()
    place = max(((row[-1], row[0]) for row in found), default=None)
    return Exchanged(settled, [Claimed._make(row[:-1]) for row in found], place)


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


_NEXT = """
    SELECT id FROM delivery
    WHERE mailing_id = {place} AND settled_at IS NULL AND state <> 'claimed' AND next_attempt_at <= {place} {beyond}
        AND mailing_id NOT IN (SELECT id FROM mailing WHERE paused_at IS NOT NULL)
        AND EXISTS (SELECT 1 FROM worker WHERE id = {place})
    ORDER BY mailing_id, next_attempt_at, id LIMIT {limit}
"""
# Without it every claim would step over all that was claimed before and is not vacuumed yet.
_BEYOND = "AND (next_attempt_at, id) > ({place}, {place})"
_HAND_OVER = """
    UPDATE delivery SET state = 'claimed', lease_holder = {place}, handed_at = {place} WHERE id IN ({next})
    RETURNING {returned}, next_attempt_at
"""

_ARRIVED_SQLITE = """
    UPDATE delivery
    SET state = 'sent', settled_at = ?, attempts = attempts + 1, lease_holder = NULL, handed_at = NULL,
        reply_code = ?, reply_status = ?, reply_text = ?
    WHERE id = ? AND lease_holder = ?
"""
_HAND_OVER_SQLITE = {
    far: _HAND_OVER.format(
        returned=CLAIMED_COLUMNS,
        place="?",
        next=_NEXT.format(place="?", beyond=_BEYOND.format(place="?") if far else "", limit="?"),
    )
    for far in (False, True)
}


def _on_sqlite(
    driver: Any, worker: str, arrived: Sequence[tuple[Claimed, Reply]], wanted: Wanted | None, now: datetime
) -> tuple[int, list[Any]]:
    moment, rows = stored(now), []
    with driver, closing(driver.cursor()) as cursor:
        cursor.execute("BEGIN IMMEDIATE")
        settled = _settle_on_sqlite(cursor, worker, arrived, moment)
        if wanted is not None:
            mailing_id, limit, after = wanted
            cursor.execute(
                _HAND_OVER_SQLITE[after is not None],
                (worker, moment, mailing_id, moment, *(after or ()), worker, limit),
            )
            rows = cursor.fetchall()
    return settled, rows


def _chosen_on_sqlite(
    driver: Any, worker: str, arrived: Sequence[tuple[Claimed, Reply]], chosen: Chosen, now: datetime
) -> tuple[int, set[int]]:
    moment = stored(now)
    with driver, closing(driver.cursor()) as cursor:
        cursor.execute("BEGIN IMMEDIATE")
        settled = _settle_on_sqlite(cursor, worker, arrived, moment)
        cursor.execute(
            HAND_OVER_IN["sqlite"], (moment, str([row.delivery_id for row in chosen.rows]), worker)
        )
        return settled, {row[0] for row in cursor.fetchall()}


def _settle_on_sqlite(
    cursor: Any, worker: str, arrived: Sequence[tuple[Claimed, Reply]], moment: str | None
) -> int:
    if not arrived:
        return 0
    values = [
        (moment, reply.code, reply.enhanced_status, reply.text, row.delivery_id, worker)
        for row, reply in arrived
    ]
    return int(cursor.executemany(_ARRIVED_SQLITE, values).rowcount)


_ARRIVED_POSTGRESQL = """
    UPDATE delivery
    SET state = 'sent', settled_at = %s, attempts = attempts + 1, lease_holder = NULL, handed_at = NULL,
        reply_code = new.reply_code, reply_status = new.reply_status, reply_text = new.reply_text
    FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::text[])
        AS new (delivery_id, reply_code, reply_status, reply_text)
    WHERE delivery.id = new.delivery_id AND delivery.lease_holder = %s
"""
_BOTH_POSTGRESQL = """
    WITH arrived AS ({arrived} RETURNING 1), {before} handed AS ({hand_over})
    SELECT (SELECT count(*) FROM arrived), handed.* FROM (SELECT) AS always LEFT JOIN handed ON true
"""
_CHOSEN_POSTGRESQL = _BOTH_POSTGRESQL.format(
    arrived=_ARRIVED_POSTGRESQL,
    before="",
    hand_over=HAND_OVER_IN["postgresql"],
)
# PostgreSQL plans this once, for any number of rows: the first LIMIT tells it that they are few, and no table is
# worth being read from end to end. No more of them are locked than the second one lets through.
_FIRST_POSTGRESQL = """
    next AS MATERIALIZED (SELECT id FROM ({next} FOR UPDATE SKIP LOCKED) AS few LIMIT %s),
"""
_EXCHANGE_POSTGRESQL = {
    far: _BOTH_POSTGRESQL.format(
        arrived=_ARRIVED_POSTGRESQL,
        before=_FIRST_POSTGRESQL.format(
            next=_NEXT.format(
                place="%s", beyond=_BEYOND.format(place="%s") if far else "", limit=MOST_AT_ONCE
            )
        ),
        hand_over=_HAND_OVER.format(returned=CLAIMED_COLUMNS, place="%s", next="SELECT id FROM next"),
    )
    for far in (False, True)
}


def _on_postgresql(
    driver: Any, worker: str, arrived: Sequence[tuple[Claimed, Reply]], wanted: Wanted | None, now: datetime
) -> tuple[int, list[Any]]:
    settling = _settling(worker, arrived, now)
    if wanted is None:
        with _autocommit(driver) as cursor:
            return cursor.execute(_ARRIVED_POSTGRESQL, settling).rowcount, []
    mailing_id, limit, after = wanted
    claiming = (mailing_id, now, *(after or ()), worker, limit, worker, now)
    with _autocommit(driver) as cursor:
        found = cursor.execute(_EXCHANGE_POSTGRESQL[after is not None], settling + claiming).fetchall()
    return found[0][0], [row[1:] for row in found if row[1] is not None]


def _chosen_on_postgresql(
    driver: Any, worker: str, arrived: Sequence[tuple[Claimed, Reply]], chosen: Chosen, now: datetime
) -> tuple[int, set[int]]:
    values = (*_settling(worker, arrived, now), now, [row.delivery_id for row in chosen.rows], worker)
    with _autocommit(driver) as cursor:
        found = cursor.execute(_CHOSEN_POSTGRESQL, values).fetchall()
    return found[0][0], {row[1] for row in found}


def _settling(worker: str, arrived: Sequence[tuple[Claimed, Reply]], now: datetime) -> tuple[object, ...]:
    ids = [row.delivery_id for row, _reply in arrived]
    codes = [reply.code for _row, reply in arrived]
    statuses = [reply.enhanced_status for _row, reply in arrived]
    return now, ids, codes, statuses, [reply.text for _row, reply in arrived], worker


@contextmanager
def _autocommit(driver: Any) -> Iterator[Any]:
    """A cursor whose statement is a transaction of its own."""
    driver.autocommit = True
    try:
        with driver.cursor() as cursor:
            yield cursor
    finally:
        driver.autocommit = False
