"""From an edition to what a letter, a page or a hash is made of."""

from collections.abc import Sequence

from newsletter_service.audience.rules import ItemView
from newsletter_service.editions.models import Edition
from newsletter_service.editorial.models import Item
from newsletter_service.letters.values import EditionContent
from newsletter_service.links import Links


def items_in(edition: Edition) -> list[Item]:
    """The items that are in, in order; one that was withdrawn or edited back into a draft meanwhile is not."""
    raise NotImplementedError


def item_view(item: Item) -> ItemView:
    """What the rule of who sees which item needs to know."""
    raise NotImplementedError


def content_for(edition: Edition, items: Sequence[Item], language: str, links: Links) -> EditionContent:
    """What one variant of the edition says: these of its items, in this order."""
    raise NotImplementedError


def content_hash(edition: Edition) -> str:
    """A fingerprint of all that readers would get and of who would get it."""
    raise NotImplementedError
