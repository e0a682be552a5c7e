"""Where the two databases differ, behind one interface: a module of functions for each."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from newsletter_service.delivery.ledger import postgresql, sqlite
from newsletter_service.delivery.ledger.rows import Accepted, Chosen, Settled, Wanted


class LedgerSql(Protocol):
    """What a module such as sqlite.py offers; exchanges speak to the driver's connection, in no transaction."""

    PLACE: str
    LOCK: str
    AMONG: str
    HAND_OVER_CHOSEN: str

    def moment(self, value: datetime | None) -> object:
        """A moment as the driver takes it."""

    def listed(self, values: Collection[object]) -> object:
        """Values as one parameter."""

    def prepare(self, connection: Connection) -> None:
        """Makes a connection fit for many small statements."""

    def settle(self, cursor: Any, worker: str, settled: Sequence[Settled]) -> None:
        """Writes down what became of rows that `worker` holds; the cursor counts them."""

    def exchange_next(
        self, driver: Any, worker: str, accepted: Accepted, wanted: Wanted | None, now: datetime
    ) -> tuple[int, list[Any]]:
        """Settles what was accepted, claims and hands over what is wanted: how many were settled, and the rows."""

    def exchange_chosen(
        self, driver: Any, worker: str, accepted: Accepted, chosen: Chosen, now: datetime
    ) -> tuple[int, set[int]]:
        """The same for rows that are claimed: how many were settled, and which of them may go."""


_BY_DIALECT: dict[str, LedgerSql] = {"sqlite": sqlite, "postgresql": postgresql}


def sql_of(connection: Connection) -> LedgerSql:
    """Returns the statements of the database that a connection leads to."""
    return _BY_DIALECT[connection.dialect.name]
