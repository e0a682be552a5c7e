"""Whether a disk is full, in whatever words the system, SQLite or PostgreSQL says it."""

import errno
import sqlite3
from collections.abc import Iterator

_OF_THE_SYSTEM = frozenset({errno.ENOSPC, errno.EDQUOT})
_OF_SQLITE = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE})
_OF_POSTGRESQL = "53100"


def is_full_disk(error: BaseException) -> bool:
    """Whether something went wrong because a disk, or what this account may use of it, is full."""
    return any(
        getattr(one, "errno", None) in _OF_THE_SYSTEM
        or getattr(one, "sqlite_errorcode", None) in _OF_SQLITE
        or getattr(one, "sqlstate", None) == _OF_POSTGRESQL
        for one in _causes(error)
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
