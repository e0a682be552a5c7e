"""The database: one base class, constraint names, aware UTC columns, and one way to begin and end a transaction."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Any, cast

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    ARRAY,
    JSON,
    Column,
    ColumnElement,
    Connection,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Enum,
    ExceptionContext,
    Executable,
    Integer,
    MetaData,
    Table,
    TypeDecorator,
    create_engine,
    event,
    func,
    literal,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session, registry
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

LARGEST_NUMBER = 2**31 - 1
"""The largest number that a row may have: beyond it a database refuses even to look."""
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: goes in aware (any zone), is stored as UTC, comes out aware in UTC; a naive value is a TypeError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Into the database: as UTC; SQLite keeps no zone, so it gets none."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError(f"{value!r} has no time zone: moments are aware everywhere")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def result_processor(
        self, dialect: Dialect, _coltype: object
    ) -> Callable[[str | datetime | None], datetime | None]:
        """Out of the database: aware, in UTC. One step, as lists and releases read a million of them."""
        return _aware_from_text if dialect.name == "sqlite" else _aware_in_utc


def _aware_from_text(value: Any) -> datetime | None:
    if value is None:
        return None
    moment = datetime.fromisoformat(value)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _aware_in_utc(value: Any) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


def one_of(members: type[StrEnum], length: int) -> Enum:
    """A column that holds one of `members`: its value, in a VARCHAR of `length`, and never any other."""
    return Enum(
        members, native_enum=False, length=length, values_callable=lambda kinds: [str(kind) for kind in kinds]
    )


_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def add_missing(
    session: Session | Connection, model: "type[Base]", rows: Sequence[Mapping[str, object]]
) -> None:
    """Add those of `rows` whose key is not there yet, whoever else adds them in this moment."""
    connection = session if isinstance(session, Connection) else session.connection()
    insert = _INSERTS[connection.dialect.name]
    connection.execute(insert(model).on_conflict_do_nothing(), rows)


def words_of(error: DBAPIError) -> str:
    """What a database said that is away, on one line: for logs, and for who is at the terminal."""
    return " ".join(str(error.orig).split())


class Base(DeclarativeBase):
    """What all tables share: names for constraints, and `datetime` columns that are aware UTC."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMES), type_annotation_map={datetime: UtcDateTime}
    )


_NOTICES_A_DEAD_LINK = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""libpq's settings (seconds; the last one milliseconds): without them a cut line is waited for a quarter of an hour."""

db = SQLAlchemy(model_class=Base, disable_autonaming=True)


def init_db(app: Flask, database_url: str) -> None:
    """Connect `app` to its database."""
    app.config["SQLALCHEMY_DATABASE_URI"] = database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(database_url)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)


def open_engine(database_url: str) -> Engine:
    """An engine as the app has one, for a process without the app."""
    engine = create_engine(database_url, **_engine_options(database_url))
    prepare_engine(engine)
    return engine


def connect_arguments(database_url: str) -> dict[str, Any]:
    """What every connection to a database is opened with."""
    return _NOTICES_A_DEAD_LINK if database_url.startswith("postgresql") else {}


def _engine_options(database_url: str) -> dict[str, Any]:
    return {
        "pool_pre_ping": True,
        "hide_parameters": True,
        "connect_args": connect_arguments(database_url),
    }


def prepare_engine(engine: Engine) -> None:
    """Give an engine what its database needs for careful transactions, and for errors that tell nobody's address."""
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    else:
        event.listen(engine, "handle_error", _without_the_row)
        event.listen(engine, "checkin", _begin_as_the_server_does)


def _begin_as_the_server_does(connection: Any, _record: Any) -> None:
    """After a transaction that could not write, SQLAlchemy asks for ones that can: a standby refuses to begin any."""
    if connection is not None and not connection.closed and connection.read_only is False:
        connection.read_only = None


def _without_the_row(context: ExceptionContext) -> None:
    """Leave what PostgreSQL says first: its DETAIL and CONTEXT show rows and values, and errors end up in logs."""
    driver, wrapped = context.original_exception, context.sqlalchemy_exception
    first = _first_words(driver)
    if first is not None:
        driver.args = (first,)
        if wrapped is not None:
            wrapped.args = (f"({type(driver).__name__}) {first}",)


def _first_words(error: BaseException) -> str | None:
    return cast(Any, error).diag.message_primary if hasattr(error, "diag") else None


def _prepare_sqlite(engine: Engine) -> None:
    """WAL, and transactions that take the write lock when they begin.

    Without this two processes that read and then write lose updates silently. A transaction opened with
    `read_only()` takes no lock at all and is refused any write by the database itself.
    """

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode = WAL",
            "busy_timeout = 15000",
            "foreign_keys = ON",
            "synchronous = FULL",  # a letter that went out stays written down even if the power fails
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("sqlite_read_only", False)
        if connection.info.get("reading") != reading:
            connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if reading else 'OFF'}")
            connection.info["reading"] = reading
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


