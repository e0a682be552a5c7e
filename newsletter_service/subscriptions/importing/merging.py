"""Merged cells of a workbook: files keep the words of the first cell only, and people mean them for all."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from newsletter_service.subscriptions.importing.columns import has_addresses

Range = tuple[tuple[int, int], tuple[int, int]]
"""The first and the last cell that are merged, as row and column from 0 on."""


def with_merged(rows: Iterable[list[str]], merged: Iterable[Range]) -> Iterator[list[str]]:
    """The rows of a sheet, in which merged cells count for each row that they cover.

    A title over several columns is the title of each. Of a header in two rows the lower one counts, with the titles
    above it where it has none of its own.
    """
    cells, above, is_body = _Merged(merged), list[str](), False
    for number, row in enumerate(rows):
        filled = cells.filled_down(number, row)
        if is_body or not (above or has_addresses(filled)):
            yield filled
            continue
        titles = [
            own or other for own, other in zip_longest(cells.across(number, filled), above, fillvalue="")
        ]
        is_body = not cells.go_on_below(number, titles)
        above = [] if is_body else titles
        yield titles if is_body else []


class _Merged:
    """The merged cells of a sheet, told of its rows one after the other."""

    def __init__(self, merged: Iterable[Range]) -> None:
        self._beginning: defaultdict[int, list[tuple[int, int, int]]] = defaultdict(list)
        for (top, left), (bottom, right) in merged:
            self._beginning[top].append((left, bottom, right))
        self._words: dict[int, tuple[int, str]] = {}
        """What fills a column, and the last row that it does."""

    def filled_down(self, number: int, row: Sequence[str]) -> list[str]:
        """A row with what is merged from above; one that has nothing of its own stays empty."""
        filled = list(row)
        if any(row):
            for column, (bottom, words) in self._words.items():
                if number <= bottom and column < len(filled):
                    filled[column] = filled[column] or words
        for left, bottom, _right in self._beginning[number]:
            if bottom > number and left < len(filled):
                self._words[left] = (bottom, filled[left])
        return filled

    def across(self, number: int, row: Sequence[str]) -> list[str]:
        """A header in which what is merged over several columns stands above each."""
        titles = list(row)
        for left, _bottom, right in self._beginning[number]:
            for column in range(left + 1, min(right + 1, len(titles))):
                titles[column] = titles[column] or titles[left]
        return titles

    def go_on_below(self, number: int, titles: Sequence[str]) -> bool:
        """Whether the title of the addresses is merged with the cell below it."""
        return any(
            bottom > number and column < len(titles) and has_addresses([titles[column]])
            for column, (bottom, _words) in self._words.items()
        )
