"""Recipients behind whom no reader stands, for mailings that nobody released."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from sqlalchemy import Integer, Select, String, column, select, values
from sqlalchemy.orm import Session

from newsletter_service.delivery import service
from newsletter_service.delivery.models import Letter, Mailing

_AT_ONCE = 2000
_COLUMNS = (
    column("subscriber_id", Integer),
    column("subscriber_key", String),
    column("address", String),
    column("domain", String),
    column("name", String),
)


class Recipient(NamedTuple):
    """A reader as the ledger needs one."""

    subscriber_id: int
    key: str
    address: str
    name: str


def add_deliveries(
    session: Session, mailing: Mailing, letter: Letter, recipients: Iterable[Recipient], now: datetime
) -> None:
    """One ready row per recipient."""
    for some in _some_at_a_time(recipients):
        service.add_deliveries(session, mailing, letter.id, _selected(some), now)


def _some_at_a_time(recipients: Iterable[Recipient]) -> Iterator[list[Recipient]]:
    left = iter(recipients)
    while some := list(islice(left, _AT_ONCE)):
        yield some


def _selected(recipients: list[Recipient]) -> Select[int, str, str, str, str]:
    rows = [(r.subscriber_id, r.key, r.address, r.address.rpartition("@")[2], r.name) for r in recipients]
    return select(values(*_COLUMNS, name="recipient").data(rows).cte())
