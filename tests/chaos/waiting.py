"""Waiting for what other processes do."""

import time
from collections.abc import Callable

_LOOK_SECONDS = 0.02


def comes_true(look: Callable[[], bool], seconds: float) -> bool:
    """Wait until something is true, at most so many seconds; whether it is."""
    latest = time.monotonic() + seconds
    while not (true := look()) and time.monotonic() < latest:
        time.sleep(_LOOK_SECONDS)
    return true


def until(look: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something is true; AssertionError if that takes longer."""
    assert comes_true(look, seconds)
