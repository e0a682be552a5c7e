"""What is away for hours takes a few lines of the log, not thousands."""

import logging
import threading
import time
from collections.abc import Callable

_FIRST_REMINDER_SECONDS = 60.0
_LONGEST_BETWEEN_SECONDS = 3600.0


class Outage:
    """One thing that may be away: a line when that begins, ever rarer ones while it lasts, and one when it is over.

    Any thread may call it; `steady` counts seconds.
    """

    def __init__(self, log: logging.Logger, what: str, steady: Callable[[], float] = time.monotonic) -> None:
        self._log, self._what, self._steady = log, what, steady
        self._lock = threading.Lock()
        self._began: float | None = None
        self._next, self._pause, self._times = 0.0, _FIRST_REMINDER_SECONDS, 0
        self._words = ""

    @property
    def words(self) -> str:
        """How it last showed that it is away; empty while all is well."""
        return self._words if self._began is not None else ""

    def note(self, words: str, *, error: BaseException | None = None) -> None:
        """It is away, or still is; `words` says how that showed. A traceback of `error` goes with the first line."""
        with self._lock:
            now, self._words = self._steady(), words
            if self._began is None:
                self._began, self._next, self._pause = (
                    now,
                    now + _FIRST_REMINDER_SECONDS,
                    _FIRST_REMINDER_SECONDS,
                )
                self._times = 1
                self._log.error("%s: %s", self._what, words, exc_info=error)
                return
            self._times += 1
            if now >= self._next:
                self._pause = min(2 * self._pause, _LONGEST_BETWEEN_SECONDS)
                self._next = now + self._pause
                lasted = _duration(now - self._began)
                self._log.error("%s, for %s by now, %d times: %s", self._what, lasted, self._times, words)

    def over(self) -> None:
        """All is well; said only if it was not."""
        if self._began is None:
            return
        with self._lock:
            began, self._began = self._began, None
        if began is not None:
            self._log.warning("over after %s: %s", _duration(self._steady() - began), self._what)


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"
