"""Dumps of SQLite: a file of its own, copied by SQLite's backup API while others write."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Engine

from newsletter_service.backups.rules import BadBackup
from newsletter_service.backups.tools import DumpFailed

NAME = "database.sqlite3"
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"


def dump(engine: Engine, target: Path) -> Mapping[str, int]:
    """Writes the database as it is at one moment to a file; returns the rows by table. Raises DumpFailed."""
    with _failing(), closing(sqlite3.connect(target)) as copy:
        with closing(sqlite3.connect(_file(engine), timeout=15)) as source:
            source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # all of it in the one file
        return _counts(copy)


def check(dump: Path, counts: Mapping[str, int]) -> None:
    """Raises BadBackup where a dump is damaged or has other rows than its manifest says."""
    try:
        with closing(sqlite3.connect(f"file:{dump}?mode=ro", uri=True)) as copy:
            found = copy.execute("PRAGMA integrity_check").fetchone()[0]
            if found != "ok":
                raise BadBackup(f"its database is damaged: {found}")
            if _counts(copy) != counts:
                raise BadBackup("its database has other rows than its manifest says")
    except sqlite3.DatabaseError as error:
        raise BadBackup(f"its database cannot be read: {error}") from error


def load(dump: Path, engine: Engine) -> None:
    """Puts a dump in the place of all that is in a database, in one transaction. Raises DumpFailed."""
    with _failing(), closing(sqlite3.connect(_file(engine), timeout=15)) as target:
        with closing(sqlite3.connect(dump)) as source:
            source.backup(target)
        target.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    names = [row[0] for row in connection.execute(_TABLES)]
    count = 'SELECT count(*) FROM "{}"'
    return {name: connection.execute(count.format(name)).fetchone()[0] for name in names}


def _file(engine: Engine) -> str:
    return engine.url.database or ""


@contextmanager
def _failing() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise DumpFailed(str(error)) from error
