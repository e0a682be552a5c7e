"""What a check has found: pure values, which texts/ puts into words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class Level(StrEnum):
    """An ERROR keeps letters from arriving, or the service from working; a WARNING should be mended."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Area(StrEnum):
    """What was looked at, in the order in which it is."""

    SETTINGS = "settings"
    FILES = "files"
    DATABASE = "database"
    CLOCK = "clock"
    SMTP = "smtp"
    MAILBOX = "mailbox"
    SITE = "site"
    DNS = "dns"


class Place(StrEnum):
    """Where a line has to be put."""

    DNS = "dns"
    REVERSE_DNS = "reverse_dns"
    SETTINGS = "settings"
    SHELL = "shell"


class Put(NamedTuple):
    """What mends it: a line, and where to put it."""

    place: Place
    line: str


@dataclass(frozen=True)
class Finding:
    """One thing that was found: its `code` says what, `subject` of what, and `values` are what its text names."""

    area: Area
    code: str
    level: Level
    subject: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    put: Put | None = None
