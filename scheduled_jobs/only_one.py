"""One scheduler, however many are started: the others see that it is there, and leave.

The lock lies with the database: in the server, or beside the file.
"""

import fcntl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError

from newsletter_service.db import connect_arguments

# Any number that nothing else in this database uses.
_ADVISORY_LOCK = 5_137_020_817


class AlreadyRunning(Exception):
    """Another scheduler holds the lock."""


@contextmanager
def only_scheduler(engine: Engine) -> Iterator[Callable[[], bool]]:
    """Hold the lock while the block runs; AlreadyRunning if somebody else does. It is freed even by kill -9.

    What comes out says whether it is still held. A server that was away freed it: then it is taken again, unless
    another scheduler was first.
    """
    hold = _on_server(engine) if engine.dialect.name == "postgresql" else _beside(engine.url.database or "")
    with hold as held:
        yield held


class _ServerLock:
    """A connection of its own that really closes at the end: the lock belongs to it, and a pool would keep both."""

    def __init__(self, engine: Engine) -> None:
        self._engine = create_engine(
            engine.url,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args=connect_arguments(str(engine.url)),
        )
        self._connection: Connection | None = None
        self._mutex = threading.Lock()

    def held(self) -> bool:
        """Whether the lock is held, also after the connection was lost; OperationalError while the server is away."""
        with self._mutex:
            if self._connection is not None:
                with suppress(DBAPIError):
                    self._connection.execute(text("SELECT 1"))
                    return True
                self._drop()
            return self._take()

    def release(self) -> None:
        """Let others have it."""
        with self._mutex:
            self._drop()

    def _take(self) -> bool:
        connection = self._engine.connect()
        if connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _ADVISORY_LOCK}):
            self._connection = connection
            return True
        connection.close()
        return False

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(DBAPIError):
                connection.close()


@contextmanager
def _on_server(engine: Engine) -> Iterator[Callable[[], bool]]:
    lock = _ServerLock(engine)
    try:
        if not lock.held():
            raise AlreadyRunning
        yield lock.held
    finally:
        lock.release()


@contextmanager
def _beside(database: str) -> Iterator[Callable[[], bool]]:
    with Path(f"{database}-scheduler").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning from error
        yield lambda: True
