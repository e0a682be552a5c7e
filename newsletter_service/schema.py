"""Whether the database has the tables that this version of the service works with."""

from pathlib import Path

from sqlalchemy import Engine, column, inspect, select, table

_VERSIONS = Path(__file__).resolve().parent / "migrations" / "versions"
_TABLE = "alembic_version"


def newest_number() -> str:
    """The number of the newest migration, read from the files' names: Alembic itself would take 12 MB."""
    return max(file.name[:4] for file in _VERSIONS.glob("[0-9]*.py"))


def number_of(engine: Engine) -> str:
    """The number of the migration that the database is at, "" if there was none; OperationalError if it is away."""
    with engine.connect().execution_options(sqlite_read_only=True) as connection:
        if not inspect(connection).has_table(_TABLE):
            return ""
        return connection.scalar(select(column("version_num")).select_from(table(_TABLE))) or ""


def upgrade_needed(engine: Engine) -> str:
    """What to tell the operator before anything can work, "" if all is well; OperationalError."""
    found, wanted = number_of(engine), newest_number()
    if found == wanted:
        return ""
    if found > wanted:
        return f"the database is newer ({found}) than this version of the service ({wanted}): install the newer one"
    return (
        f"the database needs `newsletter db upgrade` (it is at {found or 'nothing'}, and {wanted} is needed)"
    )
