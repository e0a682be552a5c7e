"""What a new reader may expect, as plain values; the composition root knows who can tell (front.service)."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class NextLetter:
    """When the next edition goes out, and the weeks between two."""

    sends_at: datetime
    zone: str
    every_weeks: int


@dataclass(frozen=True)
class LastLetter:
    """The edition that went out last, its address, and what everybody may read in it, as (title, address)."""

    number: int
    url: str
    headlines: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Prospect:
    """The next edition and the last one, as far as there are such."""

    next_letter: NextLetter | None
    last_letter: LastLetter | None
