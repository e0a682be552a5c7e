"""What is to be killed when: a list, written by a test or drawn by lot."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from random import Random

LONGEST_BETWEEN_SECONDS = 10.0


class Deed(StrEnum):
    """What somebody who pulls plugs can do."""

    KILL_SENDER = "kill_sender"
    KILL_TWO = "kill_two"
    KILL_SCHEDULER = "kill_scheduler"
    KILL_AT_START = "kill_at_start"
    CRASH_DATABASE = "crash_database"


_WEIGHTS = {
    Deed.KILL_SENDER: 4,
    Deed.KILL_TWO: 1,
    Deed.KILL_SCHEDULER: 2,
    Deed.KILL_AT_START: 1,
    Deed.CRASH_DATABASE: 3,
}
"""How often each is drawn beside the others; only a database with a server is crashed."""


@dataclass(frozen=True)
class Step:
    """A deed, once so many letters were accepted in all, or so many seconds after the one before."""

    deed: Deed
    letters: int
    seconds: float


@dataclass(frozen=True)
class Plan:
    """On which database how much is sent, and what is done meanwhile; with the same `seed` in the same way."""

    database: str
    letters: int
    seed: int
    steps: tuple[Step, ...]

    @property
    def kills(self) -> int:
        """How many deeds there are; one of them can kill two."""
        return len(self.steps)


def random_plan(database: str, kills: int, letters: int, seed: int) -> Plan:
    """So many deeds, scattered over the whole edition; some fall close together, or where nothing moves."""
    return Plan(database, letters, seed, tuple(_random_steps(database, kills, letters, seed)))


def _random_steps(database: str, kills: int, letters: int, seed: int) -> Iterator[Step]:
    random = Random(f"{seed} {database}")
    deeds = [deed for deed in Deed if deed is not Deed.CRASH_DATABASE or database == "postgresql"]
    weights = [_WEIGHTS[deed] for deed in deeds]
    moments = sorted(random.randrange(letters) for _ in range(kills))
    for deed, accepted in zip(random.choices(deeds, weights, k=kills), moments, strict=True):
        yield Step(deed, accepted, random.random() * LONGEST_BETWEEN_SECONDS)
