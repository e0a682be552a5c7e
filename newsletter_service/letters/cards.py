"""One item arranged for reading: its words ready, its links named, its picture in size."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup, escape

from newsletter_service.languages import Language
from newsletter_service.letters.dates import Leaf, leaf, when
from newsletter_service.letters.errors import LetterError
from newsletter_service.letters.links.addresses import without_identities
from newsletter_service.letters.links.names import LinkNames
from newsletter_service.letters.links.rules import Outcome, judge
from newsletter_service.letters.markdown.html import links_in, reading_length, to_html, to_text
from newsletter_service.letters.texts import listed, texts
from newsletter_service.letters.values import Card, Picture, Tag

PICTURE_WIDTH = 560
_UNBROKEN = Markup('<span style="white-space:nowrap">{}</span>')
"""British lists have no comma before "and"."""


@dataclass(frozen=True)
class CardLink:
    """A link of one card: its `name` as text, and as HTML in which what is in another language says so.

    `label` may be shorter where it stands below its title; then `short` is set and screen readers say the `name`.
    """

    name: str
    label: Markup
    url: str
    short: bool = False


@dataclass(frozen=True)
class CardView:
    """One card with all its words ready; `leaf`, `when` and `place` are empty for what is no event.

    `leads_to` is where title and picture lead, empty for nowhere; `access` says who a restricted item is for;
    `anchor` is its place on the edition's page. The picture's sizes are in pixels as shown.
    """

    tag: Tag
    topics: str
    title: str
    lead: str
    body_html: Markup
    body_text: str
    links: tuple[CardLink, ...]
    leads_to: str
    picture: Picture | None
    picture_alt: str
    picture_width: int
    picture_height: int
    leaf: Leaf | None
    when: str
    when_html: Markup
    place: str
    access: str
    anchor: str


@dataclass(frozen=True)
class Manner:
    """How cards are shown: in which language, what their links are called, and how much of a text.

    `page` is the edition's own on the web, `limit` the characters of a text in the letter (None: all of it).
    """

    language: Language
    written_in: Language
    year: int
    names: LinkNames
    page: str = ""
    limit: int | None = None

    @property
    def leads_only(self) -> bool:
        """Whether the lead stands for the whole: text and picture are on the web."""
        return self.limit == 0


def fitting_card(card: Card) -> Card:
    """`card` with its lines in one piece, and with addresses that name nobody; LetterError if its link is refused."""
    verdict = judge(card.link_url) if card.link_url else None
    if verdict is not None and verdict.outcome is Outcome.REFUSE:
        raise LetterError(f"a link cannot go out: {verdict.refusal}")
    return replace(
        card,
        title=fitting_line(card.title),
        lead=fitting_line(card.lead),
        place=fitting_line(card.place),
        link_label=fitting_line(card.link_label),
        link_url=verdict.url if verdict else "",
    )


def fitting_line(text: str) -> str:
    """`text` in one line, its addresses such that they name nobody."""
    return without_identities(" ".join(text.split()))


def lone_card(card: Card, language: Language, written_in: Language) -> CardView:
    """A card by itself, as it would look in a letter in `language`, with the whole of its text."""
    card = fitting_card(card)
    year = card.starts_at.year if card.starts_at else 0
    names = LinkNames(links_of_card(card, language, card.link_url))
    return card_view(card, Manner(language, written_in, year, names))


def card_view(card: Card, manner: Manner) -> CardView:
    """`card` as it looks in a letter."""
    names, language = manner.names, manner.language
    when_html, when_text = _when(card, language, manner.year)
    more = place_of_rest(card, manner.page, manner.limit)
    limit = manner.limit if more else None
    target = names.own.get(card.link_url, card.link_url)
    leads_to = more or target
    picture = None if manner.leads_only else card.picture
    width, height = _size(picture)
    return CardView(
        tag=card.tag,
        topics=", ".join(card.topics),
        title=names.name(card.title, leads_to) if leads_to else card.title,
        lead=card.lead,
        body_html=to_html(card.body, names.name, limit, names.own),
        body_text=to_text(card.body, names.name, limit, names.own),
        links=_links_shown(card, manner, more, target),
        leads_to=leads_to,
        picture=picture,
        picture_alt=_alt(card, names, leads_to),
        picture_width=width,
        picture_height=height,
        leaf=leaf(card.starts_at, language) if card.starts_at else None,
        when=when_text,
        when_html=when_html,
        place=card.place,
        access=_access(card, language),
        anchor=card.anchor,
    )


def place_of_rest(card: Card, page: str, limit: int | None) -> str:
    """Where the rest of a text stands of which `limit` characters are shown; empty where all of it is shown.

    A restricted item is nowhere on the web, and so is shown whole.
    """
    if limit is None or not card.anchor or card.restricted_to or reading_length(card.body) <= limit:
        return ""
    return f"{page}/{card.anchor}"


def _alt(card: Card, names: LinkNames, leads_to: str) -> str:
    """What a picture shows; where it is a link, its name too."""
    if card.picture is None:
        return ""
    alt = card.picture.alt
    return names.name(alt, leads_to, card.title) if leads_to and alt else alt


def _size(picture: Picture | None) -> tuple[int, int]:
    """Width and height as shown, no larger than the picture is."""
    if picture is None:
        return 0, 0
    width = min(picture.width, PICTURE_WIDTH)
    return width, round(picture.height * width / picture.width)


def _access(card: Card, language: Language) -> str:
    """Whom a restricted item is for, in one line; empty for all others."""
    if not card.restricted_to:
        return ""
    _ = texts(language).gettext
    who = listed([_within_sentence(name) for name in card.restricted_to], language)
    return _("Beperkte toegang · alleen voor %(who)s, niet doorsturen") % {"who": who}


def _within_sentence(name: str) -> str:
    """A name without the capital that it has when it stands alone; OM and OVV'ers keep theirs."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def _links_shown(card: Card, manner: Manner, more: str, target: str) -> tuple[CardLink, ...]:
    """The link to the rest of a text that was cut, and the item's own to `target`."""
    _ = texts(manner.language).gettext
    shown = []
    if more:
        rest = _card_link(card, label_of_rest(card, manner.language), more, manner)
        shown.append(replace(rest, label=escape(_("Lees verder")), short=True) if manner.leads_only else rest)
    if target and card.link_label.strip():
        name = manner.names.name(card.link_label.strip(), target, card.title)
        shown.append(CardLink(name, _foreign(name, manner), target))
    elif target:
        shown.append(_card_link(card, _link_label(card, manner.language), target, manner))
    return tuple(shown)


