"""Keeping for a moment what is slow to read, so that many who look on cost the database what one does."""

import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """Values by key, each kept for so many seconds after it was read; `clock` is steady, in seconds."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._values: dict[Hashable, tuple[float, Value]] = {}

    def get(self, key: Hashable, read: Callable[[], Value]) -> Value:
        """The value of `key`, read anew if it is too old."""
        found = self._values.get(key)
        if found is not None and self._clock() < found[0]:
            return found[1]
        value = read()
        now = self._clock()
        self._values = {other: one for other, one in self._values.items() if now < one[0]}
        self._values[key] = now + self._seconds, value
        return value
