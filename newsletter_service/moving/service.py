"""Moving the service to another database: all rows with their numbers, after which only the new one goes on."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Table, func, insert, select
from sqlalchemy.orm import Session

from newsletter_service.backups.dumps import is_empty
from newsletter_service.backups.tools import others_are_connected
from newsletter_service.continuity import service as continuity
from newsletter_service.continuity.models import Continuity
from newsletter_service.continuity.rules import Why
from newsletter_service.continuity.witness import Witness
from newsletter_service.db import Base
from newsletter_service.delivery.models import Worker
from newsletter_service.errors import Conflict, NewsletterError
from newsletter_service.links.tokens import Purpose, Tokens
from newsletter_service.sequences import go_on_from, last_number
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.service import find_subscriber

_ROWS_AT_ONCE = 1000
_LINKS = 100
_LEFT_BEHIND = {Worker.__tablename__}
"""Workers of before are of the database of before."""


class InUse(Conflict):
    """Other processes work with the database that is to be left."""


class TargetNotEmpty(Conflict):
    """There is something in the database that is to be moved into."""


class NotTheSame(NewsletterError):
    """What arrived is not what was sent; nothing was moved."""


@dataclass(frozen=True)
class Moved:
    """What was moved: the number of rows by table, and of readers' links that were tried."""

    rows: dict[str, int]
    links: int


def move(
    source: Engine,
    target: Engine,
    upgrade: Callable[[Engine], None],
    tokens: Tokens,
    witness: Witness,
    now: datetime,
) -> Moved:
    """Copies all that is in one database to another, which goes on from then on while the first keeps still.

    The two may be of different kinds. Raises InUse, TargetNotEmpty, NotTheSame, and what `upgrade` raises; then the
    first goes on.
    """
    refuse_company(source)
    with target.connect().execution_options(sqlite_read_only=True) as connection:
        if not is_empty(connection):
            raise TargetNotEmpty("the database that DATABASE_URL leads to is not empty")
    with source.begin() as connection:
        if continuity.look(connection, witness, now).still:
            raise InUse(f"nothing is moved: {continuity.STILL}")
        continuity.keep_still(connection, Why.MOVED, now, known_at=now)
    try:
        upgrade(target)
        return _copied(source, target, tokens, witness, now)
    except BaseException:
        with source.begin() as connection:
            standing = continuity.go_on(connection, now)
        standing.tell(witness)
        raise


def refuse_company(engine: Engine) -> None:
    """Raises InUse while other processes have a database open: what they write would stay behind."""
    engine.dispose()
    if engine.dialect.name == "sqlite":
        alone = _is_alone(engine.url.database or "")
    else:
        with engine.connect() as connection:
            alone = not others_are_connected(connection)
    if not alone:
        raise InUse("other processes work with this database: stop web, scheduler and workers first")


def _is_alone(file: str) -> bool:
    """Another journal is possible only while nobody else has the file open; the next connection brings it back."""
    with closing(sqlite3.connect(file, timeout=0)) as connection:
        try:
            connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError:
            return False
    return True


def _copied(source: Engine, target: Engine, tokens: Tokens, witness: Witness, now: datetime) -> Moved:
    with _one_moment(source) as leaving, target.begin() as arriving:
        tables = [one for one in Base.metadata.sorted_tables if one.name not in _LEFT_BEHIND]
        for table in reversed(tables):
            arriving.execute(table.delete())  # what migrations had put there
        for table in tables:
            _copy(leaving, arriving, table)
        counts = {table.name: _count(arriving, table) for table in tables}
        if counts != {table.name: _count(leaving, table) for table in tables}:
            raise NotTheSame("there are other numbers of rows in the new database than in the old one")
        links = _try_links(leaving, arriving, tokens, now)
        standing = continuity.go_on(arriving, now)
    standing.tell(witness)
    return Moved({name: count for name, count in counts.items() if name != Continuity.__tablename__}, links)


@contextmanager
def _one_moment(engine: Engine) -> Iterator[Connection]:
    options: dict[str, Any] = {"sqlite_read_only": True}
    if engine.dialect.name == "postgresql":
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection:
        yield connection


def _copy(leaving: Connection, arriving: Connection, table: Table) -> None:
    """Rows come in the order of their keys: some refer to others before them."""
    everything = select(table).order_by(*table.primary_key.columns)
    found = leaving.execution_options(stream_results=True).execute(everything)
    for rows in found.mappings().partitions(_ROWS_AT_ONCE):
        arriving.execute(insert(table), [dict(row) for row in rows])
    if _is_numbered(arriving, table):
        go_on_from(arriving, table.name, max(last_number(leaving, table.name), _highest(leaving, table)))


def _is_numbered(connection: Connection, table: Table) -> bool:
    """Whether the database keeps count of the numbers of a table: on SQLite only where none is used again."""
    on_server = connection.dialect.name != "sqlite"
    return "id" in table.c and (on_server or table.dialect_options["sqlite"]["autoincrement"])


def _highest(connection: Connection, table: Table) -> int:
    """For SQLite keeps no count of most tables."""
    highest = connection.scalar(select(func.max(table.c.id)))
    return highest if isinstance(highest, int) else 0


def _count(connection: Connection, table: Table) -> int:
    return connection.scalars(select(func.count()).select_from(table)).one()


def _try_links(leaving: Connection, arriving: Connection, tokens: Tokens, now: datetime) -> int:
    """Seals links of readers of the old database, and opens them with the new one; returns how many were tried."""
    some = select(Subscriber.id, Subscriber.link_key).order_by(func.random()).limit(_LINKS)
    tried = leaving.execute(some).all()
    with Session(arriving, join_transaction_mode="rollback_only") as session:
        found = [_behind(session, tokens, tokens.make(Purpose.MANAGE, key), now) for _number, key in tried]
    if found != [number for number, _key in tried]:
        raise NotTheSame("links of readers do not lead to the same reader in the new database")
    return len(tried)


def _behind(session: Session, tokens: Tokens, token: str, now: datetime) -> int | None:
    subscriber = find_subscriber(session, tokens.read(Purpose.MANAGE, token, now))
    return subscriber.id if subscriber is not None else None
