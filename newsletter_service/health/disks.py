"""Sees, on each machine that a process of the service runs on, that its disk is about to be full: told once."""

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from newsletter_service.db import reading_from
from newsletter_service.health import probes, service
from newsletter_service.health.notices import tell
from newsletter_service.health.rules import Disk, TroubleKind, shortage


@dataclass(frozen=True)
class DiskWatch:
    """What one process looks at: the disks that hold its data, on the machine it runs on; `address` is the page's."""

    engine: Engine
    disks: Callable[[], Sequence[Disk]]
    address: str
    machine: str = field(default_factory=socket.gethostname)

    def look(self, now: datetime) -> str:
        """Looks once, and writes only where something changed; in words what began or is over."""
        with reading_from(self.engine) as session:
            stands = service.short_disk(session, self.machine)
            megabytes = shortage(self.disks(), stands=stands is not None)
            if not service.is_news(stands, megabytes, now):
                return ""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            changes = service.follow_disk(session, self.machine, megabytes, now)
            tell(session, changes, self.address, now)
        said = "trouble" if changes.began else "over"
        return f"{said}: {TroubleKind.DISK} {self.machine}" if changes.began or changes.over else ""


def disk_watch(engine: Engine, instance_dir: Path, address: str) -> DiskWatch:
    """Returns what looks at where a process writes: its own folder, and that of the database where it is a file."""
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    folders = [instance_dir, *([Path(file).parent] if file else [])]
    return DiskWatch(engine, lambda: probes.disks(folders), address)
