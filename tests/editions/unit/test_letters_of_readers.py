from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter_service.audience.rules import ItemView
from newsletter_service.editions.composing.room import Group, groups_of
from newsletter_service.editions.composing.rules import PATIENCE, Candidate, Decision, ahead_after, compose
from newsletter_service.editions.letter_rules import Ranked, in_full
from newsletter_service.editions.letter_sizes import Meagre, Sizes, letter_sizes
from newsletter_service.editions.readers import Kind
from newsletter_service.editions.rules import Reason
from tests.editions.unit.test_composing import (
    FORTNIGHT,
    NORTH,
    NOW,
    SENDS,
    SOUTH,
    TERMS,
    inside,
    item,
    queues,
)

POLICE, MAYORS = 1, 2


def decide(queue: Sequence[Candidate], readers: Mapping[str, int], limit: int = 4) -> list[Decision]:
    """What is decided for readers of whom so many may see the items whose numbers are written out: {"12": 30}."""
    groups = groups_of((tuple(map(int, seen)), number) for seen, number in readers.items())
    return compose(queue, replace(TERMS, limit=limit, readers=groups), (), {}, NOW)


def test_the_limit_counts_what_one_reader_gets_and_the_edition_holds_more() -> None:
    queue = [item(1), item(2, SOUTH), item(3), item(4, SOUTH)]
    assert sorted(inside(decide(queue, {"12": 50, "34": 50}, limit=2))) == [1, 2, 3, 4]


def test_an_item_waits_while_most_of_its_readers_have_full_letters_and_says_how_many_and_until_when() -> None:
    decisions = decide([item(1), item(2, SOUTH), item(3)], {"123": 60, "3": 1, "13": 3}, limit=2)
    assert inside(decisions) == [1, 2]
    assert decisions[-1] == Decision(
        3,
        None,
        Reason.NO_ROOM,
        {
            "limit": 2,
            "due": False,
            "until": TERMS.next_sends_at.isoformat(),
            "readers": 64,
            "full": 60,
        },
    )


def test_an_item_goes_along_sooner_where_a_tenth_of_its_readers_would_get_little() -> None:
    queue = [item(1), item(2, SOUTH), item(3), item(4, SOUTH), item(5)]
    decisions = decide(queue, {"12345": 90, "15": 10})
    assert sorted(inside(decisions)) == [1, 2, 3, 4, 5]
    assert next(one for one in decisions if one.item_id == 5).detail == {"readers": 10, "few": 1}
    assert Reason.NO_ROOM in {one.reason for one in decide(queue, {"12345": 91, "15": 10})}


def test_an_item_that_nobody_may_see_needs_a_place_among_as_many_as_the_limit() -> None:
    queue = [item(number) for number in (1, 2, 3)]
    assert inside(decide(queue, {"1": 5}, limit=2)) == [1, 2]


def test_a_full_letter_shows_the_best_ranked_with_both_organisations_within_one() -> None:
    ranked = [Ranked(1, NORTH), Ranked(2, NORTH), Ranked(3, NORTH), Ranked(4, SOUTH), Ranked(5, SOUTH)]
    assert in_full(ranked, 3) == {1, 2, 4}
    assert in_full(ranked, 5) == {1, 2, 3, 4, 5}


def test_what_stands_nowhere_else_is_in_full_in_any_letter() -> None:
    ranked = [Ranked(1, NORTH), Ranked(2, SOUTH), Ranked(3, NORTH, always=True), Ranked(4, None, always=True)]
    assert in_full(ranked, 3) == {2, 3, 4}
    assert in_full(ranked, 1) == {3, 4}


letters = st.lists(st.tuples(st.sampled_from([NORTH, SOUTH, None]), st.booleans()), max_size=14)


@given(letters, st.integers(1, 9))
def test_a_letter_is_full_before_anything_is_a_line_and_in_balance_while_both_have_something(
    of: list[tuple[int | None, bool]], limit: int
) -> None:
    ranked = [Ranked(number, organisation) for number, (organisation, _always) in enumerate(of)]
    shown = in_full(ranked, limit)
    assert len(shown) == min(limit, len(ranked))
    counts = Counter(one.organisation for one in ranked if one.id in shown)
    left = {one.organisation for one in ranked if one.id not in shown}
    for behind, ahead in ((NORTH, SOUTH), (SOUTH, NORTH)):
        if behind in left:
            assert counts[ahead] - counts[behind] <= 1


