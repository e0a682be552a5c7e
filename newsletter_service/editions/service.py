"""Editions as a whole: finding them, holding, resuming and cancelling them, and their statement."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from newsletter_service.editions.models import Calendar, Edition
from newsletter_service.staff.models import User


@dataclass(frozen=True)
class Statement:
    """What became of an edition's letters, in numbers of readers."""

    intended: int
    sent: int = 0
    failed: int = 0
    excluded: int = 0
    cancelled: int = 0
    uncertain: int = 0
    open: int = 0

    @property
    def adds_up(self) -> bool:
        """Whether every reader it was meant for is accounted for."""
        accounted = self.sent + self.failed + self.excluded + self.cancelled + self.uncertain + self.open
        return self.intended == accounted


def calendar(session: Session) -> Calendar:
    """The publishing calendar's one row; raises NotFound before the database is seeded."""
    raise NotImplementedError


def all_editions(session: Session) -> list[Edition]:
    """All editions, the newest first."""
    raise NotImplementedError


def edition_numbered(session: Session, number: int) -> Edition:
    """Edition `number`; raises NotFound."""
    raise NotImplementedError


def hold(session: Session, edition: Edition, user: User | None, now: datetime, reason: str) -> None:
    """Stop a composed or running edition, say why, and pause its mailing; raises WrongState."""
    raise NotImplementedError


def resume(
    session: Session, edition: Edition, user: User | None, now: datetime, sends_at: datetime | None = None
) -> None:
    """Let a held edition go on, at a new time if one is given; raises WrongState, TooLate, BadTime."""
    raise NotImplementedError


def cancel(session: Session, edition: Edition, user: User | None, now: datetime) -> int:
    """Give up an edition; answers how many letters that were still to go are cancelled. Raises WrongState."""
    raise NotImplementedError


def statement(session: Session, edition: Edition) -> Statement:
    """What became of the letters of a released edition; zeros before it is released."""
    raise NotImplementedError
