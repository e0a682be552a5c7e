"""Dumps of PostgreSQL, by its own pg_dump and pg_restore."""

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import URL, Engine, text

from newsletter_service.backups.rules import BadBackup
from newsletter_service.backups.tools import DumpFailed, count_rows, others_are_connected, run

NAME = "database.dump"
_CLIENT = "Debian's package postgresql-client, not older than the server"


def dump(engine: Engine, target: Path) -> Mapping[str, int]:
    """Writes the database as it is at one moment to a file; returns the rows by table. Raises DumpFailed."""
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
        schema = connection.scalar(text("SELECT current_schema()"))
        counts = count_rows(connection)
        options = ("--format=custom", "--no-owner", "--no-privileges", f"--schema={schema}")
        run(
            (
                "pg_dump",
                *options,
                f"--snapshot={snapshot}",
                f"--file={target}",
                f"--dbname={_url(engine.url)}",
            ),
            _password(engine.url),
            _CLIENT,
        )
    return counts


def check(dump: Path, counts: Mapping[str, int]) -> None:
    """Raises BadBackup where pg_restore cannot read a dump, or a table is missing in it."""
    listed = dump.with_suffix(".list")
    try:
        run(("pg_restore", "--list", f"--file={listed}", str(dump)), {}, _CLIENT)
    except DumpFailed as error:
        raise BadBackup(f"its database cannot be read: {error.message}") from error
    data = {line.split()[-2] for line in listed.read_text("utf-8").splitlines() if " TABLE DATA " in line}
    if counts.keys() - data:
        raise BadBackup(f"its database lacks {', '.join(sorted(counts.keys() - data))}")


def load(dump: Path, engine: Engine) -> None:
    """Puts a dump in the place of all that is in a database, in one transaction. Raises DumpFailed."""
    options = (
        "--single-transaction",
        "--exit-on-error",
        "--clean",
        "--if-exists",
        "--no-owner",
        "--no-privileges",
    )
    with engine.connect() as connection:
        if others_are_connected(connection):
            raise DumpFailed("others are connected to the database: stop web, scheduler and workers first")
    engine.dispose()
    run(("pg_restore", *options, f"--dbname={_url(engine.url)}", str(dump)), _password(engine.url), _CLIENT)


def _url(url: URL) -> str:
    """As libpq reads it, without the password: the command line is everybody's to read."""
    return url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)


def _password(url: URL) -> dict[str, str]:
    return {"PGPASSWORD": str(url.password)} if url.password else {}
