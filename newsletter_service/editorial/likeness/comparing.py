"""How much two items look like the same news: evidence for and against, weighed.

The weights were fitted by `python -m benchmarks.likeness` to the pairs of tests/editorial/pairs/tuning.jsonl (logistic
regression). docs/decisions/0033 says what they are worth on pairs that somebody else wrote.
"""

from dataclasses import dataclass
from enum import StrEnum, auto
from math import exp
from typing import Any

from newsletter_service.editorial.likeness.prints import Gist, Print

THRESHOLD = 0.62
"""From here on two items are shown side by side and kept apart until somebody has looked at them."""

_ENOUGH, _MANY = 4, 8
WEIGHTS = {
    "to begin with": -4.21,
    "the shorter opening is in the other": 0.64,
    "openings agree": 0.64,
    "a title is in the other item": 1.59,
    "share what is telling": 1.25,
    "of one kind": 1.1,
    "of different kinds": -0.86,
    "about other people": -1.19,
    "name the same": 0.58,
    "bodies share what is telling": 2.1,
    "the shorter text is in the other": 2.33,
    "the same numbers": 1.81,
    "other numbers of the same": -1.42,
    "one asks and the other tells": -1.12,
    "one asks only": -0.97,
    "name others": -1.17,
    "name other days": -0.83,
    "at the same time": 2.44,
    "in the same house": 1.07,
}
"""How much each piece of evidence, from 0 to 1, counts."""


class Reason(StrEnum):
    """What decided."""

    SAME_LINK = auto()
    SAME_WORDS = auto()
    ANOTHER_DAY = auto()
    ANOTHER_PLACE = auto()
    ANOTHER_TIME = auto()
    ALIKE = auto()
    UNLIKE = auto()


_SAME = frozenset({Reason.SAME_LINK, Reason.SAME_WORDS})


@dataclass(frozen=True)
class Comparison:
    """How alike two items are, from 0 to 1, and what decided."""

    score: float
    reason: Reason

    @property
    def alike(self) -> bool:
        """Whether they seem to tell the same news."""
        return self.score >= THRESHOLD


def compare(a: Print, b: Print) -> Comparison:
    """Compare two items, whichever comes first."""
    reason = settled(a, b)
    if reason:
        return Comparison(float(reason in _SAME), reason)
    found = evidence(a, b)
    score = 1 / (1 + exp(-sum(WEIGHTS[name] * value for name, value in found.items())))
    return Comparison(score, Reason.ALIKE if score >= THRESHOLD else Reason.UNLIKE)


def shared(a: Print, b: Print) -> tuple[str, ...]:
    """What the openings of both mean, by the names of the meanings, the most telling first."""
    mine = a.opening.meanings
    both = mine.keys() & b.opening.meanings.keys()
    return tuple(sorted(both, key=lambda name: (-mine[name].weight, name)))


def settled(a: Print, b: Print) -> Reason | None:
    """What needs no weighing: an event on another day or elsewhere is another event; one page is one
    piece of news; what has nothing telling in common is not the same.
    """
    if a.day and b.day and a.day != b.day:
        return Reason.ANOTHER_DAY
    if a.towns and b.towns and not a.towns & b.towns:
        return Reason.ANOTHER_PLACE
    if a.headed.differ(b.headed):
        return Reason.ANOTHER_TIME
    if a.link and a.link == b.link:
        return Reason.SAME_LINK
    if a.words and a.text == b.text:
        return Reason.SAME_WORDS
    strangers = _apart(a.whole.telling, b.whole.telling) and not _at_once(a, b)
    return Reason.UNLIKE if strangers else None


def evidence(a: Print, b: Print) -> dict[str, float]:
    """Each piece of evidence under its name in WEIGHTS, from 0 (none) to 1."""
    opening_in, openings = _overlap(a.opening, b.opening)
    whole_in, _ = _overlap(a.whole, b.whole)
    names = (a.names & b.words) | (b.names & a.words)
    return {
        "to begin with": 1.0,
        "the shorter opening is in the other": opening_in,
        "openings agree": openings,
        "a title is in the other item": max(_within(a.title, b.whole), _within(b.title, a.whole)),
        "share what is telling": min(1.0, len(a.opening.telling & b.opening.telling) / _ENOUGH),
        "of one kind": len(a.kinds & b.kinds) / max(1, len(a.kinds | b.kinds)),
        "of different kinds": _apart(a.kinds, b.kinds),
        "about other people": _apart(a.title.groups, b.title.groups),
        "name the same": float(bool(names)),
        "bodies share what is telling": min(1.0, len(a.whole.telling & b.whole.telling) / _MANY),
        "the shorter text is in the other": whole_in,
        "the same numbers": min(1.0, len(a.numbers & b.numbers) / 2),
        "other numbers of the same": _contradict(a.counted, b.counted),
        "one asks and the other tells": float(a.asks != b.asks and (a.tells if b.asks else b.tells)),
        "one asks only": float(a.asks != b.asks),
        "name others": float(bool(a.names and b.names and not names)),
        "name other days": _apart(a.days, b.days),
        "at the same time": float(_at_once(a, b)),
        "in the same house": float(_at_once(a, b) and len(a.towns & b.towns) > 1),
    }


def _at_once(a: Print, b: Print) -> bool:
    return bool(a.days & b.days or (a.day and a.day == b.day))


def _contradict(a: frozenset[tuple[str, str]], b: frozenset[tuple[str, str]]) -> float:
    """Whether both count the same and come to other numbers."""
    units = {unit for _, unit in a if unit} & {unit for _, unit in b if unit}
    return float(
        any(not {n for n, unit in a if unit == one} & {n for n, unit in b if unit == one} for one in units)
    )


def _overlap(a: Gist, b: Gist) -> tuple[float, float]:
    """What both mean, as a share of the shorter of the two and of both together."""
    if not a.weight or not b.weight:
        return 0.0, 0.0
    both = _in_common(a, b)
    return both / min(a.weight, b.weight), 2 * both / (a.weight + b.weight)


def _within(a: Gist, b: Gist) -> float:
    """The share of what `a` means that `b` means too."""
    return _in_common(a, b) / a.weight if a.weight else 0.0


def _in_common(a: Gist, b: Gist) -> float:
    return sum(a.meanings[name].weight for name in a.meanings.keys() & b.meanings.keys())


def _apart(a: frozenset[Any], b: frozenset[Any]) -> float:
    return float(bool(a and b and not a & b))
