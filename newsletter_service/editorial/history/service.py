"""Use cases of an item's history: keep what it says at each save, and find that again."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter_service.db import LARGEST_NUMBER
from newsletter_service.editorial.history.models import ItemVersion
from newsletter_service.editorial.history.rules import read, written
from newsletter_service.editorial.models import Item
from newsletter_service.editorial.rules import Content
from newsletter_service.errors import NotFound


def keep(session: Session, item: Item, content: Content, restored: int | None = None) -> None:
    """Keep that `item` says `content`, since it was last saved; nothing if that is what its latest version says.

    `restored` is the number of the version that it was put back to.
    """
    last = session.get(ItemVersion, (item.id, number := _last_number(session, item)))
    image_id = item.image.id if item.image else None
    if last is None or (read(last.content), last.image_id) != (content, image_id):
        _add(session, item, number + 1, content, restored)


def _add(session: Session, item: Item, number: int, content: Content, restored: int | None) -> None:
    session.add(
        ItemVersion(
            item_id=item.id,
            number=number,
            content=written(content),
            image=item.image,
            restored=restored,
            saved_at=item.updated_at,
            saved_by=item.updated_by,
        )
    )
    session.flush()


def _last_number(session: Session, item: Item) -> int:
    return session.scalar(select(func.max(ItemVersion.number)).where(ItemVersion.item_id == item.id)) or 0


def versions_of(session: Session, item: Item) -> Sequence[ItemVersion]:
    """The versions of `item`, the latest first; none if it was never saved since versions are kept."""
    query = select(ItemVersion).where(ItemVersion.item_id == item.id).order_by(ItemVersion.number.desc())
    return session.scalars(query).all()


def version_of(session: Session, item: Item, number: int) -> ItemVersion:
    """One version of `item`; NotFound."""
    found = session.get(ItemVersion, (item.id, number)) if number <= LARGEST_NUMBER else None
    if found is None:
        raise NotFound("no such version")
    return found
