"""Which kill is to blame for a letter that came twice, and which kill for more of them than it may.

An answer that a process knows is not lost while it lives. So what comes twice was sent first by a process that was
killed before the second copy; or else, at most, a database server crashed between the two.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tests.chaos.books import Repeat


class Victim(StrEnum):
    """What was killed."""

    SENDER = "sender"
    SCHEDULER = "scheduler"
    DATABASE = "database"


@dataclass(frozen=True)
class Kill:
    """One process killed at a steady moment, or a database server that was `back` at another.

    `door` is where the process brought its letters to, `accepted` how many had come from all of them until then,
    `excuses` how many may come twice for it.
    """

    victim: Victim
    at: float
    accepted: int
    excuses: int
    door: str = ""
    back: float = 0.0

    def explains(self, repeat: Repeat) -> bool:
        """Whether the second copy may be due to it."""
        if repeat.second.at < self.at:
            return False
        if self.victim is Victim.DATABASE:
            return repeat.first.at <= self.back
        return repeat.first.door == self.door


@dataclass(frozen=True)
class Blame:
    """How many repeated letters each kill is charged with, and those of which none of them can be the cause."""

    charged: Counter[Kill]
    unexcused: list[Repeat]

    @property
    def problems(self) -> list[str]:
        """A line for each kill that repeated more than it may, and for each letter that came twice without one."""
        return [
            f"the {kill.victim} killed after {kill.accepted} letters had {letters} of them come twice,"
            f" which excuses {kill.excuses}"
            for kill, letters in self.charged.items()
            if letters > kill.excuses
        ] + [f"no kill explains that {one.reader} got {one.first} and {one.second}" for one in self.unexcused]


def blame(repeats: Iterable[Repeat], kills: Sequence[Kill]) -> Blame:
    """Charge each repeat to the kill of the process that sent its first copy, or else to a crash between the copies."""
    processes_first = sorted(kills, key=lambda kill: (kill.victim is Victim.DATABASE, -kill.at))
    charged: Counter[Kill] = Counter()
    unexcused = []
    for repeat in repeats:
        cause = next((kill for kill in processes_first if kill.explains(repeat)), None)
        if cause is None:
            unexcused.append(repeat)
        else:
            charged[cause] += 1
    return Blame(charged, unexcused)
