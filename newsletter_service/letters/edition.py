"""An edition's contents arranged for reading: sections under headings, words ready, links told apart."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from urllib.parse import quote

from markupsafe import Markup

from newsletter_service.languages import Language
from newsletter_service.letters.cards import (
    CardView,
    Manner,
    card_view,
    fitting_card,
    fitting_line,
    label_of_rest,
    links_of_card,
    place_of_rest,
)
from newsletter_service.letters.links.names import LinkNames
from newsletter_service.letters.markdown.html import links_in, to_html, to_text
from newsletter_service.letters.texts import texts
from newsletter_service.letters.values import Card, EditionContent, MailIdentity, Tag
from newsletter_service.links.urls import ARCHIVE

_ENOUGH_FOR_CONTENTS = 4


@dataclass(frozen=True)
class Link:
    """One of the letter's own links."""

    label: str
    url: str


@dataclass(frozen=True)
class OwnLinks:
    """The links that every edition ends with."""

    ask: Link
    manage: Link
    unsubscribe: Link
    archive: Link
    sign_up: Link

    def pairs(self) -> list[tuple[str, str]]:
        """Label and address of each."""
        links = (self.ask, self.manage, self.unsubscribe, self.archive, self.sign_up)
        return [(link.label, link.url) for link in links]


@dataclass(frozen=True)
class Section:
    """Cards under one heading; there is one card in a `featured` section."""

    heading: str
    cards: tuple[CardView, ...]
    featured: bool = False


@dataclass(frozen=True)
class Line:
    """An item in one line: whose it is, its title and where that leads, and a note of ours.

    The last two may be empty.
    """

    tag: Tag
    title: str
    url: str
    note: str


@dataclass(frozen=True)
class EditionView:
    """Everything of an edition that its templates show besides who sends it."""

    introduction_html: Markup
    introduction_text: str
    contents: tuple[Line, ...]
    sections: tuple[Section, ...]
    further: tuple[Line, ...]
    own: OwnLinks
    restricted: bool


def fitting(content: EditionContent) -> EditionContent:
    """`content` with its lines in one piece and addresses that name nobody; LetterError if a link cannot go out."""
    return replace(
        content,
        subject=fitting_line(content.subject),
        preheader=fitting_line(content.preheader),
        cards=tuple(map(fitting_card, content.cards)),
        further=tuple(map(fitting_card, content.further)),
    )


def edition_view(content: EditionContent, sender: MailIdentity, manage: str, unsubscribe: str) -> EditionView:
    """`content` arranged for reading; `manage` and `unsubscribe` stand for the reader's own links.

    Where they are empty there is no reader, and their words in texts lead to the page to sign up.
    """
    content = fitting(content)
    own = own_links(content, sender, manage, unsubscribe)
    words = {"voorkeuren": manage or own.sign_up.url, "afmelden": unsubscribe or own.sign_up.url}
    names = LinkNames(_links(content, sender), own.pairs(), words)
    manner = Manner(content.language, content.written_in, content.day.year, names, _page(content, sender))
    introduction = content.introduction
    sections = _sections(content, manner)
    return EditionView(
        introduction_html=to_html(introduction, names.name, own=words),
        introduction_text=to_text(introduction, names.name, own=words),
        contents=_contents(content, sections),
        sections=sections,
        further=tuple(_line(card, manner) for card in content.further),
        own=own,
        restricted=_holds_restricted(content),
    )


def own_links(content: EditionContent, sender: MailIdentity, manage: str, unsubscribe: str) -> OwnLinks:
    """The links that the edition ends with."""
    _ = texts(content.language).gettext
    about = quote(_("Wat er bij ons speelt (nummer %(number)s)") % {"number": content.number})
    return OwnLinks(
        ask=Link(_("Schrijf ons wat er speelt"), f"mailto:{sender.reply_to}?subject={about}"),
        manage=Link(_("Voorkeuren aanpassen"), manage),
        unsubscribe=Link(_("Afmelden"), unsubscribe),
        archive=Link(_name_of_page(content), web_page(content, sender)),
        sign_up=Link(_("Meld u aan voor de nieuwsbrief"), f"{sender.base_url}/aanmelden"),
    )


