"""The ledger's statements on PostgreSQL (see sql.py for what both databases offer).

An exchange is one statement here, for each costs a round trip and the commit another.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from newsletter_service.delivery.ledger.rows import (
    CLAIMED_COLUMNS,
    MOST_AT_ONCE,
    Accepted,
    Chosen,
    Settled,
    Wanted,
)
from newsletter_service.delivery.ledger.templates import CLAIM_NEXT, FURTHER, HAND_OVER, NEXT

PLACE = "%s"
LOCK = "FOR UPDATE SKIP LOCKED"
AMONG = "= ANY({place})"
HAND_OVER_CHOSEN = HAND_OVER.format(place=PLACE, among=AMONG.format(place=PLACE), state="state || ''")
_SETTLE = """
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
_ACCEPTED = """
    UPDATE delivery
    SET state = 'sent', settled_at = %s, attempts = attempts + 1, lease_holder = NULL, handed_at = NULL,
        reply_code = new.reply_code, reply_status = new.reply_status, reply_text = new.reply_text
    FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::text[])
        AS new (delivery_id, reply_code, reply_status, reply_text)
    WHERE delivery.id = new.delivery_id AND delivery.lease_holder = %s
"""
_BOTH = """
    WITH accepted AS ({accepted} RETURNING 1), {before} handed AS ({hand_over})
    SELECT (SELECT count(*) FROM accepted), handed.* FROM (SELECT) AS always LEFT JOIN handed ON true
"""
_EXCHANGE_CHOSEN = _BOTH.format(accepted=_ACCEPTED, before="", hand_over=HAND_OVER_CHOSEN)
# PostgreSQL plans this once, for any number of rows: the first LIMIT tells it that they are few, and no table is
# worth a scan. No more of them are locked than the second one lets through.
_FEW = """
    next AS MATERIALIZED (SELECT id FROM ({next} FOR UPDATE SKIP LOCKED) AS few LIMIT %s),
"""
_EXCHANGE_NEXT = {
    further: _BOTH.format(
        accepted=_ACCEPTED,
        before=_FEW.format(
            next=NEXT.format(
                place=PLACE, beyond=FURTHER.format(place=PLACE) if further else "", limit=MOST_AT_ONCE
            )
        ),
        hand_over=CLAIM_NEXT.format(returned=CLAIMED_COLUMNS, place=PLACE, next="SELECT id FROM next"),
    )
    for further in (False, True)
}


def moment(value: datetime | None) -> datetime | None:
    """A moment as the driver takes it."""
    return value


def listed(values: Collection[object]) -> object:
    """Values as one parameter."""
    return list(values)


def prepare(connection: Connection) -> None:
    """Has statements planned once: to plan each takes as long as running it.

    What is planned while a table is small has to serve when a million rows were added a moment ago, so it scans none.
    """
    connection.exec_driver_sql("SET plan_cache_mode = force_generic_plan")
    connection.exec_driver_sql("SET enable_seqscan = off")
    connection.exec_driver_sql("SET jit = off")  # what a forbidden scan is said to cost would ask for it
    connection.commit()


def settle(cursor: Any, worker: str, settled: Sequence[Settled]) -> None:
    """Writes down what became of rows that `worker` holds; the cursor counts them."""
    columns = [list(column) for column in zip(*settled, strict=True)]
    cursor.execute(_SETTLE, (*columns, worker))


def exchange_next(
    driver: Any, worker: str, accepted: Accepted, wanted: Wanted | None, now: datetime
) -> tuple[int, list[Any]]:
    """Settles what was accepted, claims and hands over what is wanted: how many were settled, and the rows."""
    settling = _settling(worker, accepted, now)
    with _autocommit(driver) as cursor:
        if wanted is None:
            return cursor.execute(_ACCEPTED, settling).rowcount, []
        mailing_id, limit, after = wanted
        claiming = (mailing_id, now, *(after or ()), worker, limit, worker, now)
        found = cursor.execute(_EXCHANGE_NEXT[after is not None], settling + claiming).fetchall()
    return found[0][0], [row[1:] for row in found if row[1] is not None]


def exchange_chosen(
    driver: Any, worker: str, accepted: Accepted, chosen: Chosen, now: datetime
) -> tuple[int, set[int]]:
    """The same for rows that are claimed: how many were settled, and which of them may go."""
    values = (*_settling(worker, accepted, now), now, [row.delivery_id for row in chosen.rows], worker)
    with _autocommit(driver) as cursor:
        found = cursor.execute(_EXCHANGE_CHOSEN, values).fetchall()
    return found[0][0], {row[1] for row in found}


def _settling(worker: str, accepted: Accepted, now: datetime) -> tuple[object, ...]:
    ids = [row.delivery_id for row, _reply in accepted]
    codes = [reply.code for _row, reply in accepted]
    statuses = [reply.enhanced_status for _row, reply in accepted]
    return now, ids, codes, statuses, [reply.text for _row, reply in accepted], worker


@contextmanager
def _autocommit(driver: Any) -> Iterator[Any]:
    """A cursor whose statement is a transaction of its own."""
    driver.autocommit = True
    try:
        with driver.cursor() as cursor:
            yield cursor
    finally:
        driver.autocommit = False
