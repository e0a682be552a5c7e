from dataclasses import replace

import pytest

from benchmarks.fairness import Outcome, fairness, simulated
from newsletter_service.editions.composing.rules import ahead_after, compose
from tests.editions.unit.test_composing import NORTH, NOW, SOUTH, TERMS, inside, item


@pytest.mark.parametrize("seed", range(3))
def test_shares_stay_within_one_item_of_half_over_four_editions_and_the_lead_alternates(seed: int) -> None:
    found = fairness(simulated(100, seed))
    assert found.editions == 100
    assert found.furthest <= 1
    assert found.repeated_leads == 0


def test_unfairness_is_seen_for_what_it_is() -> None:
    both = frozenset({NORTH, SOUTH})
    found = fairness(Outcome(3, 2, NORTH, both) for _edition in range(4))
    assert (found.furthest, found.repeated_leads) == (2, 3)


def test_who_got_a_place_more_where_both_had_items_waits_at_the_next_tie() -> None:
    queue = [item(1), item(2), item(3, SOUTH), item(4, SOUTH)]
    terms = replace(TERMS, limit=1)
    first = compose(queue, terms, (), {}, NOW)
    assert inside(first) == [1]
    ahead = ahead_after(terms, queue, first)
    assert ahead == {NORTH}
    second = compose(queue[1:], replace(terms, ahead=ahead), (), {}, NOW)
    assert inside(second) == [3]
    assert ahead_after(replace(terms, ahead=ahead), queue[1:], second) == frozenset()


def test_places_that_only_one_organisation_had_items_for_cost_it_nothing_later() -> None:
    queue = [item(1), item(2), item(3), item(4, SOUTH)]
    decisions = compose(queue, TERMS, (), {}, NOW)
    assert len(inside(decisions)) == 4
    assert ahead_after(TERMS, queue, decisions) == frozenset()


def test_the_featured_item_is_of_another_organisation_than_the_last_where_there_is_one() -> None:
    queue = [item(1, priority=2), item(2, SOUTH)]
    leads = [inside(compose(queue, replace(TERMS, led=led), (), {}, NOW))[0] for led in (None, NORTH, SOUTH)]
    assert leads == [1, 2, 1]
    assert inside(compose(queue[:1], replace(TERMS, led=NORTH), (), {}, NOW)) == [1]
