"""Releasing editions: from what was composed to one delivery per reader, and to the end of it."""

from datetime import datetime

from sqlalchemy.orm import Session

from newsletter_service.editions.models import Edition
from newsletter_service.editions.press import Press
from newsletter_service.staff.models import User


def release_due(session: Session, press: Press, now: datetime) -> list[Edition]:
    """Release or, where it may not go out by itself, hold every composed edition whose time has come."""
    raise NotImplementedError


def release(session: Session, press: Press, edition: Edition, user: User | None, now: datetime) -> None:
    """Freeze an edition and write down one letter per variant and one delivery per reader.

    Raises WrongState (also when somebody else released it first), Empty, Unsigned; letters.render.LetterError.
    """
    raise NotImplementedError


def finish_due(session: Session, press: Press, now: datetime) -> list[Edition]:
    """The running editions whose deliveries are all settled, now sent; those that delivery paused are held."""
    raise NotImplementedError
