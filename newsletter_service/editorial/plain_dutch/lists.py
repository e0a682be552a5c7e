"""Lists of words that the rules go by, as lists.txt has them."""

from functools import cache
from pathlib import Path

_LISTS = Path(__file__).parent / "lists.txt"


@cache
def words_of(name: str) -> frozenset[str]:
    """The words of the list called `name`, which may stand in several lines."""
    lines = (line.partition(": ") for line in _LISTS.read_text("utf-8").splitlines())
    return frozenset(word for named, _, words in lines if named == name for word in words.split())
