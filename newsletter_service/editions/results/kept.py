"""Keeping for a moment what is slow to read, so that many who look on cost the database what one does."""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True)
class _Read(Generic[Value]):
    value: Value
    until: float
    kept_for: float


class Kept(Generic[Value]):
    """Values by key, each kept after it was read: so many seconds, or `times` as long as reading it took.

    Only one thread reads at a time; those who come meanwhile get what was read before, if that is not long ago, and
    else wait. `clock` is steady, in seconds.
    """

    def __init__(
        self, seconds: float, clock: Callable[[], float] = time.monotonic, *, times: float = 0.0
    ) -> None:
        self._seconds, self._times = seconds, times
        self._clock = clock
        self._values: dict[Hashable, _Read[Value]] = {}
        self._reading = Lock()

    def get(self, key: Hashable, read: Callable[[], Value]) -> Value:
        """The value of `key`, read again if it is too old."""
        found = self._values.get(key)
        if found is not None and self._clock() < found.until:
            return found.value
        if found is not None and self._clock() < found.until + found.kept_for and self._reading.locked():
            return found.value
        with self._reading:
            return self._read_since(found, key, read)

    def _read_since(self, known: _Read[Value] | None, key: Hashable, read: Callable[[], Value]) -> Value:
        """What another thread read while this one waited, or else what is read now."""
        found = self._values.get(key)
        if found is not None and found is not known:
            return found.value
        began = self._clock()
        value = read()
        now = self._clock()
        kept_for = max(self._seconds, self._times * (now - began))
        others = {other: one for other, one in self._values.items() if now < one.until}
        self._values = others | {key: _Read(value, now + kept_for, kept_for)}
        return value
