"""Which of the other senders are still alive: told by what they do, never by what a clock says."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

SILENT_SECONDS = 15.0
_SURELY_ALIVE_SECONDS = 5.0


@dataclass
class RollCall:
    """Remembers when each sender's beats were last seen to grow, in steady seconds; kept from run to run.

    Comparing beats needs no clock that two machines share: one that jumps kills nobody.
    """

    steady: Callable[[], float] = time.monotonic
    _seen: dict[str, tuple[int, float]] = field(default_factory=dict)
    _moved: set[str] = field(default_factory=set)

    def hear(self, beats: Mapping[str, int]) -> None:
        """Take in the beats of all senders there are."""
        now = self.steady()
        for sender, count in beats.items():
            before = self._seen.get(sender)
            if before is None or before[0] != count:
                self._seen[sender] = (count, now)
            if before is not None and before[0] != count:
                self._moved.add(sender)
        self._seen = {sender: self._seen[sender] for sender in beats}
        self._moved &= beats.keys()

    def silent(self) -> dict[str, int]:
        """Those that have stood still for too long, with the beats they stand at."""
        late = self.steady() - SILENT_SECONDS
        return {sender: count for sender, (count, since) in self._seen.items() if since < late}

    def alive(self, sender: str) -> bool:
        """Whether a sender was seen moving, and not long ago."""
        _count, since = self._seen.get(sender, (0, float("-inf")))
        return sender in self._moved and self.steady() - since < _SURELY_ALIVE_SECONDS
