"""The machine's own steady clock, which a test lets run ahead: nobody wants to wait ten minutes for a timeout."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from unittest.mock import patch

_REAL = time.monotonic


@dataclass
class SteadyClock:
    """What `time.monotonic` says: the real seconds, and all those that were skipped."""

    ahead: float = 0.0

    def __call__(self) -> float:
        return _REAL() + self.ahead

    def skip(self, seconds: float) -> None:
        """Let so many seconds have passed."""
        self.ahead += seconds


@contextmanager
def steady_clock() -> Iterator[SteadyClock]:
    """Python's `time.monotonic`, for the whole process; what waits in the kernel waits as long as ever."""
    clock = SteadyClock()
    with patch.object(time, "monotonic", clock):
        yield clock
