"""Which of the other senders are still alive: told by what they do, never by what a clock says."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

SILENT_SECONDS = 15.0
_SURELY_ALIVE_SECONDS = 5.0
_LONGEST_BETWEEN_SECONDS = 5.0
"""What passes between two roll calls counts for no more: whoever was away, or asleep, heard nobody meanwhile."""


@dataclass
class Liveness:
    """Remembers for how long each sender's beats were heard not to grow; kept from run to run.

    Comparing beats needs no clock that two machines share: one that jumps kills nobody. Nor does a database that
    was away for all of them at once.
    """

    steady: Callable[[], float] = time.monotonic
    _heard_at: float = float("-inf")
    _silent: dict[str, tuple[int, float]] = field(default_factory=dict)
    _moved: set[str] = field(default_factory=set)

    def hear(self, beats: Mapping[str, int]) -> None:
        """Take in the beats of all senders there are."""
        now = self.steady()
        passed, self._heard_at = min(now - self._heard_at, _LONGEST_BETWEEN_SECONDS), now
        before, self._silent = self._silent, {}
        for sender, count in beats.items():
            known, seconds = before.get(sender, (None, 0.0))
            self._silent[sender] = count, seconds + passed if known == count else 0.0
            if known not in (None, count):
                self._moved.add(sender)
        self._moved &= beats.keys()

    def silent(self) -> dict[str, int]:
        """Those that have stood still for too long, with the beats they stand at."""
        return {one: count for one, (count, seconds) in self._silent.items() if seconds > SILENT_SECONDS}

    def alive(self, sender: str) -> bool:
        """Whether a sender was heard moving, and not long ago."""
        _count, seconds = self._silent.get(sender, (0, float("inf")))
        return sender in self._moved and seconds < _SURELY_ALIVE_SECONDS
