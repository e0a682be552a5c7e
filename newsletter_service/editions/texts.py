"""Everything in an edition or a correction that somebody wrote, each text with its place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from newsletter_service.editions.models import Correction, Edition
from newsletter_service.editions.rules import EditionConflict
from newsletter_service.editorial.models import Item
from newsletter_service.letters.review import Finding, review, review_link


class Place(StrEnum):
    """Where a text is."""

    SUBJECT = "subject"
    PREHEADER = "preheader"
    INTRODUCTION = "introduction"
    CORRECTION = "correction"
    TITLE = "title"
    LEAD = "lead"
    BODY = "body"
    LINK = "link"
    LABEL = "label"
    LOCATION = "location"
    ALT = "alt"


_MARKDOWN = frozenset({Place.INTRODUCTION, Place.CORRECTION, Place.BODY})
_BELOW_OUR_GREETING = frozenset({Place.INTRODUCTION, Place.CORRECTION, Place.LEAD, Place.BODY})


@dataclass(frozen=True)
class Written:
    """A text, its place, and the title of the item that it is part of (empty: the edition itself)."""

    place: Place
    text: str
    title: str = ""


@dataclass(frozen=True)
class Noticed:
    """What there is to say about a text, and where it is."""

    finding: Finding
    place: Place
    title: str = ""


class PersonalLink(EditionConflict):
    """A text holds one subscriber's own link, as `noticed` says: everybody could open what is theirs."""

    def __init__(self, noticed: Noticed) -> None:
        super().__init__(
            "personal_link", f"a reader's own link stands in: {noticed.place} {noticed.title}".strip()
        )
        self.noticed = noticed


def in_edition(edition: Edition, items: Sequence[Item]) -> tuple[Written, ...]:
    """The edition's own texts, then those of these items in their order."""
    own = (
        Written(Place.SUBJECT, edition.subject),
        Written(Place.PREHEADER, edition.preheader),
        Written(Place.INTRODUCTION, edition.introduction),
    )
    return (*own, *(one for item in items for one in _in_item(item)))


def in_correction(correction: Correction) -> tuple[Written, ...]:
    """The texts of a correction."""
    return Written(Place.SUBJECT, correction.subject), Written(Place.CORRECTION, correction.text)


def noticed(texts: Sequence[Written], base_url: str) -> Iterator[Noticed]:
    """All there is to say about these texts; `base_url` tells which links are our own."""
    for one in texts:
        for finding in _findings(one, base_url) if one.text else ():
            yield Noticed(finding, one.place, one.title)


def _findings(one: Written, base_url: str) -> list[Finding]:
    if one.place is Place.LINK:
        return list(review_link(one.text, base_url))
    markdown, greeted = one.place in _MARKDOWN, one.place in _BELOW_OUR_GREETING
    return review(one.text, base_url, markdown=markdown, after_greeting=greeted)


def refuse_personal_links(texts: Sequence[Written], base_url: str) -> None:
    """Raise PersonalLink if one of these texts must not go out."""
    for one in noticed(texts, base_url):
        if one.finding.blocks:
            raise PersonalLink(one)


def _in_item(item: Item) -> Iterator[Written]:
    places = {
        Place.TITLE: item.title,
        Place.LEAD: item.lead,
        Place.BODY: item.body,
        Place.LINK: item.link_url,
        Place.LABEL: item.link_label,
        Place.LOCATION: item.place,
        Place.ALT: item.image_alt,
    }
    for place, text in places.items():
        yield Written(place, text, item.title)
