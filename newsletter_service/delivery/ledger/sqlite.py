"""The ledger's statements on SQLite (see sql.py for what both databases offer)."""

import json
from collections.abc import Collection, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from newsletter_service.delivery.ledger.rows import CLAIMED_COLUMNS, Accepted, Chosen, Settled, Wanted
from newsletter_service.delivery.ledger.templates import CLAIM_NEXT, FURTHER, HAND_OVER, NEXT

PLACE = "?"
LOCK = ""
AMONG = "IN (SELECT value FROM json_each({place}))"
HAND_OVER_CHOSEN = HAND_OVER.format(place=PLACE, among=AMONG.format(place=PLACE), state="+state")
_SETTLE = """
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
_ACCEPTED = """
    UPDATE delivery
    SET state = 'sent', settled_at = ?, attempts = attempts + 1, lease_holder = NULL, handed_at = NULL,
        reply_code = ?, reply_status = ?, reply_text = ?
    WHERE id = ? AND lease_holder = ?
"""
_CLAIM_NEXT = {
    further: CLAIM_NEXT.format(
        returned=CLAIMED_COLUMNS,
        place=PLACE,
        next=NEXT.format(place=PLACE, beyond=FURTHER.format(place=PLACE) if further else "", limit=PLACE),
    )
    for further in (False, True)
}


@lru_cache(maxsize=64)
def moment(value: datetime | None) -> str | None:
    """A moment as UtcDateTime stores it; None stays None."""
    return (
        None if value is None else value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    )


def listed(values: Collection[object]) -> object:
    """Values as one parameter."""
    return json.dumps(list(values))


def prepare(_connection: Connection) -> None:
    """Does nothing: a statement is planned in no time here."""


def settle(cursor: Any, worker: str, settled: Sequence[Settled]) -> None:
    """Writes down what became of rows that `worker` holds; the cursor counts them."""
    rows = [
        (*row[:4], moment(row.next_attempt_at), moment(row.settled_at), *row[6:], worker) for row in settled
    ]
    cursor.executemany(_SETTLE, rows)


def exchange_next(
    driver: Any, worker: str, accepted: Accepted, wanted: Wanted | None, now: datetime
) -> tuple[int, list[Any]]:
    """Settles what was accepted, claims and hands over what is wanted: how many were settled, and the rows."""
    found: list[Any] = []
    with driver, closing(driver.cursor()) as cursor:
        cursor.execute("BEGIN IMMEDIATE")
        settled = _settle_accepted(cursor, worker, accepted, now)
        if wanted is not None:
            mailing_id, limit, after = wanted
            values = (worker, moment(now), mailing_id, moment(now), *(after or ()), worker, limit)
            found = cursor.execute(_CLAIM_NEXT[after is not None], values).fetchall()
    return settled, found


def exchange_chosen(
    driver: Any, worker: str, accepted: Accepted, chosen: Chosen, now: datetime
) -> tuple[int, set[int]]:
    """The same for rows that are claimed: how many were settled, and which of them may go."""
    ids = listed([row.delivery_id for row in chosen.rows])
    with driver, closing(driver.cursor()) as cursor:
        cursor.execute("BEGIN IMMEDIATE")
        settled = _settle_accepted(cursor, worker, accepted, now)
        return settled, {
            row[0] for row in cursor.execute(HAND_OVER_CHOSEN, (moment(now), ids, worker)).fetchall()
        }


def _settle_accepted(cursor: Any, worker: str, accepted: Accepted, now: datetime) -> int:
    if not accepted:
        return 0
    at = moment(now)
    values = [
        (at, reply.code, reply.enhanced_status, reply.text, row.delivery_id, worker)
        for row, reply in accepted
    ]
    return int(cursor.executemany(_ACCEPTED, values).rowcount)