def _card_link(card: Card, label: str, url: str, manner: Manner) -> CardLink:
    """A link with a name of ours around the item's title."""
    name = manner.names.name(label, url, card.title)
    before, title, after = name.partition(_quoted(card))
    return CardLink(name, escape(before) + _foreign(title, manner) + escape(after), url)


def _foreign(text: str, manner: Manner) -> Markup:
    """What staff wrote, in HTML; it names its language where that is not the letter's."""
    attribute = in_language(manner.written_in, manner.language)
    return Markup("<span{}>{}</span>").format(attribute, text) if attribute else escape(text)


def in_language(written_in: Language, language: Language) -> Markup:
    """The attribute of an element in the language `written_in`, within a letter in `language`."""
    return Markup(' lang="{}"').format(written_in) if written_in != language else Markup()


def _when(card: Card, language: Language, year: int) -> tuple[Markup, str]:
    if card.starts_at is None:
        return Markup(), ""
    text = when(card.starts_at, card.ends_at, language, year)
    html = when(card.starts_at, card.ends_at, language, year, _UNBROKEN.format)
    return Markup(html), text  # noqa: S704  # dates and words of our own


def links_of_card(card: Card, language: Language, leads_to: str) -> Sequence[tuple[str, str]]:
    """Names and addresses of all that may be a link; title and picture lead where the item leads."""
    found = links_in(card.body)
    if card.link_url:
        found.append((_link_label(card, language), card.link_url))
    if leads_to:
        found.append((card.title, leads_to))
    if leads_to and card.picture and card.picture.alt:
        found.append((card.picture.alt, leads_to))
    return found


def _link_label(card: Card, language: Language) -> str:
    """What the editor called the link, or else a name made from the title."""
    _ = texts(language).gettext
    return card.link_label.strip() or _("Lees verder over %(title)s") % {"title": _quoted(card)}


def label_of_rest(card: Card, language: Language) -> str:
    """What leads to the rest of a text that was cut."""
    _ = texts(language).gettext
    return _("Lees verder op onze website: %(title)s") % {"title": _quoted(card)}


def _quoted(card: Card) -> str:
    return f"“{card.title}”"
