"""Where a database lies, in words that hold for no copy of it."""

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from newsletter_service.continuity.rules import Place

_MACHINE = Path("/etc/machine-id")
_DATABASE = text("SELECT oid FROM pg_database WHERE datname = current_database()")
_CONTROL = text(
    "SELECT system_identifier, timeline_id FROM pg_control_system() CROSS JOIN pg_control_checkpoint()"
)
_IN_MEMORY = Place("memory")


def place_of(connection: Connection) -> Place:
    """Returns where the database of a connection lies: a file of this machine, or a database of one server."""
    if connection.dialect.name == "sqlite":
        return _of_file(connection.engine.url.database)
    return _of_server(connection)


def _of_file(name: str | None) -> Place:
    """Its inode tells a copy that has taken the place of the original."""
    if not name or name == ":memory:":
        return _IN_MEMORY
    file = Path(name).resolve()
    return Place(f"{_machine()} {file.stat().st_ino} {file}")


def _of_server(connection: Connection) -> Place:
    """The server is asked once on each connection: what lies behind it does not change."""
    if "place" not in connection.info:
        connection.info["place"] = _asked(connection)
    place: Place = connection.info["place"]
    return place


def _asked(connection: Connection) -> Place:
    database = connection.scalar(_DATABASE)
    try:
        with connection.begin_nested():
            system, timeline = connection.execute(_CONTROL).one()
    except ProgrammingError:  # some who rent out servers let nobody ask
        return Place(f"postgresql ? {database}")
    return Place(f"postgresql {system} {database}", timeline)


@cache
def _machine() -> str:
    """What Linux calls this machine; containers often have no name, and are told apart by their files alone."""
    try:
        return _MACHINE.read_text("ascii").strip()
    except (OSError, UnicodeError):
        return ""
