"""From an edition to what a letter, a page or a hash is made of."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from textwrap import shorten
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from newsletter_service.audience.rules import ItemView, is_public
from newsletter_service.editions.letter_rules import Ranked, in_full
from newsletter_service.editions.models import Correction, Edition
from newsletter_service.editions.rules import hash_of
from newsletter_service.editorial.cards import cards_of
from newsletter_service.editorial.models import Item
from newsletter_service.editorial.rules import ItemState
from newsletter_service.languages import Language
from newsletter_service.letters.markdown.html import to_text
from newsletter_service.letters.values import EditionContent
from newsletter_service.links.urls import Links
from newsletter_service.publisher.service import is_set_up, newsletter, publishers

_PREHEADER_LENGTH = 110
GOES_OUT = frozenset({ItemState.QUEUED, ItemState.SENT})


def items_in(edition: Edition) -> list[Item]:
    """The items that are in, in order; one withdrawn or made a draft again meanwhile is not, nor is a joint one that
    somebody changed, until the others agree.
    """
    placed = [placement for placement in edition.placements if placement.position is not None]
    placed.sort(key=lambda placement: placement.position or 0)
    return [one.item for one in placed if one.item.state in GOES_OUT and not one.item.unagreed]


def locked_items(session: Session, edition: Edition) -> list[Item]:
    """The items that are in, as they are now; nobody changes them until the transaction ends."""
    ids = [placement.item_id for placement in edition.placements]
    rows = select(Item).where(Item.id.in_(ids)).order_by(Item.id).with_for_update(of=Item)
    session.scalars(rows.execution_options(populate_existing=True)).all()
    return items_in(edition)


def item_view(item: Item) -> ItemView:
    """What the rule of who sees which item needs to know."""
    return ItemView(
        id=item.id,
        segments=frozenset(segment.id for segment in item.segments),
        topics=frozenset(topic.id for topic in item.topics),
        restricted=item.restricted,
    )


def item_views(items: Sequence[Item]) -> list[ItemView]:
    """What that rule needs to know of each of these."""
    return [item_view(item) for item in items]


def content_for(
    edition: Edition, items: Sequence[Item], shown: Collection[int], language: Language, links: Links
) -> EditionContent:
    """What one variant of the edition says: those of its `items` whose ids are `shown`, in the edition's order.

    What its letter has no room for in full has a line at the end. The edition's first item is the featured one; a
    variant without it features none.
    """
    full = in_full([one for one in ranked(items, ranks_of(edition)) if one.id in shown], edition.item_limit)
    content = page_content(edition, items, full, language, links)
    further = [item for item in items if item.id in shown and item.id not in full]
    return replace(content, further=cards_of(further, language, ZoneInfo(edition.zone), links))


def page_content(
    edition: Edition, items: Sequence[Item], shown: Collection[int], language: Language, links: Links
) -> EditionContent:
    """What a page says on which all that is `shown` stands in full, however much that is."""
    zone = ZoneInfo(edition.zone)
    visible = [item for item in items if item.id in shown]
    return EditionContent(
        number=edition.number,
        day=(edition.released_at or edition.sends_at).astimezone(zone).date(),
        subject=edition.subject,
        preheader=edition.preheader,
        introduction=edition.introduction,
        language=language,
        cards=cards_of(visible, language, zone, links),
        text_limit=edition.text_limit,
        featured=bool(visible) and visible[0] is items[0],
    )


def ranks_of(edition: Edition) -> dict[int, int]:
    """The rank of each of its items, by item id."""
    return {placement.item_id: placement.rank for placement in edition.placements}


def ranked(items: Sequence[Item], ranks: Mapping[int, int]) -> list[Ranked]:
    """An edition's `items` (those that are in, in order) in the order in which letters show them in full.

    The first is the featured one; one with restricted access is nowhere on the web: both are in full in any letter.
    """
    return [
        Ranked(item.id, None if item.joint else item.organisation_id, item.restricted or item is items[0])
        for item in sorted(items, key=lambda item: (ranks.get(item.id, 0), item.id))
    ]


def correction_content(edition: Edition, correction: Correction, language: Language) -> EditionContent:
    """What a correction of the edition says."""
    item = correction.item
    released = edition.released_at or edition.sends_at
    return EditionContent(
        number=edition.number,
        day=released.astimezone(ZoneInfo(edition.zone)).date(),
        subject=correction.subject,
        preheader=_opening(correction.text),
        introduction=correction.text,
        language=language,
        cards=(),
        featured=False,
        corrects=True,
        about=item.title if item is not None else "",
        anchor=place_of(correction) if is_public_correction(correction) else "",
    )


def _opening(text: str) -> str:
    """How a Markdown text begins, on one line and in whole words: what an inbox shows beside the subject."""
    return shorten(to_text(text), _PREHEADER_LENGTH, placeholder=" …")


def is_public_correction(correction: Correction) -> bool:
    """Whether everybody may read it: not what it says about an item with restricted access."""
    return correction.item is None or is_public(item_view(correction.item))


def place_of(correction: Correction) -> str:
    """The name of a correction's place on the edition's web page."""
    return f"correctie-{correction.id}"


def content_hash(edition: Edition, items: Sequence[Item]) -> str:
    """A fingerprint of all that readers would get and of who would get it; `items` are those that are in."""
    texts = [edition.subject, edition.preheader, edition.introduction]
    parts = [texts, _frame(edition), [_parts(item) for item in items]]
    return hash_of([*parts, *_limited(edition, items)])


def _limited(edition: Edition, items: Sequence[Item]) -> list[Any]:
    """What decides which items letters show in full, if that can matter."""
    if len(items) <= edition.item_limit:
        return []
    return [[edition.item_limit, [one.id for one in ranked(items, ranks_of(edition))]]]


def _frame(edition: Edition) -> list[Any]:
    """Who the letter says it comes from: administrators may change that after somebody agreed."""
    session = object_session(edition)
    if session is None or not is_set_up(session):
        return []
    row = newsletter(session)
    shown = [row.name, row.tagline_nl, row.tagline_en, row.postal_address]
    if row.sender_name or row.reply_to:
        shown += [row.sender_name, row.reply_to]
    return [shown, [[one.short_name, one.name, str(one.livery)] for one in publishers(session)]]


def _parts(item: Item) -> list[Any]:
    """Everything of an item that readers see or that decides who they are, as JSON values."""
    return [
        [item.id, item.kind, item.joint, item.organisation_id],
        [item.title, item.lead, item.body, item.link_url, item.link_label],
        [item.image.digest if item.image is not None else None, item.image_alt],
        [_moment(item.starts_at), _moment(item.ends_at), item.place],
        [sorted(segment.id for segment in item.segments), sorted(topic.id for topic in item.topics)],
        [item.organisation.short_name, *_names(item)],
        item.restricted,
    ]


def _names(item: Item) -> list[str]:
    """What its segments and topics are called."""
    segments = [f"{one.name_nl}/{one.name_en}" for one in item.segments]
    return [*segments, *(f"{one.name_nl}/{one.name_en}" for one in item.topics)]


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
