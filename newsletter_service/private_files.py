"""Files for the account that the service runs under, and for nobody else on the machine."""

import os
import stat
from pathlib import Path

_FOR_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class NotPrivate(Exception):
    """A folder of the service is not its own; the message says which, and what to do."""


def keep_private() -> None:
    """Let every file and folder that this process and its children make be readable by its own account only."""
    os.umask(_FOR_OTHERS)


def private_folder(folder: Path) -> None:
    """Make `folder`, or close it to others if it is there; NotPrivate where that is not ours to do."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
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
    """Close a SQLite file with what lies beside it (-wal, -shm) to others, wherever it lies."""
    _, scheme, name = database_url.rpartition("sqlite:///")
    if not scheme or not name:
        return
    for file in (Path(name), Path(f"{name}-wal"), Path(f"{name}-shm")):
        if file.is_file() and file.stat().st_uid == os.geteuid() and file.stat().st_mode & _FOR_OTHERS:
            file.chmod(0o600)
