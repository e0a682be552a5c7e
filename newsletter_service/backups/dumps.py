"""The database as one file, and back: one place for each kind of database behind one small interface."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine

from newsletter_service.backups import postgresql, sqlite
from newsletter_service.backups.tools import count_rows

_FILLED_BY_EVERY_START = {"alembic_version", "continuity", "key_fingerprint"}


class Dumps(Protocol):
    """What sqlite.py and postgresql.py offer."""

    NAME: str
    """What the file is called within a backup."""

    def dump(self, engine: Engine, target: Path) -> Mapping[str, int]:
        """Writes the database as it is at one moment to a file, while others work; returns the rows by table.

        Raises DumpFailed.
        """

    def check(self, dump: Path, counts: Mapping[str, int]) -> None:
        """Raises BadBackup where a dump is not what its manifest says."""

    def load(self, dump: Path, engine: Engine) -> None:
        """Puts a dump in the place of all that is in a database: all of it, or nothing. Raises DumpFailed."""


_BY_DIALECT: dict[str, Dumps] = {"sqlite": sqlite, "postgresql": postgresql}


def dumps_of(dialect: str) -> Dumps:
    """Returns how a kind of database is dumped."""
    return _BY_DIALECT[dialect]


def is_empty(connection: Connection) -> bool:
    """Whether nothing is in a database but what every start of the service puts there."""
    return not any(
        count for name, count in count_rows(connection).items() if name not in _FILLED_BY_EVERY_START
    )
