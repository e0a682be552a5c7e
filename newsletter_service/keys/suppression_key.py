"""Whether the keys of this process go with its database; the suppression key is made at the first start.

It lies in a file beside the service and never in the database, which keeps its fingerprint only: whoever has the
database alone cannot try which addresses it is not to mail.
"""

import os
import secrets
from pathlib import Path
from tempfile import NamedTemporaryFile

from sqlalchemy import Connection, Engine, inspect, literal, select, table, text
from sqlalchemy.exc import OperationalError

from newsletter_service.db import open_engine, words_of
from newsletter_service.files.private import NotWritable, private_file
from newsletter_service.keys.secret_keys import KeyName, SecretKeys, fingerprint
from newsletter_service.schema import upgrade_needed

_FILE = "suppression_key"
_BEFORE_THE_KEY = ("staff_user", "suppression", "former_subscriber")
"""Tables with what was made with SECRET_KEY before there was a suppression key: hashes of passwords and addresses."""


class WrongKey(Exception):
    """The suppression key is not the one of the database; the message says what to do."""


def suppression_key(given: str, folder: Path, database_url: str, keys: SecretKeys) -> str:
    """Returns the suppression key that was given, is kept in its file in `folder`, or is made now.

    Raises WrongKey if it is not the database's, as far as that can be asked, NotWritable if it cannot be kept.
    """
    file = key_file(folder)
    engine = open_engine(database_url)
    try:
        key = given or _kept(file) or _made(engine, keys, file)
        _hold_against(engine, keys, key)
    finally:
        engine.dispose()
    return key


def key_file(folder: Path) -> Path:
    """Returns the file in the instance folder that the key is kept in, where no setting gives it."""
    return folder / _FILE


def key_in(folder: Path) -> str:
    """Returns the key that is kept there, "" where none can be read; nothing is held against any database."""
    try:
        return key_file(folder).read_text("utf-8").strip()
    except (OSError, UnicodeError):
        return ""


def not_ready(engine: Engine, suppression_key: str) -> str:
    """Returns what keeps a process from working with this database, "" if nothing does; OperationalError if away."""
    return upgrade_needed(engine) or _misfit(engine, suppression_key)


def _hold_against(engine: Engine, keys: SecretKeys, suppression_key: str) -> None:
    try:
        if upgrade_needed(engine):
            return
        if wrong := _misfit(engine, suppression_key):
            raise WrongKey(wrong)
        _note(engine, keys, suppression_key)
    except OperationalError:
        return  # a database that is away is waited for elsewhere, and asked again then


def _misfit(engine: Engine, suppression_key: str) -> str:
    with engine.connect().execution_options(sqlite_read_only=True) as connection:
        found = _newest(connection, KeyName.SUPPRESSION)
    return "" if found in ("", fingerprint(suppression_key)) else _NOT_THE_ONE


_COPY = (
    "copy the file suppression_key from the instance folder of the machine or backup that the database comes from "
    "(or set SUPPRESSION_KEY to what it says), and make no other"
)
_NOT_THE_ONE = f"the suppression key is not the one that this database was filled with: {_COPY}"


def _note(engine: Engine, keys: SecretKeys, suppression_key: str) -> None:
    """Write down which keys the database goes with from now on, where that is new."""
    with engine.connect().execution_options(sqlite_read_only=True) as connection:
        secret, suppression = _newest(connection, KeyName.SECRET), _newest(connection, KeyName.SUPPRESSION)
    if suppression and secret == fingerprint(keys.current):
        return
    with engine.begin() as connection:
        _add(connection, KeyName.SUPPRESSION, 0, suppression_key)
        _add(connection, KeyName.SECRET, 0, keys.oldest)
        if _newest(connection, KeyName.SECRET) != fingerprint(keys.current):
            last = connection.scalar(text("SELECT max(id) FROM delivery")) or 0
            _add(connection, KeyName.SECRET, last + 1, keys.current)


def _add(connection: Connection, name: KeyName, first_delivery_id: int, key: str) -> None:
    """Unless another process did at this moment."""
    row = {"name": name.value, "first": first_delivery_id, "fingerprint": fingerprint(key)}
    connection.execute(
        text("INSERT INTO key_fingerprint VALUES (:name, :first, :fingerprint) ON CONFLICT DO NOTHING"), row
    )


def _newest(connection: Connection, name: KeyName) -> str:
    query = (
        "SELECT fingerprint FROM key_fingerprint WHERE name = :name ORDER BY first_delivery_id DESC LIMIT 1"
    )
    return connection.scalar(text(query), {"name": name.value}) or ""


def _kept(file: Path) -> str:
    """The key in the file, "" where there is no file; WrongKey for a file that tells none: no key is empty."""
    if not os.path.lexists(file):
        return ""
    try:
        key = file.read_text("utf-8").strip()
        private_file(file)
    except (OSError, UnicodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise WrongKey(f"The suppression key in {file} cannot be read ({why}): {_COPY}") from error
    if not key:
        raise WrongKey(f"There is no suppression key in {file}, which is empty: {_COPY}")
    return key


def _made(engine: Engine, keys: SecretKeys, file: Path) -> str:
    """A random key, or for a database of before there was one, the key that its hashes were made with until now."""
    try:
        with engine.connect().execution_options(sqlite_read_only=True) as connection:
            there = {*inspect(connection).get_table_names()}
            if "key_fingerprint" in there and _newest(connection, KeyName.SUPPRESSION):
                raise WrongKey(f"There is no suppression key in {file}: {_COPY}")
            hashed = any(_has_rows(connection, name) for name in _BEFORE_THE_KEY if name in there)
    except OperationalError as error:
        raise WrongKey(
            f"There is no suppression key in {file}, and the database cannot be asked: {words_of(error)}"
        ) from error
    return _write(file, keys.oldest if hashed else secrets.token_urlsafe(32))


def _has_rows(connection: Connection, name: str) -> bool:
    return connection.scalar(select(literal(1)).select_from(table(name)).limit(1)) is not None


def _write(file: Path, key: str) -> str:
    """Keep `key`, or return the one of a process that started at the same moment; NotWritable where it cannot be kept.

    Machines and containers that share the folder may have the same process ids: the file beside is nobody else's.
    """
    try:
        with NamedTemporaryFile("w", encoding="utf-8", dir=file.parent, prefix=f"{_FILE}.") as beside:
            beside.write(f"{key}\n")
            beside.flush()
            os.fsync(beside.fileno())
            os.link(beside.name, file)
    except FileExistsError:
        return _kept(file)
    except OSError as error:
        raise NotWritable(f"INSTANCE_DIR: {file} cannot be written: {error.strerror}.") from error
    return key
