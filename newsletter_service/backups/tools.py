"""What dumping has in common: how it fails, what is counted and asked, and programs of others that are run for it."""

import os
import subprocess
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, func, inspect, select, table, text

from newsletter_service.errors import NewsletterError

_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


class DumpFailed(NewsletterError):
    """The database could not be written to a file, or read from one; the message says why."""


def run(command: Sequence[str], environment: Mapping[str, str], package: str) -> None:
    """Runs a program to its end; raises DumpFailed with what it said first, or with the package that has it."""
    try:
        done = subprocess.run(  # noqa: S603  # programs of PostgreSQL, on files of ours
            command, env={**os.environ, **environment}, capture_output=True, text=True, check=False
        )
    except FileNotFoundError as error:
        raise DumpFailed(f"{command[0]} is not installed: install {package}") from error
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
        raise DumpFailed(f"{command[0]}: {said[0]}")


def count_rows(connection: Connection) -> dict[str, int]:
    """The number of rows by table."""
    names = sorted(inspect(connection).get_table_names())
    return {name: connection.scalars(select(func.count()).select_from(table(name))).one() for name in names}


def others_are_connected(connection: Connection) -> bool:
    """Whether others have a connection to the same database of a PostgreSQL server."""
    return bool(connection.scalar(_OTHERS))
