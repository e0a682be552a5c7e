"""How much two items look like the same story: a pure comparison of title, lead and, for events, the day."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import combinations
from typing import Protocol

from rapidfuzz.fuzz import token_set_ratio, token_sort_ratio

THRESHOLD = 0.66
"""From here on two items are shown side by side and kept apart until somebody has looked at them."""

SAME_DAY = 0.10
ANOTHER_DAY = -0.15
_LISTED = """
aan als bij dat de deze die dit door een en er heeft het hoe in is kan kunt maar meer met naar nieuw
nieuwe nu of om onder ons onze ook op over te tot u uit uw van voor waar wat we wie wij wordt zijn
zo
"""
SMALL_WORDS = frozenset(_LISTED.split())


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
    def starts_at(self) -> datetime | None:
        """When an event begins; None for all else."""


@dataclass(frozen=True)
class LookAlike:
    """Two items (first < second, by id) and how much they look alike, from THRESHOLD to 1."""

    first: int
    second: int
    likeness: float

    @property
    def pair(self) -> tuple[int, int]:
        """The two ids."""
        return self.first, self.second


def look_alikes(items: Iterable[Describable]) -> list[LookAlike]:
    """All pairs that reach the threshold, in the order of their ids."""
    return list(_among(tuple(sorted((Print.of(item) for item in items), key=lambda one: one.id))))


def normalise(text: str) -> str:
    """The words that carry the meaning: without capitals, accents, punctuation and small words."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    words = re.findall(r"[^\W_]+", plain)
    return " ".join([word for word in words if word not in SMALL_WORDS] or words)


@dataclass(frozen=True)
class Print:
    """An item, normalised once for many comparisons."""

    id: int
    title: str
    whole: str
    starts_at: datetime | None

    @classmethod
    def of(cls, item: Describable) -> "Print":
        """Return the print of an item."""
        return cls(item.id, normalise(item.title), normalise(f"{item.title} {item.lead}"), item.starts_at)


@lru_cache(maxsize=8)
def _among(prints: tuple[Print, ...]) -> tuple[LookAlike, ...]:
    """Every page of the desk counts the pairs of a queue that seldom changes; comparing 200 items takes 0.3 s."""
    scored = ((a, b, likeness(a, b)) for a, b in combinations(prints, 2))
    return tuple(LookAlike(a.id, b.id, score) for a, b, score in scored if score >= THRESHOLD)


def likeness(a: Print, b: Print) -> float:
    """Return how much two items look alike, from 0 to 1, whichever comes first.

    Half for the titles (a title within a longer one counts in full), half for all words together.
    """
    title = max(token_set_ratio(a.title, b.title), token_sort_ratio(a.title, b.title))
    score = (title + token_sort_ratio(a.whole, b.whole)) / 200
    return min(1.0, max(0.0, score + _for_the_day(a.starts_at, b.starts_at)))


def _for_the_day(a: datetime | None, b: datetime | None) -> float:
    if a is None or b is None:
        return 0.0
    return SAME_DAY if a.date() == b.date() else ANOTHER_DAY
