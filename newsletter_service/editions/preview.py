"""What readers will get, before they get it: the very bytes, proofs by mail, and how many readers see what."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from newsletter_service.delivery.models import Delivery
from newsletter_service.editions.models import Edition
from newsletter_service.editions.press import Press
from newsletter_service.editions.rules import EditionConflict
from newsletter_service.editorial.models import Item
from newsletter_service.staff.models import User


class NothingToSee(EditionConflict):
    """A reader like this one gets no letter: nothing in the edition is for them."""

    def __init__(self) -> None:
        super().__init__("nothing_to_see", "nothing in this edition is for such a reader")


def message_for(
    session: Session, press: Press, edition: Edition, segment: str | None, language: str, now: datetime
) -> bytes:
    """The bytes that a verified member of `segment` (its slug; None: a reader without any) would get.

    Shown by letters.preview.html_of and text_of. Raises NothingToSee, NotFound; letters.render.LetterError.
    """
    raise NotImplementedError


def proof_to(
    session: Session, press: Press, edition: Edition, user: User, segment: str | None, now: datetime
) -> Delivery:
    """Mail a proof of what `message_for` shows to a member of staff, in their language; raises the same."""
    raise NotImplementedError


@dataclass(frozen=True)
class Reach:
    """Numbers of readers: `intended` active ones, `reached` by anything here, and `per_item` (by item id)."""

    intended: int
    reached: int
    per_item: dict[int, int]


def reach(session: Session, items: list[Item]) -> Reach:
    """How many readers would see these items, by the one rule of who sees what."""
    raise NotImplementedError


def readers_per_segment(session: Session) -> dict[int, int]:
    """How many active readers claim each segment (by id; segments of nobody are left out)."""
    raise NotImplementedError
