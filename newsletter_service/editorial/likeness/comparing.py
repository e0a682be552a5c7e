"""How much two items look like the same news: evidence for and against, weighed.

The weights were fitted by `python -m benchmarks.likeness` to the pairs of tests/editorial/pairs/tuning.jsonl (logistic
regression). docs/decisions/0033 says what they are worth on pairs that somebody else wrote.
"""

from dataclasses import dataclass
from enum import StrEnum, auto
from math import exp
from typing import Any

from newsletter_service.editorial.likeness.prints import Gist, Print

THRESHOLD = 0.58
"""From here on two items are shown side by side and kept apart until somebody has looked at them."""

_ENOUGH = 4
WEIGHTS = {
    "to begin with": -5.17,
    "the shorter opening is in the other": 2.5,
    "openings agree": 2.02,
    "a title is in the other item": 2.32,
    "share what is telling": 2.38,
    "of one kind": 0.93,
    "of different kinds": -1.08,
    "about other people": -1.18,
    "name the same": 1.26,
    "name others": -0.27,
    "name other days": -0.8,
    "at the same time": 2.06,
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
    return Reason.UNLIKE if _apart(a.opening.telling, b.opening.telling) else None


def evidence(a: Print, b: Print) -> dict[str, float]:
    """Each piece of evidence under its name in WEIGHTS, from 0 (none) to 1."""
    opening_in, openings = _overlap(a.opening, b.opening)
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
        "name others": float(bool(a.names and b.names and not names)),
        "name other days": _apart(a.days, b.days),
        "at the same time": float(bool(a.days & b.days or (a.day and a.day == b.day))),
    }


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
