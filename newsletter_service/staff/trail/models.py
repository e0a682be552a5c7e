"""The seals of the audit trail, and the triggers that keep its entries and their seals as they are."""

from typing import Any

from sqlalchemy import Connection, ForeignKey, String, Table, event
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from newsletter_service.db import Base
from newsletter_service.staff.models import AuditEntry


class AuditSeal(Base):
    """The place of an entry in the chain, with the hash of the place before and its own; in order of commit.

    An entry's id is no such order: on PostgreSQL a transaction that began later may be through earlier.
    """

    __tablename__ = "audit_seal"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(ForeignKey("audit_entry.id", ondelete="CASCADE"), unique=True)
    before: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class SealedMoment(FunctionElement[str]):
    """A moment as text, as it is sealed: for each of a million rows a database writes that sooner than Python does."""

    type = String()
    inherit_cache = True


@compiles(SealedMoment, "sqlite")
def _moment_on_sqlite(element: SealedMoment, compiler: SQLCompiler, **options: Any) -> str:
    at = compiler.process(element.clauses, **options)
    return f"substr({at}, 1, 10) || 'T' || substr({at} || '.000000', 12, 15) || '+00:00'"


@compiles(SealedMoment, "postgresql")
def _moment_on_postgresql(element: SealedMoment, compiler: SQLCompiler, **options: Any) -> str:
    at = compiler.process(element.clauses, **options)
    return f"""to_char({at} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')"""


_SAYS = "entries of the audit trail stay as they are"
_FORGOTTEN = "SELECT 1 FROM audit_entry WHERE action = 'audit.forget'"
_NUMBERS = {
    "audit_entry": "(SELECT number FROM audit_seal WHERE entry_id = OLD.id)",
    "audit_seal": "OLD.number",
}
_THROUGH = {
    "sqlite": "json_extract(detail, '$.through')",
    "postgresql": "CAST(detail ->> 'through' AS integer)",
}


def _kept(dialect: str, table: str) -> str:
    """Whether a row that is to be deleted is not among those that a sealed entry says are forgotten."""
    return f"NOT EXISTS ({_FORGOTTEN} AND {_THROUGH[dialect]} >= {_NUMBERS[table]})"


def _on_sqlite(table: str) -> tuple[str, ...]:
    stop = f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
    return (
        f"CREATE TRIGGER {table}_stays_as_it_is BEFORE UPDATE ON {table} {stop}",
        f"CREATE TRIGGER {table}_stays BEFORE DELETE ON {table} WHEN {_kept('sqlite', table)} {stop}",
    )


def _on_postgresql(table: str) -> tuple[str, ...]:
    return (
        f"""
        CREATE OR REPLACE FUNCTION {table}_stays() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' THEN
                IF NOT ({_kept("postgresql", table)}) THEN RETURN OLD; END IF;
            END IF;
            RAISE EXCEPTION '{_SAYS}';
        END $$
        """,
        f"""
        CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION {table}_stays()
        """,
        f"CREATE TRIGGER {table}_stays_whole BEFORE TRUNCATE ON {table} EXECUTE FUNCTION {table}_stays()",
    )


_MAKES = {"sqlite": _on_sqlite, "postgresql": _on_postgresql}


@event.listens_for(AuditEntry.__table__, "after_create")
@event.listens_for(AuditSeal.__table__, "after_create")
def _guard(table: Table, connection: Connection, **_options: object) -> None:
    """Make the triggers with the table."""
    for statement in _MAKES[connection.dialect.name](table.name):
        connection.exec_driver_sql(statement)
