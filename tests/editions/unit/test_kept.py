import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from newsletter_service.editions.results.kept import Kept
from tests.chaos.waiting import PATIENCE_SECONDS


class Slow:
    """Counts how often it was read, and how late it is."""

    def __init__(self) -> None:
        self.now = 0.0
        self.reads = 0

    def __call__(self) -> int:
        self.reads += 1
        return self.reads


def test_what_was_just_read_is_not_read_again() -> None:
    slow = Slow()
    kept = Kept[int](2.0, lambda: slow.now)
    assert [kept.get("a", slow) for _ in range(3)] == [1, 1, 1]
    slow.now = 1.9
    assert kept.get("a", slow) == 1


def test_what_is_too_old_is_read_anew() -> None:
    slow = Slow()
    kept = Kept[int](2.0, lambda: slow.now)
    kept.get("a", slow)
    slow.now = 2.0
    assert kept.get("a", slow) == 2


def test_each_key_has_a_value_of_its_own() -> None:
    slow = Slow()
    kept = Kept[int](2.0, lambda: slow.now)
    assert (kept.get("a", slow), kept.get("b", slow), kept.get("a", slow)) == (1, 2, 1)


def test_what_could_not_be_read_is_tried_again() -> None:
    slow = Slow()
    kept = Kept[int](2.0, lambda: slow.now)

    def fails() -> int:
        raise OSError

    with pytest.raises(OSError):
        kept.get("a", fails)
    assert kept.get("a", slow) == 1


def test_what_takes_long_to_read_is_kept_longer() -> None:
    slow = Slow()
    kept = Kept[int](2.0, lambda: slow.now, times=20.0)

    def for_half_a_second() -> int:
        slow.now += 0.5
        return slow()

    kept.get("a", for_half_a_second)
    slow.now += 9.9
    assert kept.get("a", slow) == 1
    slow.now += 0.1
    assert kept.get("a", slow) == 2


def test_those_who_come_while_one_reads_get_what_was_read_before() -> None:
    slow = Slow()
    kept = Kept[int](2.0, lambda: slow.now)
    kept.get("a", slow)
    slow.now = 3.0
    assert kept.get("a", lambda: 10 * kept.get("a", slow)) == 10


def test_those_who_come_while_one_reads_for_the_first_time_wait_for_that() -> None:
    slow = Slow()
    kept = Kept[int](2.0, lambda: slow.now)
    begun, go_on = threading.Event(), threading.Event()

    def slowly() -> int:
        begun.set()
        assert go_on.wait(PATIENCE_SECONDS)
        return slow()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(kept.get, "a", slowly)
        assert begun.wait(PATIENCE_SECONDS)
        second = pool.submit(kept.get, "a", slow)
        go_on.set()
    assert (first.result(), second.result(), slow.reads) == (1, 1, 1)
