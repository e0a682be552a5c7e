"""What the measure of likeness is worth, how fast it is, and the weights that fit the pairs for tuning best.

`python -m benchmarks.likeness [FILE...]`: precision and recall on files of labelled pairs, and what was judged wrongly.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import exp
from pathlib import Path
from time import perf_counter

from newsletter_service.editorial.likeness import comparing
from newsletter_service.editorial.likeness.prints import Print, Texts, as_told

PAIRS = Path(__file__).parent.parent / "tests" / "editorial" / "pairs"
_ROUNDS, _STEP, _RESTRAINT = 4_000, 0.5, 0.003
_OLDER = 2_000


@dataclass(frozen=True)
class Pair:
    """Two items, what makes them alike or not, and whether they tell the same news."""

    kind: str
    alike: bool
    a: Texts
    b: Texts

    def compared(self) -> comparing.Comparison:
        """What the measure says."""
        return comparing.compare(Print.of(self.a), Print.of(self.b))


@dataclass(frozen=True)
class Worth:
    """How many of the pairs called alike are (precision), and how many of those that are were called so (recall)."""

    precision: float
    recall: float


def read_pairs(path: Path) -> list[Pair]:
    """The pairs of a file of JSON lines."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [Pair(row["kind"], row["alike"], as_told(1, row["a"]), as_told(2, row["b"])) for row in rows]


def worth(pairs: Iterable[Pair]) -> Worth:
    """Precision and recall of the measure on these pairs."""
    judged = [(pair.compared().alike, pair.alike) for pair in pairs]
    right = judged.count((True, True))
    return Worth(right / sum(said for said, _ in judged), right / sum(true for _, true in judged))


def fitted(pairs: Sequence[Pair]) -> dict[str, float]:
    """The weights that fit these pairs best: logistic regression with a restraint on large weights."""
    prints = [(Print.of(pair.a), Print.of(pair.b), float(pair.alike)) for pair in pairs]
    rows = [
        (list(comparing.evidence(a, b).values()), alike)
        for a, b, alike in prints
        if not comparing.settled(a, b)
    ]
    weights = [0.0] * len(comparing.WEIGHTS)
    for _ in range(_ROUNDS):
        errors = [1 / (1 + exp(-sum(map(float.__mul__, weights, row)))) - alike for row, alike in rows]
        slopes = [
            sum(map(float.__mul__, errors, column)) / len(rows)
            for column in zip(*(r for r, _ in rows), strict=True)
        ]
        restraints = [0.0, *(_RESTRAINT * weight for weight in weights[1:])]
        weights = [
            weight - _STEP * (slope + held)
            for weight, slope, held in zip(weights, slopes, restraints, strict=True)
        ]
    return dict(zip(comparing.WEIGHTS, (round(weight, 2) for weight in weights), strict=True))


def _otherwise(pairs: Iterable[Pair]) -> Iterator[str]:
    for pair in pairs:
        found = pair.compared()
        if found.alike != pair.alike:
            yield f"  {found.score:.2f} {pair.kind}: {pair.a.title} | {pair.b.title}"


def main(paths: Sequence[str]) -> None:
    """Print all there is to know."""
    for path in map(Path, paths) if paths else sorted(PAIRS.glob("*.jsonl")):
        pairs = read_pairs(path)
        found = worth(pairs)
        print(f"{path.name}: {len(pairs)} pairs, precision {found.precision:.3f}, recall {found.recall:.3f}")
        print(*_otherwise(pairs), sep="\n")
    tuning = read_pairs(PAIRS / "tuning.jsonl")
    print("fitted:", fitted(tuning))
    prints = [Print.of(item) for pair in tuning for item in (pair.a, pair.b)]
    began = perf_counter()
    for number in range(_OLDER):
        comparing.compare(prints[0], prints[number % len(prints)])
    print(f"one item with {_OLDER} older ones: {1000 * (perf_counter() - began):.0f} ms")


if __name__ == "__main__":
    main(sys.argv[1:])
