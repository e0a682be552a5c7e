"""Looks at files, database and clock; changes nothing."""

import ctypes
import os
import pwd
import stat
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from newsletter_service.clock import utc_now
from newsletter_service.db import open_engine, words_of
from newsletter_service.doctor.facts import ClockFacts, DatabaseFacts, FileFacts
from newsletter_service.keys.suppression_key import key_file, key_in, not_ready
from newsletter_service.schema import newest_number, number_of
from newsletter_service.settings import Settings
from newsletter_service.staff.models import AuditEntry

_TIME_ERROR = 5
_TIMEX_BYTES = 512


def files(settings: Settings) -> list[FileFacts]:
    """Returns what is seen of the instance folder, and of the key and the database in it."""
    seen = [file_facts(settings.instance_dir, is_folder=True)]
    others = [key_file(settings.instance_dir)] if not settings.suppression_key else []
    if (database := sqlite_file(settings.database_url)) is not None:
        others += [database, Path(f"{database}-wal"), Path(f"{database}-shm")]
    return seen + [facts for facts in (file_facts(one, is_folder=False) for one in others) if facts.there]


def file_facts(path: Path, *, is_folder: bool) -> FileFacts:
    """Returns what is seen of one file or folder."""
    try:
        found = path.stat()
    except OSError:
        return FileFacts(path, is_folder, there=False)
    return FileFacts(
        path,
        is_folder,
        owner=_name_of(found.st_uid),
        ours=found.st_uid == os.geteuid(),
        open_to_others=bool(found.st_mode & (stat.S_IRWXG | stat.S_IRWXO)),
        writable=os.access(path, os.W_OK),
    )


def sqlite_file(database_url: str) -> Path | None:
    """Returns the file that a SQLite database lies in; None for another database."""
    url = make_url(database_url)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def database(settings: Settings) -> DatabaseFacts:
    """Returns what is seen of the database; a file that is not there is not made."""
    wanted, file = newest_number(), sqlite_file(settings.database_url)
    if file is not None and not file.is_file():
        return DatabaseFacts(wanted)
    engine = open_engine(settings.database_url)
    try:
        return _asked(engine, settings, wanted)
    except DBAPIError as error:
        return DatabaseFacts(wanted, away=words_of(error))
    finally:
        engine.dispose()


def clock() -> ClockFacts:
    """Returns whether the kernel says that somebody keeps its clock (adjtimex, which NTP programs set)."""
    return ClockFacts(_kernel_clock_kept(), utc_now())


def _asked(engine: Engine, settings: Settings, wanted: str) -> DatabaseFacts:
    found = number_of(engine)
    if found != wanted:
        return DatabaseFacts(wanted, found=found)
    key = settings.suppression_key or key_in(settings.instance_dir)
    fits = not not_ready(engine, key)
    with engine.connect().execution_options(sqlite_read_only=True) as connection:
        newest = connection.scalar(select(AuditEntry.at).order_by(AuditEntry.id.desc()).limit(1))
        ahead = _clock_of(connection) - utc_now() if engine.dialect.name == "postgresql" else None
    return DatabaseFacts(wanted, found=found, key_fits=fits, clock_ahead=ahead, newest=newest)


def _clock_of(connection: Connection) -> datetime:
    return connection.scalars(select(func.clock_timestamp())).one().astimezone(UTC)


def _name_of(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _kernel_clock_kept() -> bool | None:
    """Asks and sets nothing: all bytes of the request are zero."""
    adjtimex = getattr(ctypes.CDLL(None), "adjtimex", None)
    if adjtimex is None:
        return None
    state = adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    return None if state < 0 else state != _TIME_ERROR
