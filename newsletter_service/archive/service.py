"""What of which editions the public may read: never an item with restricted access."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.audience.rules import ANYONE, may_see
from newsletter_service.editions.content import item_view, items_in
from newsletter_service.editions.models import Edition
from newsletter_service.editorial.models import Item
from newsletter_service.errors import NotFound

_PUBLIC = ("sending", "sent")


def public_editions(session: Session) -> list[Edition]:
    """Editions that went out, the latest first."""
    query = select(Edition).where(Edition.state.in_(_PUBLIC)).order_by(Edition.number.desc())
    return list(session.scalars(query))


def public_edition(session: Session, number: int) -> Edition:
    """One edition that went out; NotFound for any other number."""
    query = select(Edition).where(Edition.number == number, Edition.state.in_(_PUBLIC))
    edition = session.scalars(query).first()
    if edition is None:
        raise NotFound("no such edition")
    return edition


def public_items(edition: Edition) -> list[Item]:
    """The items of `edition` that a passer-by may see, in their order."""
    return [item for item in items_in(edition) if may_see(ANYONE, item_view(item))]
