"""What is compared of an item, worked out once for many comparisons."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol
from urllib.parse import parse_qsl, urlencode, urlsplit

from newsletter_service.editorial.likeness.asking import asks, tells
from newsletter_service.editorial.likeness.numbers import numbers_in
from newsletter_service.editorial.likeness.times import DAYS_AND_MONTHS, Times, times_in, without_days
from newsletter_service.editorial.likeness.words import (
    FULL,
    Meaning,
    folded,
    is_listed,
    is_small,
    meanings_of,
    words_of,
)
from newsletter_service.letters.links.rules import judge

_IN_EVERY_TOWN = """
bureau gemeente gemeentehuis kantoor meldkamer politiebureau raadhuis stadhuis stadskantoor zaal
"""
_BUILDINGS = frozenset(_IN_EVERY_TOWN.split())
"""Words of a place that are in every town."""
_WORD_OR_STOP = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|[.!?:]")
_STOPS = frozenset(".!?:")
_MOSTLY = 0.6
_HEADLINE = 4


class Describable(Protocol):
    """What is compared; editorial.models.Item is one."""

    @property
    def id(self) -> int:
        """Tells items apart."""

    @property
    def title(self) -> str:
        """The heading."""

    @property
    def lead(self) -> str:
        """The sentence or two below it."""

    @property
    def body(self) -> str:
        """The text, in Markdown; it may be empty."""

    @property
    def link_url(self) -> str:
        """Where one reads on; it may be empty."""

    @property
    def starts_at(self) -> datetime | None:
        """When an event begins; None for all else."""

    @property
    def place(self) -> str:
        """Where an event is; it may be empty."""


class Texts(NamedTuple):
    """The texts of an item with its day and place; `Describable` says what each is."""

    id: int
    title: str
    lead: str = ""
    body: str = ""
    link_url: str = ""
    starts_at: datetime | None = None
    place: str = ""


def as_told(number: int, item: Mapping[str, Any]) -> Texts:
    """An item as JSON tells it: title, lead, body, link, starts (ISO 8601) and place; what is missing is empty.

    Raises ValueError, TypeError or AttributeError for what is no such thing.
    """
    title, lead, body, link, place = (
        str(item.get(name) or "") for name in ("title", "lead", "body", "link", "place")
    )
    starts = item.get("starts")
    return Texts(number, title, lead, body, link, datetime.fromisoformat(starts) if starts else None, place)


@dataclass(frozen=True)
class Gist:
    """What the words of a text mean, by the names of the meanings, and how much they weigh together.

    `telling` are those that few items share, `kinds` what sort of item it speaks of, `groups` whom.
    """

    meanings: Mapping[str, Meaning]
    weight: float
    telling: frozenset[str]
    kinds: frozenset[str]
    groups: frozenset[str]

    @classmethod
    def of(cls, meanings: Mapping[str, Meaning]) -> "Gist":
        """The gist of a text whose words mean this."""
        return cls(
            meanings,
            sum(meaning.weight for meaning in meanings.values()),
            frozenset(meaning.name for meaning in meanings.values() if meaning.weight == FULL),
            frozenset(meaning.name for meaning in meanings.values() if meaning.kind),
            frozenset(meaning.name for meaning in meanings.values() if meaning.group),
        )


@dataclass(frozen=True, eq=False)
class Print:
    """An item as it is compared: what its words mean, whom and where it names, when it is, and where it links to.

    `opening` is title and lead, `whole` the body too, `text` all of it, folded.
    `headed` are the times the title names, `days` those of the opening; `towns` is where it is. `numbers` are those of
    the whole, `counted` those of the opening with what they count. It `asks` its readers for something, or `tells`.
    """

    id: int
    title: Gist
    opening: Gist
    whole: Gist
    text: str
    names: frozenset[str]
    words: frozenset[str]
    kinds: frozenset[str]
    headed: Times
    days: frozenset[tuple[int, int]]
    day: date | None
    towns: frozenset[str]
    link: str
    numbers: frozenset[str]
    counted: frozenset[tuple[str, str]]
    asks: bool
    tells: bool

    @classmethod
    def of(cls, item: Describable) -> "Print":
        """The print of an item."""
        opening_text = f"{item.title}. {item.lead}"
        whole_text = f"{opening_text}. {item.body}"
        opens, whole = folded(opening_text), folded(whole_text)
        heads, leads, says = (meanings_of(without_days(text)) for text in (item.title, item.lead, item.body))
        title, opening = Gist.of(heads), Gist.of(heads | leads)
        return cls(
            item.id,
            title,
            opening,
            Gist.of(heads | leads | says),
            whole,
            _names(item.title, item.lead),
            frozenset(words_of(whole_text)),
            title.kinds or opening.kinds,
            times_in(folded(item.title)),
            times_in(opens).days,
            item.starts_at.date() if item.starts_at else None,
            frozenset(word for word in words_of(item.place) if not is_small(word)) - _BUILDINGS,
            same_for_all(item.link_url),
            frozenset(number for number, _ in numbers_in(without_days(whole))),
            frozenset(numbers_in(without_days(opens))),
            asks(opens),
            tells(opens),
        )


def same_for_all(url: str) -> str:
    """An address in one form: as it goes out in letters, without scheme, www and fragment; empty for a front page."""
    parts = urlsplit(judge(url if "//" in url else f"https://{url.strip()}").url)
    asked = urlencode(sorted(parse_qsl(parts.query)))
    path = parts.path.rstrip("/")
    return f"{(parts.hostname or '').removeprefix('www.')}{path}?{asked}" if path or asked else ""


def _names(*texts: str) -> frozenset[str]:
    """The words within sentences that begin with a capital: people, places, organisations."""
    return frozenset(name for text in texts for name in _names_in(_WORD_OR_STOP.findall(text)))


def _names_in(words: list[str]) -> Iterable[str]:
    capitals = [word for word in words if word[0].isupper()]
    if len(words) > _HEADLINE and len(capitals) > _MOSTLY * len(words):
        return  # An English headline, Where Every Word Has One
    for before, word in zip([".", *words], words, strict=False):
        name = folded(word)
        if before not in _STOPS and word[0].isupper() and not is_listed(name) and name not in DAYS_AND_MONTHS:
            yield name
