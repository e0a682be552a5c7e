"""An edition's contents arranged for reading: sections under headings, words ready, links told apart."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import quote

from markupsafe import Markup

from newsletter_service.letters.errors import LetterError
from newsletter_service.letters.link_names import LinkNames
from newsletter_service.letters.markdown import leads_somewhere, links_in, to_html, to_text
from newsletter_service.letters.moments import Leaf, leaf, when
from newsletter_service.letters.texts import texts
from newsletter_service.letters.values import Card, EditionContent, Picture, Sender, Tag

PICTURE_WIDTH = 576
_UNBROKEN = Markup('<span style="white-space:nowrap">{}</span>')


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
class CardView:
    """One card with all its words ready; `leaf`, `when` and `place` are empty for what is no event,
    `link_url` and `link_label` where there is no link. `picture_width` is in pixels as shown.
    """

    tag: Tag
    title: str
    lead: str
    body_html: Markup
    body_text: str
    link_url: str
    link_label: str
    picture: Picture | None
    picture_width: int
    leaf: Leaf | None
    when: str
    when_html: Markup
    place: str


@dataclass(frozen=True)
class Section:
    """Cards under one heading; there is one card in a `featured` section."""

    heading: str
    cards: tuple[CardView, ...]
    featured: bool = False


@dataclass(frozen=True)
class EditionView:
    """Everything of an edition that its templates show besides who sends it."""

    introduction_html: Markup
    introduction_text: str
    sections: tuple[Section, ...]
    own: OwnLinks


def edition_view(content: EditionContent, sender: Sender, manage: str, unsubscribe: str) -> EditionView:
    """`content` arranged for reading; `manage` and `unsubscribe` stand for the reader's own links."""
    own = own_links(content, sender, manage, unsubscribe)
    names = LinkNames(_links(content), own.pairs())
    introduction = content.introduction
    return EditionView(
        introduction_html=Markup(to_html(introduction, names.name)),  # noqa: S704  # cleaned by nh3
        introduction_text=to_text(introduction, names.name),
        sections=_sections(content, names),
        own=own,
    )


def own_links(content: EditionContent, sender: Sender, manage: str, unsubscribe: str) -> OwnLinks:
    """The links that the edition ends with."""
    _ = texts(content.language).gettext
    about = quote(_("Wat er bij ons speelt (nummer %(number)s)") % {"number": content.number})
    return OwnLinks(
        ask=Link(_("Mail ons wat er speelt"), f"mailto:{sender.reply_to}?subject={about}"),
        manage=Link(_("Voorkeuren aanpassen"), manage),
        unsubscribe=Link(_("Afmelden"), unsubscribe),
        archive=Link(_("Bekijk in uw browser"), f"{sender.base_url}/archief/{content.number}"),
        sign_up=Link(_("Meld u aan voor de nieuwsbrief"), f"{sender.base_url}/aanmelden"),
    )


def sections_of(content: EditionContent) -> tuple[Section, ...]:
    """Arrange the cards of `content` as in the letter, for pages that show them without the letter around."""
    return _sections(content, LinkNames(_links(content)))


def lone_card(card: Card, language: str) -> CardView:
    """A card by itself, as it would look in a letter in `language`."""
    year = card.starts_at.year if card.starts_at else 0
    return _card_view(card, language, year, LinkNames(_links_of_card(card, language)))


def _sections(content: EditionContent, names: LinkNames) -> tuple[Section, ...]:
    """The cards in their order, under a heading wherever the kind changes; the first may be featured."""
    _ = texts(content.language).gettext
    views = [_card_view(card, content.language, content.day.year, names) for card in content.cards]
    pairs = list(zip(content.cards, views, strict=True))
    sections = []
    if content.featured and len(pairs) > 1:
        sections.append(Section(_("Uitgelicht"), (pairs.pop(0)[1],), featured=True))
    for kind, group in groupby(pairs, key=lambda pair: pair[0].kind):
        sections.append(Section(_heading(kind, _), tuple(view for _card, view in group)))
    return tuple(sections)


def _heading(kind: str, _: Callable[[str], str]) -> str:
    return {
        "news": _("Nieuws"),
        "publication": _("Publicaties"),
        "event": _("Agenda"),
        "call": _("Oproepen"),
    }[kind]


def _card_view(card: Card, language: str, year: int, names: LinkNames) -> CardView:
    when_html, when_text = _when(card, language, year)
    return CardView(
        tag=card.tag,
        title=card.title,
        lead=card.lead,
        body_html=Markup(to_html(card.body, names.name)),  # noqa: S704  # cleaned by nh3
        body_text=to_text(card.body, names.name),
        link_url=card.link_url,
        link_label=_name_of_link(card, language, names),
        picture=card.picture,
        picture_width=min(card.picture.width, PICTURE_WIDTH) if card.picture else 0,
        leaf=leaf(card.starts_at, language) if card.starts_at else None,
        when=when_text,
        when_html=when_html,
        place=card.place,
    )


def _name_of_link(card: Card, language: str, names: LinkNames) -> str:
    if not card.link_url:
        return ""
    if not leads_somewhere(card.link_url):
        raise LetterError("a link leads to something that is neither on the web nor a mail address")
    return names.name(_link_label(card, language), card.link_url, card.title)


def _when(card: Card, language: str, year: int) -> tuple[Markup, str]:
    if card.starts_at is None:
        return Markup(), ""
    text = when(card.starts_at, card.ends_at, language, year)
    html = when(card.starts_at, card.ends_at, language, year, _UNBROKEN.format)
    return Markup(html), text  # noqa: S704  # dates and words of our own


def _links(content: EditionContent) -> Iterable[tuple[str, str]]:
    yield from links_in(content.introduction)
    for card in content.cards:
        yield from _links_of_card(card, content.language)


def _links_of_card(card: Card, language: str) -> Sequence[tuple[str, str]]:
    own = [(_link_label(card, language), card.link_url)] if card.link_url else []
    return [*links_in(card.body), *own]


def _link_label(card: Card, language: str) -> str:
    """What the editor called the link, or else a name made from the title."""
    _ = texts(language).gettext
    return card.link_label.strip() or _("Lees verder over %(title)s") % {"title": f"“{card.title}”"}
