"""Opening the next edition, and composing those whose copy has closed."""

from datetime import datetime

from sqlalchemy.orm import Session

from newsletter_service.editions.models import Edition
from newsletter_service.editions.press import Press
from newsletter_service.staff.models import User


def open_next_edition(session: Session, now: datetime) -> Edition:
    """The edition that collects; it is made, with the next number and slot, if there is none. Idempotent."""
    raise NotImplementedError


def compose_due(session: Session, press: Press, now: datetime) -> list[Edition]:
    """Compose every edition whose copy has closed, tell staff, and see that another one collects."""
    raise NotImplementedError


def compose_edition(
    session: Session, press: Press, edition: Edition, user: User | None, now: datetime
) -> None:
    """Compose one edition now: closes a collecting one early (and tells staff), or starts a composed one anew.

    Raises WrongState.
    """
    raise NotImplementedError
