"""What the page of two items that look alike says: their parts, what is alike and what differs, and what was said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from newsletter_service.conversations.rules import Part
from newsletter_service.editorial.likeness.comparing import shared
from newsletter_service.editorial.likeness.pairs import texts_of
from newsletter_service.editorial.likeness.prints import Print
from newsletter_service.editorial.likeness.words import words_for
from newsletter_service.editorial.models import Item
from newsletter_service.editorial.wording import KINDS
from newsletter_service.staff.models import AuditEntry
from newsletter_service.web.formatting import date_text, listed, moment
from newsletter_service.web.locale import language

PARTS: Mapping[Part, Any] = {
    Part.KIND: _l("Wat voor bericht"),
    Part.TITLE: _l("Titel"),
    Part.LEAD: _l("Samenvatting"),
    Part.WHEN: _l("Wanneer"),
    Part.PLACE: _l("Plaats"),
    Part.LINK: _l("Link"),
    Part.AUDIENCE: _l("Voor wie"),
    Part.PICTURE: _l("Afbeelding"),
}
REASONS: Mapping[str, Any] = {
    "bijeenkomsten": _l("Het zijn twee verschillende bijeenkomsten."),
    "nieuws": _l("Het nieuws is anders."),
    "lezers": _l("Het is voor andere lezers."),
}
SAID: Mapping[str, Any] = {
    "conversation.asked": _l("%(who)s stelde een vraag."),
    "conversation.later": _l("%(who)s beslist later."),
    "conversation.apart": _l("%(who)s wil de berichten apart houden."),
    "conversation.joint": _l("%(who)s wil er één bericht van maken."),
    "conversation.agreed": _l("%(who)s is akkoord."),
    "conversation.settled": _l("Niemand had bezwaar: de berichten blijven apart."),
    "conversation.joined": _l("Beide berichten zijn opgegaan in het gezamenlijke bericht."),
    "conversation.undone": _l("%(who)s draaide het terug."),
    "conversation.lapsed": _l("Een van de twee is al verstuurd: er valt niets meer samen te voegen."),
}
_MOST_WORDS = 6


@dataclass(frozen=True)
class Fact:
    """One thing in which two items are alike, or differ."""

    alike: bool
    words: str


@dataclass(frozen=True)
class Said:
    """One step of what was said of two items: when, what, and in which words."""

    at: datetime
    what: str
    words: str


def said(entries: Sequence[AuditEntry]) -> list[Said]:
    """What was said, as sentences."""
    return [
        Said(
            one.at,
            str(SAID[one.action]) % {"who": one.actor.name if one.actor else _("De dienst")},
            one.detail.get("words", ""),
        )
        for one in entries
    ]


def facts(first: Item, second: Item) -> list[Fact]:
    """In what two items are alike and in what they differ, as we compare them."""
    a, b = Print.of(texts_of(first)), Print.of(texts_of(second))
    names = words_for(f"{first.title} {first.lead}", shared(a, b))[:_MOST_WORDS]
    found = [
        Fact(True, _("dezelfde link")) if a.link and a.link == b.link else None,
        _fact(
            bool(a.towns and b.towns), bool(a.towns & b.towns), _("dezelfde plaats"), _place(first, second)
        ),
        _fact(bool(a.day and b.day), a.day == b.day, _("dezelfde dag"), _day(first, second)),
        Fact(True, _("beide gaan over %(words)s", words=listed(names))) if names else None,
    ]
    return [one for one in found if one is not None]


def _fact(said: bool, alike: bool, same: str, other: str) -> Fact | None:
    return Fact(alike, same if alike else other) if said else None


def _place(first: Item, second: Item) -> str:
    return _("de plaats: %(first)s en %(second)s", first=first.place, second=second.place)


def _day(first: Item, second: Item) -> str:
    days = [date_text(one.starts_at) for one in (first, second) if one.starts_at is not None]
    return _("de datum: %(days)s", days=listed(days))


def value(part: Part, item: Item) -> str:
    """What a part of an item says, for a page."""
    match part:
        case Part.KIND:
            return str(KINDS[item.kind])
        case Part.WHEN:
            return _when(item)
        case Part.LINK:
            return " · ".join(filter(None, (item.link_label, item.link_url)))
        case Part.AUDIENCE:
            return _audience(item)
        case Part.PICTURE:
            return item.image_alt
        case _:
            text: str = getattr(item, part)
            return text


def _when(item: Item) -> str:
    if item.starts_at is None:
        return ""
    begins = moment(item.starts_at, "long")
    if item.ends_at is None:
        return begins
    return _("%(begins)s tot %(ends)s", begins=begins, ends=moment(item.ends_at))


def _audience(item: Item) -> str:
    if not item.segments:
        return _("Voor iedereen")
    names = listed([one.name(language()) for one in item.segments])
    return _("%(names)s (beperkte toegang)", names=names) if item.restricted else names
