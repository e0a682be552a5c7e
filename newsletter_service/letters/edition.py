"""An edition's contents arranged for reading: sections with headings, dates in words, links that say where they lead."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from babel.dates import format_date, format_datetime

from newsletter_service.letters.markdown import to_html, to_text
from newsletter_service.letters.texts import texts
from newsletter_service.letters.values import Card, EditionContent, Picture, Tag


@dataclass(frozen=True)
class DateBlock:
    """The small calendar leaf beside an event: "10" over "dec"."""

    day: str
    month: str


@dataclass(frozen=True)
class CardView:
    """One card with all its words ready; `when` and `place` are empty for what is no event."""

    tag: Tag
    title: str
    lead: str
    body_html: str
    body_text: str
    link_url: str
    link_label: str
    picture: Picture | None
    leaf: DateBlock | None
    when: str
    place: str


@dataclass(frozen=True)
class Section:
    """Cards under one heading."""

    heading: str
    cards: tuple[CardView, ...]


def sections_of(content: EditionContent) -> tuple[Section, ...]:
    """The cards of `content` in their order, under a heading wherever the kind changes; the first may be featured."""
    views = _told_apart([card_view(card, content.language) for card in content.cards])
    rest = list(zip(content.cards, views, strict=True))
    sections = []
    _ = texts(content.language).gettext
    if content.featured and len(rest) > 1:
        sections.append(Section(_("Uitgelicht"), (rest.pop(0)[1],)))
    for kind, group in groupby(rest, key=lambda pair: pair[0].kind):
        sections.append(Section(_heading(kind, _), tuple(view for _card, view in group)))
    return tuple(sections)


def _heading(kind: str, _: Callable[[str], str]) -> str:
    return {
        "news": _("Nieuws"),
        "publication": _("Publicaties"),
        "event": _("Agenda"),
        "call": _("Oproepen"),
    }[kind]


def card_view(card: Card, language: str) -> CardView:
    """`card` with its words ready in `language`."""
    _ = texts(language).gettext
    label = card.link_label or _("Lees verder over %(title)s") % {"title": f"“{card.title}”"}
    return CardView(
        tag=card.tag,
        title=card.title,
        lead=card.lead,
        body_html=to_html(card.body),
        body_text=to_text(card.body),
        link_url=card.link_url,
        link_label=label if card.link_url else "",
        picture=card.picture,
        leaf=_leaf(card.starts_at, language) if card.starts_at else None,
        when=_when(card.starts_at, card.ends_at, language) if card.starts_at else "",
        place=card.place,
    )


def _told_apart(cards: list[CardView]) -> list[CardView]:
    """No two links with the same words and different targets: a repeated label gets its card's title."""
    targets: dict[str, set[str]] = {}
    for card in cards:
        targets.setdefault(card.link_label.casefold(), set()).add(card.link_url)
    cards = [
        replace(card, link_label=f"{card.link_label}: {card.title}")
        if len(targets[card.link_label.casefold()]) > 1
        else card
        for card in cards
    ]
    seen: Counter[str] = Counter()
    result = []
    for card in cards:
        key = card.link_label.casefold()
        seen[key] += 1
        again = key and seen[key] > 1 and any(c.link_label == card.link_label and c.link_url != card.link_url for c in result)
        result.append(replace(card, link_label=f"{card.link_label} ({seen[key]})") if again else card)
    return result


def _leaf(moment: datetime, language: str) -> DateBlock:
    month = format_date(moment, "LLL", locale=language).rstrip(".")
    return DateBlock(day=str(moment.day), month=month)


def _when(start: datetime, end: datetime | None, language: str) -> str:
    """ "donderdag 10 december, 13.30-17.00 uur"; the end's day too where it is another."""
    _ = texts(language).gettext
    day = format_date(start, "EEEE d MMMM", locale=language)
    if end is None:
        return _("%(day)s, %(start)s uur") % {"day": day, "start": clock(start, language)}
    if end.date() == start.date():
        values = {"day": day, "start": clock(start, language), "end": clock(end, language)}
        return _("%(day)s, %(start)s–%(end)s uur") % values
    until = format_date(end, "EEEE d MMMM", locale=language)
    values = {"day": day, "start": clock(start, language), "until": until, "end": clock(end, language)}
    return _("%(day)s, %(start)s uur tot %(until)s, %(end)s uur") % values


def clock(moment: datetime, language: str) -> str:
    """The time as `language` writes it: 13.30 in Dutch, 13:30 in English."""
    return format_datetime(moment, "HH.mm" if language == "nl" else "HH:mm", tzinfo=moment.tzinfo, locale=language)
