"""Rows of the ledger as a worker holds them: plain values, apart from any session."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from newsletter_service.delivery.rules import DeliveryState
from newsletter_service.smtp.replies import Reply

MOST_AT_ONCE = 1000


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


Accepted = Sequence[tuple[Claimed, Reply]]
"""Rows whose letters the server accepted, with its replies."""
