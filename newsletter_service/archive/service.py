"""What of which editions the public may read: never an item with restricted access."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.audience.rules import is_public
from newsletter_service.editions.content import item_view, items_in
from newsletter_service.editions.models import Edition
from newsletter_service.editions.rules import State
from newsletter_service.editions.service import LARGEST_NUMBER
from newsletter_service.editorial.models import Item
from newsletter_service.errors import NotFound

_WENT_OUT = (State.SENDING, State.SENT)


def public_editions(session: Session) -> list[Edition]:
    """Editions that went out or are going out, the latest first."""
    query = select(Edition).where(Edition.state.in_(_WENT_OUT)).order_by(Edition.number.desc())
    return list(session.scalars(query))


def public_edition(session: Session, number: int) -> Edition:
    """One edition that went out; NotFound for any other number, as for one that was stopped."""
    query = select(Edition).where(Edition.number == min(number, LARGEST_NUMBER), Edition.state.in_(_WENT_OUT))
    edition = session.scalars(query).first()
    if edition is None:
        raise NotFound("no such edition")
    return edition


def public_items(edition: Edition) -> list[Item]:
    """The items of `edition` that anybody may read, in their order."""
    return [item for item in items_in(edition) if is_public(item_view(item))]
