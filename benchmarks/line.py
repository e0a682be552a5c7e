"""How straight the line is on which times grow with numbers of letters."""

from collections.abc import Sequence
from typing import NamedTuple


class Line(NamedTuple):
    """`start` seconds for getting going, `each` seconds for a letter; `departure` is the largest one, relative."""

    start: float
    each: float
    departure: float


def fitted(times: Sequence[tuple[float, float]]) -> Line:
    """The line through (letters, seconds) with the least squares of relative errors; two numbers of letters at least.

    Relative ones, for else the longest time alone would decide.
    """
    weighed = [(n, taken, taken**-2) for n, taken in times]
    whole = sum(weight for _, _, weight in weighed)
    middle_n = sum(n * weight for n, _, weight in weighed) / whole
    middle_taken = sum(taken * weight for _, taken, weight in weighed) / whole
    together = sum(weight * (n - middle_n) * (taken - middle_taken) for n, taken, weight in weighed)
    each = together / sum(weight * (n - middle_n) ** 2 for n, _, weight in weighed)
    start = middle_taken - each * middle_n
    return Line(start, each, max(abs(taken / (start + each * n) - 1) for n, taken in times))
