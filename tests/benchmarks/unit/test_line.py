import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.line import fitted

SIZES = (1_000, 10_000, 100_000, 1_000_000)
STARTS = st.floats(0.01, 10)
EACHES = st.floats(1e-5, 1e-3)
ODDS = st.lists(st.floats(0.8, 1.25), min_size=len(SIZES), max_size=len(SIZES))


def squares(start: float, each: float, times: list[tuple[float, float]]) -> float:
    """What the fitted line has the least of."""
    return sum(((start + each * n) / seconds - 1) ** 2 for n, seconds in times)


@given(STARTS, EACHES)
def test_times_on_a_line_give_that_line(start: float, each: float) -> None:
    line = fitted([(n, start + each * n) for n in SIZES])
    assert line.start == pytest.approx(start, rel=1e-6)
    assert line.each == pytest.approx(each, rel=1e-6)
    assert line.departure < 1e-6


@given(STARTS, EACHES, ODDS, st.sampled_from([0.9, 0.999, 1.001, 1.1]))
def test_no_other_line_lies_nearer(start: float, each: float, odds: list[float], other: float) -> None:
    times = [(float(n), (start + each * n) * odd) for n, odd in zip(SIZES, odds, strict=True)]
    line = fitted(times)
    least = squares(line.start, line.each, times)
    assert least <= squares(line.start * other, line.each, times) + 1e-9
    assert least <= squares(line.start, line.each * other, times) + 1e-9
    assert least <= squares(line.start * other, line.each / other, times) + 1e-9


def test_the_largest_departure_is_that_of_the_size_that_took_longest_for_its_letters() -> None:
    line = fitted([(1, 2.0), (2, 3.0), (3, 4.0), (4, 10.0)])
    assert line.departure == pytest.approx(10 / (line.start + 4 * line.each) - 1)
    assert line.departure > 0.15


def test_getting_going_departs_from_no_line() -> None:
    """A thousand letters at half the speed of a million, because half of the time nothing was sent yet."""
    measured = [(1_000, 0.16), (10_000, 0.82), (100_000, 7.3), (1_000_000, 77.3)]
    line = fitted(measured)
    assert line.start == pytest.approx(0.09, abs=0.02)
    assert line.each == pytest.approx(75e-6, abs=3e-6)
    assert line.departure < 0.05


def test_times_that_grow_faster_than_the_letters_do_not_pass() -> None:
    assert fitted([(n, 1e-5 * n * (1 + n / 1_000_000)) for n in SIZES]).departure > 0.15


def test_a_short_one_that_took_long_is_seen_beside_the_long_ones() -> None:
    straight = [(n, 0.1 + 7e-5 * n) for n in SIZES]
    assert fitted([straight[0], (10_000, 1.6), *straight[2:]]).departure > 0.15
