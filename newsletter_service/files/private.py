"""Files for the account that the service runs under, and for nobody else on the machine."""

import os
import stat
from pathlib import Path

_FOR_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class NotPrivate(Exception):
    """A folder of the service is not its own; the message says which, and what to do."""


class NotWritable(Exception):
    """The service cannot keep its data where it is told to; the message says where, and why not."""


def keep_private() -> None:
    """Let every file and folder that this process and its children make be readable by its own account only."""
    os.umask(_FOR_OTHERS)


def private_folder(folder: Path) -> None:
    """Make `folder`, or close it to others if it is there; NotPrivate where that is not ours to do, NotWritable."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise NotWritable(f"INSTANCE_DIR: {folder} cannot be made: {error.strerror}.") from error
    found = folder.stat()
    if not found.st_mode & _FOR_OTHERS:
        return
    # A folder with the sticky bit, such as /tmp, is everybody's: closing it would lock out the whole machine.
    if found.st_uid != os.geteuid() or found.st_mode & stat.S_ISVTX:
        raise NotPrivate(
            f"Others may open {folder}, and it is not ours to close: give a folder (INSTANCE_DIR) that belongs "
            "to the account of the service alone."
        )
    folder.chmod(0o700)


def private_database(database_url: str) -> None:
    """Close a SQLite file with what lies beside it (-wal, -shm) to others; NotWritable where it cannot be used."""
    _, scheme, name = database_url.partition("?")[0].rpartition("sqlite:///")
    if not scheme or not name:
        return
    problem = _hindrance(Path(name))
    if problem:
        raise NotWritable(f"DATABASE_URL: {problem}.")
    for file in (Path(name), Path(f"{name}-wal"), Path(f"{name}-shm")):
        if file.is_file():
            private_file(file)


def _hindrance(file: Path) -> str:
    """Why a database cannot be kept in `file`; empty if it can. SQLite makes files beside it."""
    if not file.parent.is_dir():
        return f"there is no folder {file.parent}"
    if file.exists() and not file.is_file():
        return f"{file} is no file"
    writable = os.access(file.parent, os.W_OK | os.X_OK) and (not file.exists() or os.access(file, os.W_OK))
    return "" if writable else f"this account may not write {file}, or not in its folder"


def private_file(file: Path) -> None:
    """Close a file of ours to others."""
    if file.stat().st_uid == os.geteuid() and file.stat().st_mode & _FOR_OTHERS:
        file.chmod(0o600)
