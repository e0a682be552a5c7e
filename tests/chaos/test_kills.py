"""What `make chaos` does at length: senders, scheduler and database die in the middle of an edition."""

import pytest

from tests.chaos.blame import Victim
from tests.chaos.kills import EXCUSED_FAR, run
from tests.chaos.plans import Deed, Plan, Step
from tests.chaos.waiting import PATIENCE_SECONDS

LETTERS = 2500
LETTERS_BETWEEN = 150

DEEDS = {
    "sqlite": [Deed.KILL_SENDER, Deed.KILL_SCHEDULER, Deed.KILL_AT_START, Deed.KILL_TWO],
    "postgresql": [Deed.KILL_SENDER, Deed.CRASH_DATABASE, Deed.KILL_SCHEDULER, Deed.KILL_TWO],
}
VICTIMS = {
    "sqlite": [Victim.SENDER, Victim.SCHEDULER, *[Victim.SENDER] * 3],
    "postgresql": [Victim.SENDER, Victim.DATABASE, Victim.SCHEDULER, *[Victim.SENDER] * 2],
}


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_every_reader_gets_the_edition_whoever_is_killed_while_it_goes_out(name: str) -> None:
    steps = tuple(
        Step(deed, number * LETTERS_BETWEEN, PATIENCE_SECONDS) for number, deed in enumerate(DEEDS[name], 1)
    )
    outcome = run(Plan(name, LETTERS, seed=3, steps=steps), print, EXCUSED_FAR)
    assert [kill.victim for kill in outcome.kills] == VICTIMS[name]
    assert all(0 < kill.accepted < LETTERS for kill in outcome.kills)
    assert outcome.trouble == ()
    assert outcome.unaccounted == ()
    assert outcome.account.missed == 0
    assert outcome.account.repeated <= outcome.allowed
