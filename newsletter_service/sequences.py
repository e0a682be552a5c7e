"""The numbers that rows get: how far they have come, taking the next ones, and going on beyond that."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

_SQLITE_READ = text("SELECT seq FROM sqlite_sequence WHERE name = :table")
_SQLITE_FORGET = text("DELETE FROM sqlite_sequence WHERE name = :table")
_SQLITE_WRITE = text("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :number)")
_SEQUENCE = text("SELECT pg_get_serial_sequence(:table, 'id')")
_POSTGRESQL_READ = text(
    "SELECT last_value FROM pg_sequences "
    "WHERE CAST(format('%I.%I', schemaname, sequencename) AS regclass) = CAST(:sequence AS regclass)"
)
_POSTGRESQL_NEXT = text(
    "SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count)"
)
_POSTGRESQL_WRITE = text("SELECT setval(CAST(:sequence AS regclass), :number)")


def last_number(connection: Connection, table: str) -> int:
    """Returns the highest number that a row of a table ever got; 0 if none did, or if the database keeps no count."""
    if connection.dialect.name == "sqlite":
        return int(connection.scalar(_SQLITE_READ, {"table": table}) or 0)
    sequence = connection.scalar(_SEQUENCE, {"table": table})
    if sequence is None:
        return 0
    return int(connection.scalar(_POSTGRESQL_READ, {"sequence": sequence}) or 0)


def next_numbers(connection: Connection, table: str, count: int) -> Sequence[int]:
    """Returns the numbers of so many rows that this transaction is about to add; nobody else gets them."""
    if connection.dialect.name == "sqlite":
        last = last_number(connection, table)
        return range(last + 1, last + count + 1)
    return connection.scalars(_POSTGRESQL_NEXT, {"table": table, "count": count}).all()


def go_on_from(connection: Connection, table: str, number: int) -> None:
    """Lets the next row of a table get a number above this one, where the database keeps count."""
    if number < 1:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(_SQLITE_FORGET, {"table": table})
        connection.execute(_SQLITE_WRITE, {"table": table, "number": number})
        return
    sequence = connection.scalar(_SEQUENCE, {"table": table})
    if sequence is not None:
        connection.execute(_POSTGRESQL_WRITE, {"sequence": sequence, "number": number})
