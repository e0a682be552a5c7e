"""Two items that look alike, one of each organisation, and an edition that was composed of one of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from newsletter_service.conversations import service
from newsletter_service.conversations.rules import Choice, Part, Side
from newsletter_service.conversations.service import Pair
from newsletter_service.editions.models import Edition
from newsletter_service.editorial.models import Conversation, Item
from newsletter_service.editorial.service import get_item
from newsletter_service.staff.models import User
from tests.editions.db.conftest import CLOSES, COLLECTING, House, house, mail_context
from tests.factories import make_item

__all__ = ["house", "mail_context"]

SOON = CLOSES + timedelta(hours=1)
A_DAY_LATER = SOON + timedelta(days=1)
CHOICE = Choice({Part.TITLE: Side.SECOND}, {(Side.FIRST, 0), (Side.SECOND, 1)})


@dataclass(frozen=True)
class Twins:
    """The item of the north, that of the south, and who speaks of them."""

    house: House
    mine: Item
    theirs: Item
    edition: Edition

    def pair(self, user: User) -> Pair:
        return service.pair_of(self.house.session, user, self.mine.id, self.theirs.id)

    def joined(self, now: datetime = SOON) -> Item:
        """The head of the north makes one item of both."""
        wished = service.join(self.house.session, self.pair(self.house.head_north), CHOICE, now)
        return get_item(self.house.session, wished.joint_id or 0)

    def agree(self, user: User, now: datetime = SOON) -> Conversation:
        wished = service.conversation_of(self.house.session, self.mine.id, self.theirs.id)
        assert wished is not None
        seen = service.version(self.house.session, wished)
        return service.agree(self.house.session, self.pair(user), seen, now)


@pytest.fixture
def twins(house: House) -> Twins:
    mine = make_item(house.session, house.north, now=COLLECTING, title="Webinar geldezels op school")
    theirs = make_item(
        house.session,
        house.south,
        now=COLLECTING,
        title="Webinar geldezels op scholen",
        waiting=timedelta(hours=1),
    )
    make_item(house.session, house.south, now=COLLECTING, title="Cijfers over inbraken")
    mine.body, theirs.body = "Van noord.\n\nNog meer.", "Van zuid.\n\nEn dit."
    house.session.flush()
    return Twins(house, mine, theirs, house.composed())
