"""A disk that is full, for real: what SQLite, PostgreSQL and the system say where nothing fits any more."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

DEVICE = Path("/dev/full")
"""Every write to it is refused for want of room."""


@contextmanager
def no_room_for(engine: Engine, table: str) -> Iterator[None]:
    """Refuse more than a few rows of `table` until the block ends: SQLite by the pages it may have."""
    if engine.dialect.name == "sqlite":
        yield from _no_more_pages(engine)
    else:
        yield from _refused_by_postgresql(engine, table)


def _no_more_pages(engine: Engine) -> Iterator[None]:
    def limit(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # as many as there are

    engine.dispose()
    event.listen(engine, "connect", limit)
    yield
    event.remove(engine, "connect", limit)
    engine.dispose()


def _refused_by_postgresql(engine: Engine, table: str) -> Iterator[None]:
    """PostgreSQL has no limit of its own to its files: a trigger says what it says then, with its code."""
    body = "BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END"
    with engine.begin() as connection:
        connection.exec_driver_sql(
            f"CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$"
        )
        connection.exec_driver_sql(
            f"CREATE TRIGGER no_room BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION no_room()"
        )
    yield
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP FUNCTION no_room CASCADE")
