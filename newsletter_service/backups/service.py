"""Use cases of backups: make one, check one, put one back."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

from sqlalchemy import Engine, text

from newsletter_service.backups import files
from newsletter_service.backups.dumps import Dumps, dumps_of, is_empty
from newsletter_service.backups.rules import (
    BadBackup,
    Manifest,
    NightlyBackup,
    is_due,
    name_of,
    outlived,
    refuse,
)
from newsletter_service.backups.sealing import Opener, Seal
from newsletter_service.backups.tools import DumpFailed
from newsletter_service.continuity.rules import Why
from newsletter_service.continuity.service import keep_still
from newsletter_service.db import open_engine
from newsletter_service.errors import Conflict
from newsletter_service.keys.secret_keys import SecretKeys, fingerprint
from newsletter_service.keys.suppression_key import key_file
from newsletter_service.schema import newest_number, number_of

KEYS = "keys.json"
_FOR_A_PERSON = "secret_keys.restored"
Upgrade = Callable[[Engine], None]
"""Brings the tables of a database up to date."""


class NotEmpty(Conflict):
    """There is something in the database that a backup is to be put into."""


@dataclass(frozen=True)
class Source:
    """What a backup is made of: a database, the keys that go with it, and the folder to work in."""

    engine: Engine
    keys: SecretKeys
    suppression_key: str
    instance_dir: Path


@dataclass(frozen=True)
class Keys:
    """The keys in a backup, or in a file of their own."""

    secret_keys: tuple[str, ...]
    suppression_key: str

    def to_json(self) -> str:
        """The keys as they are written down."""
        return json.dumps({"secret_keys": self.secret_keys, "suppression_key": self.suppression_key})

    @classmethod
    def from_json(cls, written: bytes) -> "Keys":
        """What was written down; raises BadBackup."""
        try:
            told = json.loads(written)
            return cls(tuple(told["secret_keys"]), told["suppression_key"])
        except (ValueError, KeyError, TypeError) as error:
            raise BadBackup("the keys cannot be read") from error


def make_backup(source: Source, path: Path, seal: Seal, now: datetime, *, with_keys: bool) -> Manifest:
    """Writes a backup to `path`, whole or not at all, while the service works.

    Raises DumpFailed, files.Busy, BadSeal.
    """
    dialect = source.engine.dialect.name
    dumps = dumps_of(dialect)
    with files.workroom(source.instance_dir) as room, _disk():
        members = {dumps.NAME: room / dumps.NAME}
        counts = dumps.dump(source.engine, members[dumps.NAME])
        if with_keys:
            members[KEYS] = room / KEYS
            members[KEYS].write_text(_keys_of(source).to_json(), "utf-8")
        manifest = Manifest(
            made_at=now,
            version=version("newsletter-service"),
            schema=number_of(source.engine),
            dialect=dialect,
            counts=counts,
            members={name: files.member_of(member) for name, member in members.items()},
            suppression_key=fingerprint(source.suppression_key),
            secret_keys=tuple(fingerprint(key) for key in source.keys.every),
            with_keys=with_keys,
        )
        files.pack(path, manifest, members, seal)
    return manifest


def write_keys(source: Source, path: Path, seal: Seal) -> None:
    """Writes the keys to a file of their own, whole or not at all; raises DumpFailed, BadSeal."""
    told = _keys_of(source).to_json().encode()
    with _disk(), files.whole_file(path) as target:
        if seal:
            seal.close(BytesIO(told), target)
        else:
            target.write(told)


def read_keys(path: Path, opener: Opener, instance_dir: Path) -> Keys:
    """The keys in a file of their own; raises BadBackup, BadSeal."""
    with files.unsealed(path, opener, instance_dir) as plain:
        return Keys.from_json(plain.read())


def verify(path: Path, opener: Opener, instance_dir: Path) -> Manifest:
    """Returns what a backup says of itself, if all of it is there and as it was.

    Raises BadBackup, BadSeal, DumpFailed, files.Busy.
    """
    with files.workroom(instance_dir) as room, _disk():
        return _opened(path, opener, room)


@dataclass(frozen=True)
class Restored:
    """What was put back, and the keys that were in it, if any."""

    manifest: Manifest
    keys: Keys | None


def restore(
    engine: Engine,
    path: Path,
    opener: Opener,
    instance_dir: Path,
    upgrade: Upgrade,
    now: datetime,
    *,
    replace: bool,
) -> Restored:
    """Puts a backup into a database, all of it or nothing, which keeps still from then on.

    `upgrade` brings the tables of an older backup up to date. Without `replace` the database has to be empty.
    Raises BadBackup, BadSeal, NotEmpty, DumpFailed, files.Busy.
    """
    with files.workroom(instance_dir) as room, _disk():
        manifest = _opened(path, opener, room)
        refuse(manifest, engine.dialect.name, newest_number())
        with engine.connect().execution_options(sqlite_read_only=True) as connection:
            if not replace and not is_empty(connection):
                raise NotEmpty("the database is not empty: give --replace if all that is in it may go")
        keys = Keys.from_json((room / KEYS).read_bytes()) if KEYS in manifest.members else None
        dumps = dumps_of(manifest.dialect)
        _load(dumps, room / dumps.NAME, engine, upgrade, manifest, now)
    return Restored(manifest, keys)


def put_keys(keys: Keys, instance_dir: Path) -> Path:
    """Puts the suppression key where every process finds it; returns the file with the secret keys, for a person."""
    for_a_person = instance_dir / _FOR_A_PERSON
    written = {key_file(instance_dir): keys.suppression_key, for_a_person: _told(keys.secret_keys)}
    for file, content in written.items():
        with _disk(), files.whole_file(file) as target:
            target.write(f"{content}\n".encode())
    return for_a_person


def back_up_tonight(source: Source, plan: NightlyBackup, zone: str, now: datetime) -> str:
    """Makes the backup of this night if it is still to be made; returns what was done. Raises as make_backup does."""
    with _disk():
        names = [file.name for file in plan.folder.iterdir()]
    if not is_due(names, now, zone):
        return ""
    seal = Seal(plan.recipients)
    path = plan.folder / name_of(now, encrypted=bool(seal))
    make_backup(source, path, seal, now, with_keys=plan.keys == "together")
    old = outlived([*names, path.name], plan.days, now)
    for name in old:
        (plan.folder / name).unlink(missing_ok=True)
    return f"backed up to {path.name} ({path.stat().st_size} bytes), removed {len(old)} old ones"


def _opened(path: Path, opener: Opener, room: Path) -> Manifest:
    with files.unsealed(path, opener, room) as archive:
        manifest = files.unpack(archive, room)
    dumps = dumps_of(manifest.dialect)
    dumps.check(room / dumps.NAME, manifest.counts)
    return manifest


def _load(
    dumps: Dumps,
    dump: Path,
    engine: Engine,
    upgrade: Upgrade,
    manifest: Manifest,
    now: datetime,
) -> None:
    """A file of SQLite is made ready before it takes its place; what is in a server is still by its place till then."""
    if manifest.dialect == "sqlite":
        with _engine_on(dump) as staged:
            _make_still(staged, upgrade, manifest, now)
        dumps.load(dump, engine)
    else:
        dumps.load(dump, engine)
        _make_still(engine, upgrade, manifest, now)


def _make_still(engine: Engine, upgrade: Upgrade, manifest: Manifest, now: datetime) -> None:
    upgrade(engine)
    with engine.begin() as connection:
        keep_still(connection, Why.RESTORED, now, known_at=manifest.made_at)
        connection.execute(text("DELETE FROM worker"))


@contextmanager
def _engine_on(file: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{file}")
    try:
        yield engine
    finally:
        engine.dispose()


def _keys_of(source: Source) -> Keys:
    return Keys(source.keys.every, source.suppression_key)


def _told(secret_keys: tuple[str, ...]) -> str:
    """As settings."""
    current, *former = secret_keys
    return f"SECRET_KEY={current}\nSECRET_KEY_FALLBACKS={' '.join(former)}"


@contextmanager
def _disk() -> Iterator[None]:
    """What a disk refuses is said in one line."""
    try:
        yield
    except OSError as error:
        raise DumpFailed(
            ": ".join(str(one) for one in (error.filename, error.strerror or error) if one)
        ) from error
