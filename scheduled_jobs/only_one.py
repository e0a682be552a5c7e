"""One scheduler, however many are started: the others see that it is there, and leave."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, NullPool, create_engine, text

# Any number that nothing else in this database uses.
_ADVISORY_LOCK = 5_137_020_817


class AlreadyRunning(Exception):
    """Another scheduler holds the lock."""


@contextmanager
def only_scheduler(engine: Engine, instance_dir: Path) -> Iterator[None]:
    """Hold the lock while the block runs; AlreadyRunning if somebody else does. It is freed even by kill -9."""
    hold = _on_postgresql(engine) if engine.dialect.name == "postgresql" else _on_this_machine(instance_dir)
    with hold:
        yield


@contextmanager
def _on_postgresql(engine: Engine) -> Iterator[None]:
    # A connection of its own that really closes at the end: the lock belongs to it, and a pool would keep both.
    own = create_engine(engine.url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with own.connect() as connection:
        if not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _ADVISORY_LOCK}):
            raise AlreadyRunning
        yield


@contextmanager
def _on_this_machine(instance_dir: Path) -> Iterator[None]:
    with (instance_dir / "scheduler.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning from error
        yield
