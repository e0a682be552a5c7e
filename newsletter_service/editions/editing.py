"""What people change about a composed edition, and their agreement to it.

Every change voids sign-offs by itself: they hold a hash of what readers would get.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from newsletter_service.editions.models import Edition
from newsletter_service.editions.rules import EditionConflict
from newsletter_service.staff.models import User


@dataclass(frozen=True)
class Texts:
    """What an edition says besides its items; `introduction` is Markdown."""

    subject: str
    preheader: str
    introduction: str


class ChangedMeanwhile(EditionConflict):
    """Somebody saved other texts first: `yours` were not saved, `theirs` stand, with `version` to save over them."""

    def __init__(self, yours: Texts, theirs: Texts, version: int) -> None:
        super().__init__("changed_meanwhile", "somebody else saved this edition's texts meanwhile")
        self.yours = yours
        self.theirs = theirs
        self.version = version


class NotInEdition(EditionConflict):
    """The item is not (any more) in this edition."""

    def __init__(self) -> None:
        super().__init__("not_in_edition", "this item is not in this edition")


class CannotAdd(EditionConflict):
    """A waiting item cannot be added: `code` is not_waiting, elsewhere, embargoed, expired, started or look_alike."""


def move_item(
    session: Session, edition: Edition, item_id: int, position: int, user: User, now: datetime
) -> None:
    """Put an item at `position` (0 is first; beyond the ends means the end). Raises WrongState, NotInEdition."""
    raise NotImplementedError


def move_up(session: Session, edition: Edition, item_id: int, user: User, now: datetime) -> None:
    """One place towards the top; the first stays. Raises WrongState, NotInEdition."""
    raise NotImplementedError


def move_down(session: Session, edition: Edition, item_id: int, user: User, now: datetime) -> None:
    """One place towards the end; the last stays. Raises WrongState, NotInEdition."""
    raise NotImplementedError


def drop_item(session: Session, edition: Edition, item_id: int, user: User, now: datetime) -> None:
    """Take an item out; it stays queued. Raises WrongState, NotInEdition."""
    raise NotImplementedError


def add_item(session: Session, edition: Edition, item_id: int, user: User, now: datetime) -> None:
    """Put a waiting item in, after the last one of its kind. Raises WrongState, CannotAdd, NotFound."""
    raise NotImplementedError


def edit_texts(
    session: Session, edition: Edition, texts: Texts, version: int, user: User, now: datetime
) -> None:
    """Save texts that were written on top of `version`. Raises WrongState, ChangedMeanwhile, Invalid (with field)."""
    raise NotImplementedError


def sign_off(session: Session, edition: Edition, user: User, now: datetime) -> None:
    """Agree, on behalf of the user's organisation, to what readers would get now. Raises WrongState, NotAllowed."""
    raise NotImplementedError


@dataclass(frozen=True)
class SignOffState:
    """How an organisation stands: `signed_at` and `by` are set if it signed, `valid` if nothing changed since."""

    organisation_id: int
    short_name: str
    signed_at: datetime | None = None
    by: str = ""
    valid: bool = False


def sign_offs(session: Session, edition: Edition) -> list[SignOffState]:
    """How every organisation stands towards what readers would get now."""
    raise NotImplementedError
