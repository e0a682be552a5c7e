"""Waiting for what others do: as long as the slowest machine needs, and not a moment longer than it takes."""

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE_SECONDS = 180.0
"""No test is about these: whoever waits for so long would wait for ever."""
_LOOK_SECONDS = 0.01
_now = time.monotonic  # the machine's own, whatever a test makes of it later

T = TypeVar("T")


def comes_true(look: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> bool:
    """Wait until something is true, at most so many seconds; whether it is."""
    latest = _now() + seconds
    while not (true := look()) and _now() < latest:
        time.sleep(_LOOK_SECONDS)
    return bool(true)


def until(look: Callable[[], T], explain: Callable[[], object] = lambda: "it did not come") -> T:
    """Wait until something is true, and give it; AssertionError if it never is."""
    latest = _now() + PATIENCE_SECONDS
    while not (found := look()):
        assert _now() < latest, explain()
        time.sleep(_LOOK_SECONDS)
    return found
