"""How many items readers get of an edition, in full and on a line."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from newsletter_service.audience.rules import ItemView, may_see, subscriber_view, visible
from newsletter_service.editions.letter_rules import Ranked, in_full
from newsletter_service.editions.readers import Kind
from newsletter_service.subscriptions.pausing.rules import is_paused

NEXT_TO_NOTHING = 1
"""Whoever gets no more items than this gets next to nothing."""


@dataclass(frozen=True)
class Sizes:
    """How many items these readers get: the fewest, the one in the middle, the most, and the most of them in full."""

    readers: int
    fewest: int
    median: int
    most: int
    most_in_full: int


@dataclass(frozen=True)
class Meagre:
    """Readers who get next to nothing: which segments they claim, how many they are, what waits that they may see."""

    segments: tuple[int, ...]
    readers: int
    waiting: tuple[int, ...]


@dataclass(frozen=True)
class LetterSizes:
    """What readers get: all of them (None: there are none), by segment (its id; None: without any), and by item.

    `as_line` is the number of readers who get an item (by its id) on a line.
    """

    all: Sizes | None
    by_segment: Mapping[int | None, Sizes]
    as_line: Mapping[int, int]
    meagre: tuple[Meagre, ...]


@dataclass(frozen=True)
class _Letter:
    kind: Kind
    readers: int
    items: int
    full: int


def letter_sizes(
    kinds: Mapping[Kind, int],
    items: Sequence[ItemView],
    ranks: Sequence[Ranked],
    limit: int,
    waiting: Sequence[ItemView],
    at: datetime,
) -> LetterSizes:
    """What readers get at `at` of an edition's `items`, whose `ranks` decide what is in full, while others wait."""
    letters: list[_Letter] = []
    as_line: Counter[int] = Counter()
    for kind, readers in kinds.items():
        if is_paused(kind.paused_until, at):
            continue
        ids = visible(items, subscriber_view(dict(kind.claims), kind.topics))
        full = in_full([one for one in ranks if one.id in ids], limit)
        as_line.update({item_id: readers for item_id in ids if item_id not in full})
        letters.append(_Letter(kind, readers, len(ids), len(full)))
    return LetterSizes(_sizes(letters), _by_segment(letters), as_line, _meagre(letters, waiting))


def _sizes(letters: Iterable[_Letter]) -> Sizes | None:
    ordered = sorted(letters, key=lambda letter: letter.items)
    readers = sum(letter.readers for letter in ordered)
    if not readers:
        return None
    return Sizes(
        readers,
        ordered[0].items,
        _median(ordered, readers),
        ordered[-1].items,
        max(one.full for one in ordered),
    )


def _median(ordered: Sequence[_Letter], readers: int) -> int:
    """The number of items of the reader in the middle, of an even number the one who gets less."""
    counted = 0
    for letter in ordered:
        counted += letter.readers
        if 2 * counted >= readers:
            break
    return letter.items


def _by_segment(letters: Iterable[_Letter]) -> dict[int | None, Sizes]:
    found: defaultdict[int | None, list[_Letter]] = defaultdict(list)
    for letter in letters:
        claimed: list[int | None] = [segment for segment, _verified in letter.kind.claims]
        for segment in claimed or [None]:
            found[segment].append(letter)
    return {segment: sizes for segment, some in found.items() if (sizes := _sizes(some))}


def _meagre(letters: Iterable[_Letter], waiting: Sequence[ItemView]) -> tuple[Meagre, ...]:
    """Those who get next to nothing, the most readers first."""
    readers: Counter[tuple[int, ...]] = Counter()
    for_them: defaultdict[tuple[int, ...], set[int]] = defaultdict(set)
    for letter in letters:
        if letter.items <= NEXT_TO_NOTHING:
            segments = tuple(segment for segment, _verified in letter.kind.claims)
            readers[segments] += letter.readers
            view = subscriber_view(dict(letter.kind.claims), letter.kind.topics)
            for_them[segments].update(item.id for item in waiting if may_see(view, item))
    return tuple(
        Meagre(segments, number, tuple(sorted(for_them[segments])))
        for segments, number in sorted(readers.items(), key=lambda pair: (-pair[1], pair[0]))
    )
