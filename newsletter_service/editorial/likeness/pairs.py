"""Which items of a queue look like the same news."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from newsletter_service.editorial.likeness.comparing import Comparison, compare
from newsletter_service.editorial.likeness.prints import Describable, Print, Texts


@dataclass(frozen=True)
class LookAlike:
    """Two items (first < second, by id) and how much they look alike, from comparing.THRESHOLD to 1."""

    first: int
    second: int
    likeness: float

    @property
    def pair(self) -> tuple[int, int]:
        """The two ids."""
        return self.first, self.second

    def other(self, item_id: int) -> int:
        """The id of the item that is not `item_id`."""
        return self.second if item_id == self.first else self.first


def look_alikes(items: Iterable[Describable]) -> list[LookAlike]:
    """All pairs that look alike, in the order of their ids."""
    prints = sorted((_print(_texts(item)) for item in items), key=lambda one: one.id)
    compared = ((a.id, b.id, _compared(a, b)) for a, b in combinations(prints, 2))
    return [LookAlike(first, second, found.score) for first, second, found in compared if found.alike]


def told_before(items: Iterable[Describable], sent: Iterable[Describable]) -> list[LookAlike]:
    """For each of the items that looks like one that was sent, the pair that looks most alike."""
    older = [_print(_texts(one)) for one in sent]
    found = (_most_alike(_print(_texts(item)), older) for item in items)
    return [pair for pair in found if pair]


def _most_alike(item: Print, older: Iterable[Print]) -> LookAlike | None:
    pairs = ((compare(item, one), one.id) for one in older)
    found, other = max(((found.score, other) for found, other in pairs if found.alike), default=(0.0, 0))
    return LookAlike(min(item.id, other), max(item.id, other), found) if other else None


def _texts(item: Describable) -> Texts:
    return Texts(item.id, item.title, item.lead, item.body, item.link_url, item.starts_at, item.place)


@lru_cache(maxsize=4_096)
def _print(texts: Texts) -> Print:
    return Print.of(texts)


@lru_cache(maxsize=65_536)
def _compared(a: Print, b: Print) -> Comparison:
    """Every page of the desk counts the pairs of a queue that seldom changes; those of 200 items take half a second."""
    return compare(a, b)
