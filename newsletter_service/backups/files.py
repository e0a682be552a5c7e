"""Files of backups: written whole or not at all, and packed and unpacked by their manifest."""

import fcntl
import os
import secrets
import shutil
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import BinaryIO

from newsletter_service.backups.rules import BadBackup, Manifest, Member
from newsletter_service.backups.sealing import Opener, Seal, is_sealed
from newsletter_service.errors import Conflict

MANIFEST = "manifest.json"
_LOCK = "backup.lock"
_WORK = "backup-"
_PIECE = 1 << 20
_LONGEST_MANIFEST = 1 << 20


class Busy(Conflict):
    """Another process makes or restores a backup on this machine."""


@contextmanager
def workroom(instance_dir: Path) -> Iterator[Path]:
    """A private folder to work in, gone afterwards with whatever one before left that was killed; raises Busy."""
    with (instance_dir / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy("another backup or restore is running on this machine") from error
        for left in instance_dir.glob(f"{_WORK}*/"):
            shutil.rmtree(left)
        with TemporaryDirectory(prefix=_WORK, dir=instance_dir) as name:
            yield Path(name)


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file that stands at `path` once the block ended well and all of it is on the disk, and else not at all.

    It is readable by its owner only. What a process left that was killed here goes.
    """
    for left in path.parent.glob(f".{path.name}.*.part"):
        left.unlink(missing_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with os.fdopen(os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def member_of(file: Path) -> Member:
    """How long a file is, and its hash."""
    with file.open("rb") as content:
        return Member(file.stat().st_size, _digest(content))


def pack(path: Path, manifest: Manifest, members: Mapping[str, Path], seal: Seal) -> None:
    """Writes a backup, with its manifest before all else."""
    with whole_file(path) as target:
        if not seal:
            _write_tar(target, manifest, members)
            return
        with TemporaryFile(dir=path.parent) as plain:
            _write_tar(plain, manifest, members)
            seal.close(plain, target)


@contextmanager
def unsealed(path: Path, opener: Opener, room: Path) -> Iterator[BinaryIO]:
    """A backup as it was before it was encrypted, which takes place in `room`; raises BadBackup, BadSeal."""
    try:
        with path.open("rb") as file:
            if not is_sealed(file):
                yield file
                return
            with TemporaryFile(dir=room) as plain:
                opener.open(file, plain)
                yield plain
    except FileNotFoundError as error:
        raise BadBackup(f"there is no file {error.filename}") from error


def unpack(archive: BinaryIO, folder: Path) -> Manifest:
    """Puts what is in a backup into a folder, each file as long and with the hash that its manifest says.

    Raises BadBackup.
    """
    try:
        with tarfile.open(fileobj=archive, mode="r:gz") as tar:
            manifest = _manifest_in(tar)
            for name, expected in manifest.members.items():
                _unpack_one(tar, name, expected, folder)
            _read_to_the_end(tar)
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise BadBackup("it cannot be unpacked: this is no backup, or not a whole one") from error
    return manifest


def _write_tar(file: BinaryIO, manifest: Manifest, members: Mapping[str, Path]) -> None:
    with tarfile.open(fileobj=file, mode="w:gz", compresslevel=5) as tar:
        told = manifest.to_json().encode()
        tar.addfile(_entry(MANIFEST, len(told), manifest), BytesIO(told))
        for name, path in members.items():
            with path.open("rb") as content:
                tar.addfile(_entry(name, manifest.members[name].size, manifest), content)


def _entry(name: str, size: int, manifest: Manifest) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o600, int(manifest.made_at.timestamp())
    return entry


def _manifest_in(tar: tarfile.TarFile) -> Manifest:
    first = tar.next()
    if first is None or first.name != MANIFEST or first.size > _LONGEST_MANIFEST:
        raise BadBackup("it does not begin with a manifest: this is no backup of ours")
    content = tar.extractfile(first)
    return Manifest.from_json(content.read() if content else b"")


def _unpack_one(tar: tarfile.TarFile, name: str, expected: Member, folder: Path) -> None:
    """Names are those of the manifest, and lead nowhere else than into the folder."""
    entry = tar.next()
    content = tar.extractfile(entry) if entry is not None and entry.name == name and entry.isreg() else None
    if content is None or Path(name).name != name:
        raise BadBackup(f"it lacks {name}: this is not a whole backup")
    with (folder / name).open("wb") as target:
        shutil.copyfileobj(content, target, _PIECE)
    if member_of(folder / name) != expected:
        raise BadBackup(f"{name} in it is not what was backed up: the file was damaged or changed")


def _read_to_the_end(tar: tarfile.TarFile) -> None:
    """A file that was cut off shows only there."""
    if tar.next() is not None:
        raise BadBackup("there is more in it than its manifest says")
    while tar.fileobj is not None and tar.fileobj.read(_PIECE):
        pass


def _digest(content: BinaryIO) -> str:
    digest = sha256()
    while piece := content.read(_PIECE):
        digest.update(piece)
    return digest.hexdigest()
