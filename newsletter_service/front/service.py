"""What the front door tells: when the next letter comes, and what somebody may expect who becomes a reader now."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.archive.service import last_public_edition, public_items
from newsletter_service.editions.models import Edition
from newsletter_service.editions.rules import EditionState
from newsletter_service.editions.service import calendar
from newsletter_service.editorial.cards import anchor_of
from newsletter_service.links.urls import Links
from newsletter_service.publisher.prospect import LastLetter, NextLetter, Prospect

_HEADLINES = 5
_TO_COME = (EditionState.COLLECTING, EditionState.COMPOSED)


def next_letter(session: Session, now: datetime) -> NextLetter | None:
    """The next edition that is planned; None while there is none."""
    planned = select(Edition).where(Edition.state.in_(_TO_COME), Edition.sends_at > now)
    found = session.scalars(planned.order_by(Edition.sends_at).limit(1)).first()
    if found is None:
        return None
    return NextLetter(found.sends_at, found.zone, calendar(session).every_weeks)


def prospect(session: Session, links: Links, now: datetime) -> Prospect:
    """What somebody may expect who becomes a reader now; nothing in it but what everybody may read."""
    return Prospect(next_letter(session, now), _last_letter(session, links))


def _last_letter(session: Session, links: Links) -> LastLetter | None:
    edition = last_public_edition(session)
    if edition is None:
        return None
    headlines = [
        (item.title, links.archived(edition.number, anchor_of(item.id))) for item in public_items(edition)
    ]
    return LastLetter(edition.number, links.archived(edition.number), tuple(headlines[:_HEADLINES]))
