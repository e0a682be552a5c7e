"""Which passages of a text say what another text says, too."""

import re
from itertools import groupby
from typing import NamedTuple

from newsletter_service.editorial.likeness.words import meanings_of

_WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")


class Passage(NamedTuple):
    """A stretch of a text; `shared` if the other text says it, too."""

    text: str
    shared: bool


def passages(text: str, other: str) -> tuple[Passage, ...]:
    """The stretches of `text`, which together are all of it; one that is shared begins and ends with a shared word."""
    known = meanings_of(other).keys()
    found = list(_stretches(text, frozenset(known)))
    whole = [(words, shared or _is_bridge(found, at)) for at, (words, shared) in enumerate(found)]
    return tuple(
        Passage("".join(words for words, _ in run), shared)
        for shared, run in groupby(whole, key=lambda one: one[1])
    )


def _stretches(text: str, known: frozenset[str]) -> list[tuple[str, bool]]:
    """Words and what is between them, in turn, and whether each is shared."""
    found, at = [], 0
    for word in _WORD.finditer(text):
        if word.start() > at:
            found.append((text[at : word.start()], False))
        found.append((word[0], not known.isdisjoint(meanings_of(word[0]))))
        at = word.end()
    return [*found, (text[at:], False)] if at < len(text) else found


def _is_bridge(found: list[tuple[str, bool]], at: int) -> bool:
    """Whether this is but a space between two words that are shared."""
    inside = 0 < at < len(found) - 1
    return inside and found[at][0] == " " and found[at - 1][1] and found[at + 1][1]