@st.composite
def readerships(draw: st.DrawFn) -> list[Group]:
    seen = st.frozensets(st.integers(1, 14), min_size=1)
    sizes = draw(st.dictionaries(seen, st.integers(1, 50), max_size=6))
    return [Group(items, readers) for items, readers in sizes.items()]


@given(queues(), readerships(), st.integers(1, 5), st.randoms(use_true_random=False))
def test_the_same_readers_make_the_same_edition_in_whatever_order_they_come(
    queue: list[Candidate], readers: list[Group], limit: int, chance: Any
) -> None:
    terms = replace(TERMS, limit=limit, readers=tuple(readers))
    turned = replace(terms, readers=tuple(chance.sample(readers, len(readers))))
    shuffled = chance.sample(queue, len(queue))
    assert compose(queue, terms, (), {}, NOW) == compose(shuffled, turned, (), {}, NOW)


@given(queues(), readerships(), st.integers(1, 5))
def test_whoever_waits_for_room_finds_most_letters_full_and_hardly_any_thin(
    queue: list[Candidate], readers: list[Group], limit: int
) -> None:
    decisions = compose(queue, replace(TERMS, limit=limit, readers=tuple(readers)), (), {}, NOW)
    chosen = set(inside(decisions))
    for decision in decisions:
        mine = [group for group in readers if decision.item_id in group.visible]
        if decision.reason is Reason.NO_ROOM and mine:
            everybody = sum(group.readers for group in mine)
            full = sum(group.readers for group in mine if len(group.visible & chosen) >= limit)
            thin = sum(group.readers for group in mine if 2 * len(group.visible & chosen) < limit)
            assert 2 * full > everybody
            assert 10 * thin < everybody


@settings(max_examples=40)
@given(queues(), readerships(), st.integers(1, 3))
def test_nothing_starves_whatever_readers_may_see(
    backlog: list[Candidate], readers: list[Group], limit: int
) -> None:
    """Urgent news for everybody fills all letters each time, and still all that was there first goes out."""
    waiting = [replace(one, not_before=None, expires_at=None, starts_at=None) for one in backlog]
    backlogged = {one.id for one in waiting}
    terms = replace(TERMS, limit=limit)
    for edition in range(2 * (len(waiting) + PATIENCE + 1)):
        news = [100 + edition * 10 + number for number in range(2 * limit)]
        queued = terms.sends_at - timedelta(days=1)
        waiting += [
            Candidate(
                number, NORTH if number % 2 else SOUTH, False, "news", 2, queued, None, terms.next_sends_at
            )
            for number in news
        ]
        groups = tuple(replace(group, visible=group.visible | set(news)) for group in readers)
        decisions = compose(waiting, replace(terms, readers=groups), (), {}, queued)
        left = {one.item_id: one.reason is Reason.NO_ROOM for one in decisions if one.position is None}
        backlogged &= left.keys()
        terms = replace(terms, ahead=ahead_after(terms, waiting, decisions))
        waiting = [
            replace(one, passed_over=one.passed_over + left[one.id]) for one in waiting if one.id in left
        ]
        terms = replace(terms, sends_at=terms.next_sends_at, next_sends_at=terms.next_sends_at + FORTNIGHT)
    assert not backlogged


def test_the_sizes_of_letters_are_told_by_segment_and_next_to_nothing_by_name() -> None:
    kinds = {
        Kind(((POLICE, True),), (), None): 6,
        Kind(((POLICE, True), (MAYORS, False)), (), None): 1,
        Kind((), (), None): 2,
        Kind((), (), SENDS + timedelta(days=1)): 40,
    }
    shown = [ItemView(1), ItemView(2, frozenset({POLICE})), ItemView(3, frozenset({MAYORS}))]
    ranks = [Ranked(1, NORTH), Ranked(3, SOUTH), Ranked(2, NORTH)]
    found = letter_sizes(kinds, shown, ranks, 2, [ItemView(4), ItemView(5, frozenset({MAYORS}))], SENDS)
    assert found.all == Sizes(readers=9, fewest=1, median=2, most=3, most_in_full=2)
    assert found.by_segment == {
        POLICE: Sizes(7, 2, 2, 3, 2),
        MAYORS: Sizes(1, 3, 3, 3, 2),
        None: Sizes(2, 1, 1, 1, 1),
    }
    assert found.as_line == {2: 1}
    assert found.meagre == (Meagre((), 2, (4,)),)


def test_without_readers_there_are_no_sizes() -> None:
    assert letter_sizes({}, [ItemView(1)], [Ranked(1, NORTH)], 2, [], SENDS).all is None
