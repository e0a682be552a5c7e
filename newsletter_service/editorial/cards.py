"""An item as readers see it."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from sqlalchemy.orm import object_session

from newsletter_service.audience.models import Segment
from newsletter_service.editorial.models import Image, Item
from newsletter_service.editorial.rules import Kind
from newsletter_service.languages import Language
from newsletter_service.letters.values import Card, Picture, Tag
from newsletter_service.links.urls import Links
from newsletter_service.publisher.models import Organisation
from newsletter_service.publisher.service import all_organisations

JOINT_ACCENT = 0


def card_of(item: Item, language: Language, zone: ZoneInfo, links: Links) -> Card:
    """`item` (attached to a session) as a card, its times in `zone`.

    Items have one text, whatever the `language` of the letter around them, in which segments are named.
    """
    event = item.kind == Kind.EVENT
    return Card(
        kind=item.kind,
        tag=tag_of(item.organisation, _all_organisations(item) if item.joint else []),
        title=item.title,
        lead=item.lead,
        body=item.body,
        link_url=item.link_url,
        link_label=item.link_label,
        picture=picture_of(item.image, item.image_alt, links) if item.image else None,
        starts_at=item.starts_at.astimezone(zone) if item.starts_at and event else None,
        ends_at=item.ends_at.astimezone(zone) if item.ends_at and event else None,
        place=item.place if event else "",
        anchor=anchor_of(item.id),
        restricted_to=segment_names(item.segments, language) if item.restricted else (),
        topics=tuple(topic.name(language) for topic in item.topics),
    )


def cards_of(items: Iterable[Item], language: Language, zone: ZoneInfo, links: Links) -> tuple[Card, ...]:
    """These items as cards, in their order."""
    return tuple(card_of(item, language, zone, links) for item in items)


def anchor_of(item_id: int) -> str:
    """The name of an item's place on the page of its edition."""
    return f"bericht-{item_id}"


def segment_names(segments: Iterable[Segment], language: Language) -> tuple[str, ...]:
    """What they are called in `language`."""
    return tuple(segment.name(language) for segment in segments)


def _all_organisations(item: Item) -> list[Organisation]:
    """Those who made the newsletter when a joint item was written."""
    session = object_session(item)
    if session is None:
        return [item.organisation]
    return [one for one in all_organisations(session) if one.spoke_at(item.created_at)]


def tag_of(organisation: Organisation, together: list[Organisation]) -> Tag:
    """Who speaks: one organisation in its colour, or several `together`."""
    if together:
        return Tag(" + ".join(one.short_name for one in together), JOINT_ACCENT)
    return Tag(organisation.short_name, organisation.accent, organisation.livery)


def picture_of(image: Image, alt: str, links: Links) -> Picture:
    """A stored picture by its public address."""
    return Picture(links.image(image.digest), alt, image.width, image.height)
