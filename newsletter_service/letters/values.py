"""What a letter is made of, as plain values: nothing here knows a database, a web request or a reader."""

from dataclasses import dataclass
from datetime import date, datetime

from newsletter_service.languages import Language
from newsletter_service.letters.colours import JOINT, Livery

LARGEST_HTML = 100_000
"""Bytes of HTML above which mail programs cut a letter off; no larger letter is made."""


@dataclass(frozen=True)
class Publisher:
    """An organisation that speaks in the newsletter; its place among the others is that of its stroke."""

    short_name: str
    name: str
    livery: Livery = JOINT


@dataclass(frozen=True)
class MailIdentity:
    """Who a letter comes from, in every header that says so.

    `name` is the newsletter's, `list_slug` makes the List-Id, `tagline` and `postal_address` stand in the
    letter, `base_url` is what the web archive and the site lie under. `publishers` are in their fixed order. `closing`
    ends notices. `from_name` stands beside the sender's address, where it is another than the newsletter's.
    """

    name: str
    list_slug: str
    tagline: str
    postal_address: str
    mail_from: str
    reply_to: str
    base_url: str
    publishers: tuple[Publisher, ...] = ()
    closing: str = ""
    from_name: str = ""


@dataclass(frozen=True)
class Tag:
    """The name of an organisation on a card, in its colours.

    `accent` is its place among the organisations, from 1; 0 is for several together.
    """

    text: str
    accent: int
    livery: Livery = JOINT


@dataclass(frozen=True)
class Picture:
    """An image on a card, by its full address; sizes in pixels."""

    url: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True)
class Card:
    """One item as readers see it; `lead` is plain text, `body` Markdown as the editor wrote it.

    `anchor` is its place on the edition's page, empty where it has none; `restricted_to` names the segments that
    alone may read it, in the letter's language, and is empty for what anybody may read. `topics` are named in that
    language too.
    `starts_at` and `ends_at` are aware and already in the newsletter's own zone.
    """

    kind: str
    tag: Tag
    title: str
    lead: str = ""
    body: str = ""
    link_url: str = ""
    link_label: str = ""
    picture: Picture | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    place: str = ""
    anchor: str = ""
    restricted_to: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


@dataclass(frozen=True)
class EditionContent:
    """All that one variant of an edition says, in reading order; `introduction` is Markdown.

    The letter groups consecutive cards under section headings by kind; the first card is featured
    when `featured` is set. Those that go `further` have no more than a line, at the end. `language` is the reader's,
    `written_in` that of what staff wrote. A letter that
    `corrects` the edition (or the item called `about`) says so, and has no cards. `anchor` is the place on the
    edition's web page that the letter leads to. Of a text longer than `text_limit` characters the letter shows the
    beginning (None: all of it). A `proof` says what it is a proof of, in `proof_language`.
    """

    number: int
    day: date
    subject: str
    preheader: str
    introduction: str
    language: Language
    cards: tuple[Card, ...]
    featured: bool = True
    written_in: Language = "nl"
    corrects: bool = False
    text_limit: int | None = None
    about: str = ""
    anchor: str = ""
    proof: str = ""
    proof_language: Language = "nl"
    further: tuple[Card, ...] = ()


@dataclass(frozen=True)
class Action:
    """The one button of a notice."""

    label: str
    url: str


@dataclass(frozen=True)
class NoticeList:
    """A list in a notice: what its items have in common, and the items as (text, url); url may be empty.

    The items are what staff wrote, in the language `written_in`.
    """

    heading: str
    items: tuple[tuple[str, str], ...]
    written_in: Language = "nl"


@dataclass(frozen=True)
class Notice:
    """A system mail: one heading, a few paragraphs and lists, at most one button, and small print below it.

    `small_print` holds (text, label, url): a sentence followed by a link with that label; label and url may
    be empty.
    """

    language: Language
    subject: str
    heading: str
    paragraphs: tuple[str, ...]
    action: Action | None = None
    small_print: tuple[tuple[str, str, str], ...] = ()
    lists: tuple[NoticeList, ...] = ()


@dataclass(frozen=True)
class PreparedLetter:
    """A letter ready for the ledger: `skeleton` as letters.mime.skeleton describes, `html_size` in bytes."""

    language: Language
    subject: str
    skeleton: bytes
    html_size: int
