import pytest

from newsletter_service.editions.kept import Kept


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
