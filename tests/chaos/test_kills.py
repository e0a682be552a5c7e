"""What `make chaos` does at length: senders, scheduler and database die in the middle of an edition."""

import pytest

from tests.chaos.kills import Plan, run


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_every_reader_gets_the_edition_whoever_is_killed_while_it_goes_out(name: str) -> None:
    outcome = run(Plan(name, kills=4, letters=1500, seed=3), print)
    assert outcome.trouble == ()
    assert outcome.account.unexplained == ()
    assert outcome.account.missed == 0
    assert outcome.account.repeated <= outcome.allowed
