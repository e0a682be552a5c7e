"""A sender's beat: once a second it shows that it is alive, counts what went out, and looks at the clock."""

import logging
import time
from datetime import datetime

BEAT_SECONDS = 1.0
_NEWEST_BEAT_COUNTS = 0.3
_CLOCK_JUMP_SECONDS = 10.0

log = logging.getLogger(__name__)


class Heartbeat:
    """When the last beat was (steady seconds), and at what `pace` (letters a second, smoothed) letters go out."""

    def __init__(self) -> None:
        self.last = float("-inf")
        self.pace = 0.0
        self._since = 0
        self._clock_at: tuple[datetime, float] | None = None

    @property
    def lately(self) -> float:
        """Letters a second, as soon as there is anything to say."""
        return max(self.pace, self._since / BEAT_SECONDS)

    def wait(self, now: float) -> float:
        """Seconds until the next beat; negative if that is late."""
        return self.last + BEAT_SECONDS - now

    def skip(self) -> None:
        """Have the next beat come at once."""
        self.last = float("-inf")

    def went_out(self, letters: int) -> None:
        """So many letters were settled."""
        self._since += letters

    def beat(self, clock: datetime) -> None:
        """One more, when the clock says so."""
        now = time.monotonic()
        latest = self._since / max(now - self.last, BEAT_SECONDS)
        self.pace += (latest - self.pace) * _NEWEST_BEAT_COUNTS
        self.last, self._since = now, 0
        self._mind_clock(clock)

    def _mind_clock(self, clock: datetime) -> None:
        """Say it when the clock was set: what is due when follows the clock, who is alive does not."""
        if self._clock_at is not None:
            then, steady_then = self._clock_at
            jumped = (clock - then).total_seconds() - (self.last - steady_then)
            if abs(jumped) > _CLOCK_JUMP_SECONDS:
                log.warning("the clock jumped by %+.0f s; sending goes on by the new time", jumped)
        self._clock_at = clock, self.last
