"""When a letter that was put off is tried again, and when it is given up."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter_service.delivery.rules import (
    EDITION_GIVE_UP,
    FEWEST_ATTEMPTS,
    NOTICE_GIVE_UP,
    SOON,
    DeliveryState,
    Settlement,
    Verdict,
    retry_after,
    settlement,
)

BEGIN = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
WAITS = [5, 30, 60, 120, 120, 120]
"""Minutes after the first, second, ... attempt; it stays with the last."""
CHANCE = st.floats(0, 1, exclude_max=True)
CHANCES = st.lists(CHANCE, min_size=1, max_size=40)
PATIENCE = pytest.mark.parametrize(
    ("patience", "hours"),
    [(EDITION_GIVE_UP, 48), (NOTICE_GIVE_UP, 24)],
    ids=["an edition", "a confirmation mail"],
)


def put_off(attempts: int, now: datetime, patience: timedelta, chance: float) -> Settlement:
    return settlement(Verdict.DEFER, attempts, BEGIN + patience, now, chance)


def deferred_to_the_end(patience: timedelta, chances: Sequence[float]) -> list[datetime]:
    """When a letter is tried that nobody ever takes, if a sender comes as soon as it may."""
    tried = [BEGIN]
    while True:
        settled = put_off(len(tried) - 1, tried[-1], patience, chances[len(tried) % len(chances)])
        assert settled.counts
        if settled.state is DeliveryState.FAILED:
            assert settled.next_attempt_at is None
            return tried
        assert settled.state is DeliveryState.DEFERRED
        assert settled.next_attempt_at is not None
        tried.append(settled.next_attempt_at)


@pytest.mark.parametrize(("attempts", "minutes"), [*enumerate(WAITS, 1), (25, 120)])
def test_the_waits_grow_to_two_hours(attempts: int, minutes: int) -> None:
    assert retry_after(attempts, 0.5) == timedelta(minutes=minutes)
    assert retry_after(attempts, 0.0) == timedelta(minutes=0.8 * minutes)
    assert retry_after(attempts, 0.75) == timedelta(minutes=1.1 * minutes)


@given(st.integers(1, 60), CHANCE)
def test_waits_are_spread_by_a_fifth_at_most(attempts: int, chance: float) -> None:
    middle = timedelta(minutes=WAITS[min(attempts, len(WAITS)) - 1])
    assert 0.8 * middle <= retry_after(attempts, chance) <= 1.2 * middle


@PATIENCE
@given(chances=CHANCES)
def test_a_letter_that_nobody_takes_is_given_up_when_its_time_is_up_and_not_before(
    patience: timedelta, hours: int, chances: list[float]
) -> None:
    tried = deferred_to_the_end(patience, chances)
    assert tried[-1] - BEGIN == timedelta(hours=hours)
    waits = [later - earlier for earlier, later in pairwise(tried)]
    for number, wait in enumerate(waits[:-1]):
        middle = timedelta(minutes=WAITS[min(number, len(WAITS) - 1)])
        assert 0.8 * middle <= wait <= 1.2 * middle
    assert waits[-1] <= timedelta(hours=2.4)


@PATIENCE
def test_it_is_tried_about_so_often(patience: timedelta, hours: int) -> None:
    assert len(deferred_to_the_end(patience, [0.5])) == {48: 28, 24: 16}[hours]


@given(st.integers(0, 100), st.integers(1, 10_000), CHANCE)
def test_a_letter_whose_time_passed_while_it_was_held_still_gets_its_chances(
    attempts: int, minutes_late: int, chance: float
) -> None:
    now = BEGIN + EDITION_GIVE_UP + timedelta(minutes=minutes_late)
    settled = put_off(attempts, now, EDITION_GIVE_UP, chance)
    if attempts + 1 >= FEWEST_ATTEMPTS:
        assert settled == Settlement(DeliveryState.FAILED, counts=True)
    else:
        assert settled == Settlement(DeliveryState.DEFERRED, True, now + retry_after(attempts + 1, chance))


@pytest.mark.parametrize("verdict", [Verdict.REQUEUE, Verdict.UNREACHABLE, Verdict.PAUSE])
@pytest.mark.parametrize(("attempts", "state"), [(0, DeliveryState.READY), (3, DeliveryState.DEFERRED)])
def test_what_is_not_the_letters_own_trouble_costs_no_attempt(
    verdict: Verdict, attempts: int, state: DeliveryState
) -> None:
    settled = settlement(verdict, attempts, BEGIN + EDITION_GIVE_UP, BEGIN, 0.5)
    assert settled == Settlement(state, counts=False, next_attempt_at=BEGIN + SOON)


@pytest.mark.parametrize(
    ("verdict", "state"), [(Verdict.SENT, DeliveryState.SENT), (Verdict.FAIL, DeliveryState.FAILED)]
)
def test_a_final_answer_ends_it(verdict: Verdict, state: DeliveryState) -> None:
    assert settlement(verdict, 0, BEGIN, BEGIN, 0.5) == Settlement(state, counts=True)


@pytest.mark.parametrize(("hold", "again"), [(True, None), (False, BEGIN + timedelta(minutes=5))])
def test_an_unknown_outcome_is_tried_again_or_left_to_a_person(hold: bool, again: datetime | None) -> None:
    settled = settlement(Verdict.UNCERTAIN, 0, BEGIN + EDITION_GIVE_UP, BEGIN, 0.5, hold=hold)
    assert settled == Settlement(DeliveryState.UNCERTAIN, counts=True, next_attempt_at=again)
