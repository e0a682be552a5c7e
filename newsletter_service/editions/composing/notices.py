"""Tells heads and communicators that an edition was composed."""

from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from newsletter_service.editions import emails
from newsletter_service.editions.content import items_in
from newsletter_service.editions.emails import Listed
from newsletter_service.editions.models import Edition
from newsletter_service.editions.notices import tell
from newsletter_service.editions.readers import reach
from newsletter_service.editions.rules import Reason
from newsletter_service.editions.service import calendar
from newsletter_service.publisher.mail_context import MailContext
from newsletter_service.staff.notices import who_get
from newsletter_service.staff.rules import NoticeKind


def tell_composed(session: Session, mail_context: MailContext, edition: Edition, now: datetime) -> None:
    """Tell staff that `edition` is ready to be looked at."""
    items = items_in(edition)
    facts = emails.ComposedFacts(
        number=edition.number,
        sends_at=edition.sends_at,
        zone=edition.zone,
        rule=calendar(session).release_rule,
        readers=reach(session, items, edition.sends_at).reached,
        inside=tuple(Listed(item.id, item.title) for item in items),
        too_late=_items(edition, Reason.NO_ROOM, due=True),
        alike=_items(edition, Reason.LOOK_ALIKE),
    )
    told = who_get(session, NoticeKind.COMPOSED)
    tell(session, mail_context, told, partial(emails.edition_composed, facts), now)


def _items(edition: Edition, reason: Reason, due: bool | None = None) -> tuple[Listed, ...]:
    return tuple(
        Listed(placement.item_id, placement.item.title)
        for placement in sorted(edition.placements, key=lambda one: one.item_id)
        if placement.reason == reason and (due is None or placement.detail.get("due") is due)
    )
