"""What was seen of files, database, clock and servers: plain values for rules.py to judge. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from newsletter_service.smtp.certificates import Fault, Validity
from newsletter_service.smtp.replies import Phase


@dataclass(frozen=True)
class FileFacts:
    """A file or folder: who it belongs to, whether others may open it, and whether we may write there."""

    path: Path
    is_folder: bool
    there: bool = True
    owner: str = ""
    ours: bool = True
    open_to_others: bool = False
    writable: bool = True


@dataclass(frozen=True)
class DatabaseFacts:
    """`away` is why it cannot be asked; `found` and `wanted` are numbers of migrations; `key_fits` is of the key.

    `clock_ahead` is how far its clock is ahead of ours, `newest` the latest moment that it holds.
    """

    wanted: str
    away: str = ""
    found: str = ""
    key_fits: bool = True
    clock_ahead: timedelta | None = None
    newest: datetime | None = None


@dataclass(frozen=True)
class ClockFacts:
    """Whether the system keeps the clock to that of others; None where it does not say."""

    kept: bool | None
    now: datetime


@dataclass(frozen=True)
class ServerFacts:
    """What came of connecting to a server: why it did not work ("" if it did), and at which step."""

    server: str
    trouble: str = ""
    phase: Phase | None = None
    fault: Fault | None = None
    lacks_starttls: bool = False
    plain: bool = False
    on_this_machine: bool = True
    validity: Validity | None = None
