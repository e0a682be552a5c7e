"""Which items of a queue look like the same news."""

from collections.abc import Collection, Iterable
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
    prints = sorted((_print(texts_of(item)) for item in items), key=lambda one: one.id)
    compared = ((a.id, b.id, _compared(a, b)) for a, b in combinations(prints, 2))
    return [LookAlike(first, second, found.score) for first, second, found in compared if found.alike]


def told_before(
    items: Iterable[Describable], sent: Iterable[Describable], apart: Collection[tuple[int, int]]
) -> dict[int, LookAlike]:
    """By the id of an item that looks like one that was sent, the pair that looks most alike and is not in `apart`."""
    older = tuple(_print(texts_of(one)) for one in sent)
    found = {item.id: _alike_among(_print(texts_of(item)), older) for item in items}
    best = (
        (number, next((pair for pair in pairs if pair.pair not in apart), None))
        for number, pairs in found.items()
    )
    return {number: pair for number, pair in best if pair}


def alike_with(item: Describable, others: Iterable[Describable]) -> tuple[LookAlike, ...]:
    """The pairs of `item` with those of `others` that look like it, the most alike first."""
    return _alike_among(_print(texts_of(item)), tuple(_print(texts_of(one)) for one in others))


@lru_cache(maxsize=512)
def _alike_among(item: Print, older: tuple[Print, ...]) -> tuple[LookAlike, ...]:
    """The pairs of an item with those of others that look like it, the most alike first."""
    pairs = ((min(item.id, one.id), max(item.id, one.id), compare(item, one)) for one in older)
    alike = (LookAlike(first, second, found.score) for first, second, found in pairs if found.alike)
    return tuple(sorted(alike, key=lambda pair: (-pair.likeness, pair.pair)))


def texts_of(item: Describable) -> Texts:
    """What is compared of an item, which outlives the session that it was read in."""
    return Texts(item.id, item.title, item.lead, item.body, item.link_url, item.starts_at, item.place)


@lru_cache(maxsize=4_096)
def _print(texts: Texts) -> Print:
    return Print.of(texts)


@lru_cache(maxsize=65_536)
def _compared(a: Print, b: Print) -> Comparison:
    """Every page of the desk counts the pairs of a queue that seldom changes; those of 200 items take half a second."""
    return compare(a, b)
