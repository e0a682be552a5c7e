"""A worker's heartbeat: once a second it shows that it is alive and how fast it is, and looks at the clock."""

import logging
import os
import secrets
import socket
import time
from datetime import datetime

from sqlalchemy import Connection

from newsletter_service.delivery.ledger import workers

BEAT_SECONDS = 1.0
_NEWEST_BEAT_COUNTS = 0.3
_CLOCK_JUMP_SECONDS = 10.0

log = logging.getLogger(__name__)


class Heartbeat:
    """The name that this worker is registered under, when its last beat was, and its smoothed letters a second."""

    def __init__(self) -> None:
        self.worker = ""
        self.last = float("-inf")
        self._pace = 0.0
        self._settled = 0
        self._clock_at: tuple[datetime, float] | None = None

    @property
    def pace(self) -> float:
        """Letters a second, also before the first beat."""
        return max(self._pace, self._settled / BEAT_SECONDS)

    def wait(self, now: float) -> float:
        """Seconds until the next beat is due; negative if it is late."""
        return self.last + BEAT_SECONDS - now

    def make_due(self) -> None:
        """Makes the next beat due now."""
        self.last = float("-inf")

    def count(self, letters: int) -> None:
        """Takes in that so many letters were settled."""
        self._settled += letters

    def beat(self, connection: Connection, clock: datetime) -> bool:
        """Shows that this worker is alive; returns whether the others had expired it, so that it has a new name."""
        now = time.monotonic()
        latest = self._settled / max(now - self.last, BEAT_SECONDS)
        self._pace += (latest - self._pace) * _NEWEST_BEAT_COUNTS
        self.last, self._settled = now, 0
        self._check_clock(clock)
        if self.worker and workers.beat(connection, self.worker, round(self._pace), clock):
            return False
        expired = bool(self.worker)
        if expired:
            log.warning("the other workers expired this one; it goes on under a new name")
        self.worker = secrets.token_hex(16)
        workers.register(connection, self.worker, socket.gethostname(), os.getpid(), clock)
        return expired

    def _check_clock(self, clock: datetime) -> None:
        """Logs that the clock was set: it decides what is due, but not who is alive."""
        if self._clock_at is not None:
            then, steady_then = self._clock_at
            jumped = (clock - then).total_seconds() - (self.last - steady_then)
            if abs(jumped) > _CLOCK_JUMP_SECONDS:
                log.warning("the clock jumped by %+.0f s; sending goes on by the new time", jumped)
        self._clock_at = clock, self.last
