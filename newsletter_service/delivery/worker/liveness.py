"""Which of the other workers are alive: judged by their heartbeats, never by what a clock says."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from newsletter_service.delivery.ledger import workers

SILENT_SECONDS = 15.0
_SURELY_ALIVE_SECONDS = 5.0
_LONGEST_BETWEEN_SECONDS = 5.0
"""The longest time between two readings that counts: a worker that was suspended saw nobody's heartbeat meanwhile."""

log = logging.getLogger(__name__)


@dataclass
class Liveness:
    """Remembers for how long each worker's heartbeat has stood still; kept from run to run.

    Comparing counts needs no clock that two machines share, so one that jumps expires nobody; nor does a database that
    was away for all of them at once.
    """

    steady: Callable[[], float] = time.monotonic
    _read_at: float = float("-inf")
    _still: dict[str, tuple[int, float]] = field(default_factory=dict)
    _moved: set[str] = field(default_factory=set)

    def update(self, beats: Mapping[str, int]) -> None:
        """Takes in the heartbeats of all other workers."""
        now = self.steady()
        passed, self._read_at = min(now - self._read_at, _LONGEST_BETWEEN_SECONDS), now
        before, self._still = self._still, {}
        for worker, count in beats.items():
            known, seconds = before.get(worker, (None, 0.0))
            self._still[worker] = count, seconds + passed if known == count else 0.0
            if known not in (None, count):
                self._moved.add(worker)
        self._moved &= beats.keys()

    def silent(self) -> dict[str, int]:
        """The workers whose heartbeat has stood still for too long, with the count it stands at."""
        return {one: count for one, (count, seconds) in self._still.items() if seconds > SILENT_SECONDS}

    def alive(self, worker: str) -> bool:
        """Whether a worker's heartbeat was seen to move, and not long ago."""
        _count, seconds = self._still.get(worker, (0, float("inf")))
        return worker in self._moved and seconds < _SURELY_ALIVE_SECONDS


def expire_silent_workers(
    connection: Connection, liveness: Liveness, now: datetime, worker: str = "", *, hold: bool
) -> int:
    """Frees the rows of workers other than `worker` whose heartbeat stands still; returns their number."""
    liveness.update({one: beats for one, beats in workers.beats(connection).items() if one != worker})
    freed = 0
    for silent, beats in liveness.silent().items():
        rows = workers.expire_worker(connection, silent, beats, now, hold=hold)
        log.warning("worker %s expired, its heartbeat stands still; rows freed: %d", silent[:8], rows)
        freed += rows
    # Rows of a worker that expired while a statement of its own was running, which expiring it could not see.
    return freed + workers.free_rows_of(connection, None, now, hold=hold)