def web_page(content: EditionContent, sender: MailIdentity) -> str:
    """Where on the web everybody reads what this letter says."""
    page = _page(content, sender)
    return f"{page}#{content.anchor}" if content.anchor else page


def _page(content: EditionContent, sender: MailIdentity) -> str:
    return f"{sender.base_url}{ARCHIVE}/{content.number}"


def _name_of_page(content: EditionContent) -> str:
    """The page shows no restricted item, and says so beforehand."""
    _ = texts(content.language).gettext
    if _holds_restricted(content):
        return _("Bekijk de openbare versie in uw browser")
    return _("Bekijk in uw browser")


def _holds_restricted(content: EditionContent) -> bool:
    return any(card.restricted_to for card in (*content.cards, *content.further))


def _sections(content: EditionContent, manner: Manner) -> tuple[Section, ...]:
    """The cards in their order, under a heading wherever the kind changes; the first may be featured."""
    _ = texts(content.language).gettext
    pairs = [
        (card, card_view(card, replace(manner, limit=limit)))
        for card, limit in zip(content.cards, _limits(content), strict=True)
    ]
    sections = []
    if _has_feature(content):
        sections.append(Section(_("Uitgelicht"), (pairs.pop(0)[1],), featured=True))
    for kind, group in groupby(pairs, key=lambda pair: pair[0].kind):
        sections.append(Section(heading(kind, content.language), tuple(view for _card, view in group)))
    return tuple(sections)


def _has_feature(content: EditionContent) -> bool:
    return content.featured and len(content.cards) > 1


def _limits(content: EditionContent) -> list[int | None]:
    """How much of each card's text is shown: of one among others with a lead and a place on the web, nothing."""
    limit = content.text_limit
    if limit is None or len(content.cards) < 2:
        return [limit] * len(content.cards)
    limits: list[int | None] = [
        0 if card.lead and card.anchor and not card.restricted_to else limit for card in content.cards
    ]
    return [limit, *limits[1:]] if _has_feature(content) else limits


def _contents(content: EditionContent, sections: Iterable[Section]) -> tuple[Line, ...]:
    """What is in the letter, where that is more than a screen holds."""
    _ = texts(content.language).gettext
    if len(content.cards) < _ENOUGH_FOR_CONTENTS:
        return ()
    cards = [card for section in sections for card in section.cards]
    return tuple(
        Line(card.tag, card.title, card.leads_to, _("Beperkte toegang") if card.access else "")
        for card in cards
    )


def _line(card: Card, manner: Manner) -> Line:
    """An item of which the letter says no more than a line."""
    _ = texts(manner.language).gettext
    to = _place_of(card, manner.page)
    title = manner.names.name(card.title, to) if to else card.title
    return Line(card.tag, title, to, _("Beperkte toegang") if card.restricted_to else "")


def _place_of(card: Card, page: str) -> str:
    """Where all of an item stands: on its own page, or else where its link leads."""
    return f"{page}/{card.anchor}" if card.anchor and not card.restricted_to else card.link_url


def heading(kind: str, language: Language) -> str:
    """Return the heading over items of one kind."""
    _ = texts(language).gettext
    return {
        "news": _("Nieuws"),
        "publication": _("Publicaties"),
        "event": _("Agenda"),
        "call": _("Oproepen"),
    }[kind]


def _links(content: EditionContent, sender: MailIdentity) -> Iterable[tuple[str, str]]:
    yield from links_in(content.introduction)
    page = _page(content, sender)
    for card, limit in zip(content.cards, _limits(content), strict=True):
        more = place_of_rest(card, page, limit)
        yield from links_of_card(card, content.language, more or card.link_url)
        if more:
            yield (label_of_rest(card, content.language), more)
    yield from ((card.title, to) for card in content.further if (to := _place_of(card, page)))