class _Elements(FunctionElement[Any]):
    """The elements of a list, as rows."""

    inherit_cache = True


@compiles(_Elements, "sqlite")
def _on_sqlite(element: _Elements, compiler: SQLCompiler, **options: Any) -> str:
    listed = compiler.process(element.clauses, **options)
    return f"(SELECT value FROM json_each({listed}))"  # noqa: S608  # a placeholder


@compiles(_Elements, "postgresql")
def _on_postgresql(element: _Elements, compiler: SQLCompiler, **options: Any) -> str:
    return f"(SELECT unnest({compiler.process(element.clauses, **options)}))"


def among(
    column: InstrumentedAttribute[Any] | Column[Any], values: Sequence[int] | Sequence[str]
) -> ColumnElement[bool]:
    """Whether `column` is one of very many values. They travel as one parameter: `in_` makes one of each, and for
    thousands of those a database takes longer to plan than to look.
    """
    listed = literal(values, ARRAY(column.type).with_variant(JSON(), "sqlite"))
    return column.op("IN", is_comparison=True)(_Elements(listed))


def add_rows(
    session: Session, table: Table, names: Sequence[str], rows: Sequence[tuple[str | int | None, ...]]
) -> None:
    """Add very many rows of bare values in the quickest way that each driver has.

    The values are those of the columns `names`, which are all that have no default in the database itself; moments are
    as clock.moment_text writes them.
    """
    connection = session.connection()
    into = f"{table.name} ({', '.join(names)})"
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(names))
        connection.exec_driver_sql(" ".join(("INSERT INTO", into, "VALUES", f"({marks})")), [*rows])
        return
    connection.exec_driver_sql("SET LOCAL TIME ZONE 'UTC'")
    driver = cast(Any, connection.connection)
    try:
        with driver.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    except connection.dialect.loaded_dbapi.Error as error:
        cast(Any, error).args = (_first_words(error),)
        raise


def hold_name(session: Session, name: str) -> None:
    """Hold a name until the transaction ends, also where no row bears it yet that could be held.

    SQLite has one writer at a time anyway.
    """
    if session.connection().dialect.name == "postgresql":
        key = int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)
        session.execute(select(func.pg_advisory_xact_lock(key)))


def expect_many_rows(session: Session) -> None:
    """Let SQLite hold more pages in this process: its 2 MB are written and read again for each few hundred rows."""
    if session.connection().dialect.name == "sqlite":
        session.connection().exec_driver_sql(f"PRAGMA cache_size = -{_MANY_ROWS_KB}")


_MANY_ROWS_KB = 24_576


class _Place(FunctionElement[int]):
    """Where a text begins in another, counted from 1; 0 where it does not stand in it."""

    type = Integer()
    inherit_cache = True


@compiles(_Place, "sqlite")
def _place_on_sqlite(element: _Place, compiler: SQLCompiler, **options: Any) -> str:
    return f"instr({compiler.process(element.clauses, **options)})"


@compiles(_Place, "postgresql")
def _place_on_postgresql(element: _Place, compiler: SQLCompiler, **options: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **options)})"


def holds(column: InstrumentedAttribute[str] | ColumnElement[str], words: str) -> ColumnElement[bool]:
    """Whether `words` stand in `column`, letter by letter: LIKE looks at patterns, and takes twice as long."""
    return _Place(column, literal(words)) > 0


def rows_changed(session: Session, statement: Executable) -> int:
    """The number of rows that an INSERT, UPDATE or DELETE changed; objects that the session holds stay as they are."""
    options = {"preserve_rowcount": True, "synchronize_session": False}
    return cast(CursorResult[Any], session.execute(statement, execution_options=options)).rowcount


def read_only() -> None:
    """Make the transaction that is about to begin unable to write: what answers GET and HEAD runs in one."""
    db.session.connection(execution_options={"sqlite_read_only": True, "postgresql_readonly": True})


@contextmanager
def reading() -> Iterator[Session]:
    """A transaction that cannot write and holds up nobody who does, however long the block takes."""
    read_only()
    try:
        yield db.session()
    finally:
        db.session.rollback()


@contextmanager
def reading_from(engine: Engine) -> Iterator[Session]:
    """The same on a database of one's own, for who runs in a thread that no app knows."""
    options = {"sqlite_read_only": True, "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection, Session(connection) as session:
        yield session


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """One use case, one transaction: commits when the block ends well, rolls back and re-raises when it does not."""
    session = db.session()
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
