"""What of which editions the public may read: never an item with restricted access."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.audience.rules import is_public
from newsletter_service.db import LARGEST_NUMBER
from newsletter_service.editions.content import is_public_correction, item_view, items_in, page_content
from newsletter_service.editions.models import Correction, Edition
from newsletter_service.editions.rules import EditionState
from newsletter_service.editorial.models import Item
from newsletter_service.errors import NotFound
from newsletter_service.languages import Language
from newsletter_service.letters.values import Card, EditionContent, Picture
from newsletter_service.links.urls import Links

_WENT_OUT = (EditionState.SENDING, EditionState.SENT)


@dataclass(frozen=True)
class Overview:
    """What lists say of an edition: its headlines in their order, and the first picture among them."""

    number: int
    day: date
    subject: str
    preheader: str
    cards: tuple[Card, ...]
    picture: Picture | None


def overview(edition: Edition, language: Language, links: Links) -> Overview:
    """What everybody may read of `edition`, in short."""
    content = public_content(edition, language, links)
    pictures = (card.picture for card in content.cards if card.picture)
    return Overview(
        content.number, content.day, content.subject, content.preheader, content.cards, next(pictures, None)
    )


def public_editions(session: Session) -> list[Edition]:
    """Editions that went out or are going out, the latest first."""
    query = select(Edition).where(Edition.state.in_(_WENT_OUT)).order_by(Edition.number.desc())
    return list(session.scalars(query))


def last_public_edition(session: Session) -> Edition | None:
    """The edition that went out last, if any did."""
    query = select(Edition).where(Edition.state.in_(_WENT_OUT)).order_by(Edition.number.desc())
    return session.scalars(query.limit(1)).first()


def public_edition(session: Session, number: int) -> Edition:
    """One edition that went out; NotFound for any other number, as for one that was stopped and not corrected."""
    query = select(Edition).where(Edition.number == min(number, LARGEST_NUMBER))
    edition = session.scalars(query).first()
    if edition is None or not (went_out(edition) or public_corrections(session, edition)):
        raise NotFound("no such edition")
    return edition


def went_out(edition: Edition) -> bool:
    """Whether everybody may read it; of one that was stopped only its corrections are left."""
    return edition.state in _WENT_OUT


def public_items(edition: Edition) -> list[Item]:
    """The items of `edition` that anybody may read, in their order."""
    if not went_out(edition):
        return []
    return [item for item in items_in(edition) if is_public(item_view(item))]


def public_content(edition: Edition, language: Language, links: Links) -> EditionContent:
    """What everybody may read of `edition`, the whole of every text."""
    public = {item.id for item in public_items(edition)}
    return replace(page_content(edition, items_in(edition), public, language, links), text_limit=None)


def public_corrections(session: Session, edition: Edition) -> list[Correction]:
    """The corrections of `edition` that went out and that anybody may read, in the order in which they did."""
    query = select(Correction).where(Correction.edition_id == edition.id, Correction.mailing_id.is_not(None))
    sent = session.scalars(query.order_by(Correction.released_at, Correction.id))
    return [one for one in sent if is_public_correction(one)]
