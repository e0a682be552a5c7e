"""Tells the heads of the other organisations what somebody wishes, undoes or changes."""

from collections.abc import Collection
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from newsletter_service.clock import DEFAULT_ZONE
from newsletter_service.conversations.emails import (
    ChangeFacts,
    WishFacts,
    joint_item_changed,
    taken_back,
    wished,
)
from newsletter_service.conversations.service import Pair, silence
from newsletter_service.editions.notices import heads_of, tell
from newsletter_service.editorial.models import Conversation
from newsletter_service.editorial.rules import Wish
from newsletter_service.editorial.service import get_item
from newsletter_service.publisher.mail_context import MailContext
from newsletter_service.publisher.service import organisations
from newsletter_service.staff.models import User


def tell_wish(session: Session, mail_context: MailContext, pair: Pair, one: Conversation) -> None:
    """Mail the other heads what was wished just now; nobody is left to tell where it counts already."""
    if one.settled_at is None:
        told = _others(session, pair, one.wish)
        tell(session, mail_context, told, partial(wished, _facts(session, pair, one)), one.at)


def tell_undone(
    session: Session, mail_context: MailContext, pair: Pair, one: Conversation, now: datetime
) -> None:
    """Mail the other heads that something that concerned them was taken back."""
    if one.wish in (Wish.APART, Wish.JOINT):
        told = _others(session, pair, one.wish)
        tell(session, mail_context, told, partial(taken_back, _facts(session, pair, one)), now)


def tell_changed(session: Session, mail_context: MailContext, item_id: int, now: datetime) -> bool:
    """Mail the heads who do not stand behind a joint item yet that somebody changed it, once for each change."""
    item = get_item(session, item_id, lock=True)
    if item.agreement is None or item.agreement.told or not item.unagreed:
        return False
    asked = {one.id for one in organisations(session)} - set(item.agreement.voices)
    counts_at = item.agreement.at + silence(session)
    facts = ChangeFacts(item.agreement.by.name, item.title, counts_at, DEFAULT_ZONE, f"kopij/{item.id}")
    told = _heads_but(session, asked, item.agreement.by)
    tell(session, mail_context, told, partial(joint_item_changed, facts), now)
    item.agreement.told = True
    return True


def _others(session: Session, pair: Pair, wish: Wish) -> list[User]:
    everybody = {one.id for one in organisations(session)} if wish == Wish.JOINT else set()
    return _heads_but(session, pair.parties | everybody, pair.user)


def _heads_but(session: Session, organisation_ids: Collection[int], user: User) -> list[User]:
    return [head for head in heads_of(session, organisation_ids) if head.id != user.id]


def _facts(session: Session, pair: Pair, one: Conversation) -> WishFacts:
    titles = (pair.first.title, pair.second.title)
    counts_at, path = one.at + silence(session), f"kopij/{pair.first.id}/naast/{pair.second.id}"
    return WishFacts(pair.user.name, one.wish, one.words, titles, counts_at, DEFAULT_ZONE, path)
