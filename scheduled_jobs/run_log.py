"""What jobs did last, in memory until it is noted in the database: some run every second."""

import threading
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from newsletter_service.health.service import Noted
from newsletter_service.operations.logs import without_addresses


class RunLog:
    """Any thread may call it. What was taken and could not be written down is put back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runs: dict[str, Noted] = {}
        self._changed: set[str] = set()

    def began(self, name: str, every_seconds: int, now: datetime) -> None:
        """A job begins."""
        with self._lock:
            before = self._runs.get(name) or Noted(name, every_seconds, now, None, None, "")
            self._runs[name] = replace(before, began_at=now)
            self._changed.add(name)

    def ended(self, name: str, now: datetime, error: str = "") -> None:
        """A job ended; `error` is why not well."""
        with self._lock:
            run = self._runs[name]
            since = (run.failing_since or now) if error else None
            self._runs[name] = replace(run, ended_at=now, failing_since=since, error=without_addresses(error))
            self._changed.add(name)

    def take(self) -> list[Noted]:
        """Returns what is not noted yet."""
        with self._lock:
            taken = [self._runs[name] for name in sorted(self._changed)]
            self._changed.clear()
        return taken

    def put_back(self, runs: Iterable[Noted]) -> None:
        """Takes back what could not be noted."""
        with self._lock:
            self._changed.update(run.name for run in runs)


run_log = RunLog()
"""Of this process."""
