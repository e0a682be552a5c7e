"""Being told to stop, by SIGTERM or Ctrl-C."""

import signal
import time
from math import inf

_LOOK_SECONDS = 0.1


class StopSignals:
    """Whether this process was told to stop; made in the main thread, before any waiting begins.

    A flag, and no threading.Event: handlers run in the main thread wherever that just is, also within each other.
    One that sets an Event waits without end for its lock where the thread holds it already: about to wait for the
    Event, or in the handler of the signal before, for people press Ctrl-C twice.
    """

    def __init__(self) -> None:
        self.came = False
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._come)

    def _come(self, *_: object) -> None:
        self.came = True

    def sleep(self, seconds: float = inf) -> None:
        """Sleep for so long, or until told to stop."""
        latest = time.monotonic() + seconds
        while not self.came and (left := latest - time.monotonic()) > 0:
            time.sleep(min(left, _LOOK_SECONDS))
