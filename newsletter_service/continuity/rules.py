"""Whether a database is the one that the service works with, or a copy that has to keep still. Pure decisions."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Why(StrEnum):
    """Why a service keeps still."""

    COPIED = "copied"
    """The database lies elsewhere than where it was worked with."""
    PUT_BACK = "put_back"
    """The database knows less than this machine saw of it."""
    RESTORED = "restored"
    """`newsletter restore` filled it from a backup."""
    MOVED = "moved"
    """`newsletter move` copied it elsewhere, and that copy goes on."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a database lies, and its server's timeline (0 for SQLite), which grows with every recovery and failover."""

    where: str
    timeline: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """What a machine saw last of a database: its line, its mark, and when that was."""

    line: str
    mark: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """What a database says of itself.

    `lines` begins with its name; another line is added whenever a person says which copy goes on. `mark` grows on each
    line as long as letters go out.
    """

    lines: tuple[str, ...]
    mark: int
    place: Place

    @property
    def line(self) -> str:
        """The line that it is on now."""
        return self.lines[-1]


def why_still(known: Known, place: Place, seen: Seen | None) -> Why | None:
    """Returns why a database that was found at `place` has to keep still, None if it may go on.

    `seen` is what this machine noted of it. A server that was promoted has another timeline: that is a copy to a
    machine that never saw this database, and to one that did only where what it saw is missing.
    """
    if seen is not None and (
        seen.line not in known.lines or (seen.line == known.line and seen.mark > known.mark)
    ):
        return Why.PUT_BACK
    if place.where != known.place.where:
        return Why.COPIED
    if place.timeline != known.place.timeline and seen is None:
        return Why.COPIED
    return None
