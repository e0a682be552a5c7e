from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newsletter_service.editions.composing.rules import (
    PATIENCE,
    SECTIONS,
    Candidate,
    Decision,
    Terms,
    ahead_after,
    compose,
    is_due,
    untimely,
)
from newsletter_service.editions.rules import Reason

SENDS = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
NOW = SENDS - timedelta(days=2)
FORTNIGHT = timedelta(days=14)
NORTH, SOUTH = 1, 2
TERMS = Terms(sends_at=SENDS, next_sends_at=SENDS + FORTNIGHT, limit=4, organisations=(NORTH, SOUTH))


def item(number: int, organisation: int = NORTH, **changes: Any) -> Candidate:
    """An ordinary item; the higher its number, the later it was queued."""
    ordinary = Candidate(
        number, organisation, False, "news", 1, NOW - timedelta(days=30) + timedelta(hours=number)
    )
    return replace(ordinary, **changes)


def inside(decisions: Sequence[Decision]) -> list[int]:
    return [decision.item_id for decision in decisions if decision.position is not None]


def reasons(decisions: Sequence[Decision]) -> dict[int, Reason]:
    return {decision.item_id: decision.reason for decision in decisions}


def decide(
    *items: Candidate,
    limit: int = 4,
    alike: Sequence[tuple[int, int]] = (),
    sent: Mapping[int, int] | None = None,
) -> list[Decision]:
    return compose(items, replace(TERMS, limit=limit), alike, sent or {}, NOW)


def test_who_waits_longest_comes_first_and_what_does_not_fit_waits() -> None:
    decisions = decide(item(3), item(1), item(2), limit=2)
    assert inside(decisions) == [1, 2]
    assert reasons(decisions) == {1: Reason.TURN, 2: Reason.TURN, 3: Reason.NO_ROOM}
    assert decisions[0].detail == {"days": 29}


def test_priority_goes_before_waiting() -> None:
    decisions = decide(item(1), item(2, priority=2), item(3, priority=0), limit=1)
    assert reasons(decisions) == {2: Reason.PRIORITY, 1: Reason.NO_ROOM, 3: Reason.NO_ROOM}


@pytest.mark.parametrize("what", ["expires_at", "starts_at"])
def test_an_item_for_which_the_next_edition_is_too_late_goes_before_priority(what: str) -> None:
    def ending(number: int, moment: datetime) -> Candidate:
        changes: dict[str, Any] = {what: moment}
        return item(number, **changes)

    due = ending(9, TERMS.next_sends_at)
    later = ending(8, TERMS.next_sends_at + timedelta(minutes=1))
    decisions = decide(item(1, priority=2), later, due, limit=1)
    assert reasons(decisions) == {9: Reason.DUE, 1: Reason.NO_ROOM, 8: Reason.NO_ROOM}
    assert decisions[0].detail == {"deadline": TERMS.next_sends_at.isoformat()}


def test_an_item_passed_over_twice_goes_before_all_others() -> None:
    decisions = decide(item(1, expires_at=SENDS + timedelta(days=1)), item(9, passed_over=2), limit=1)
    assert reasons(decisions) == {9: Reason.WAITED_LONG, 1: Reason.NO_ROOM}
    assert decisions[0].detail == {"times": 2}
    assert (decisions[1].detail["limit"], decisions[1].detail["due"]) == (1, True)


def test_the_organisations_take_turns_while_both_have_items() -> None:
    decisions = decide(*(item(n) for n in range(1, 7)), item(8, SOUTH), item(9, SOUTH))
    assert sorted(inside(decisions)) == [1, 2, 8, 9]


def test_an_organisation_that_has_no_more_items_holds_nobody_back() -> None:
    decisions = decide(*(item(n) for n in range(1, 7)), item(9, SOUTH))
    assert sorted(inside(decisions)) == [1, 2, 3, 9]


def test_a_joint_item_counts_for_both() -> None:
    decisions = decide(item(1, joint=True), item(2), item(3), item(4, SOUTH, priority=0), limit=3)
    assert sorted(inside(decisions)) == [1, 2, 4]


def test_a_joint_item_is_never_held_back_by_the_balance() -> None:
    decisions = decide(item(1), item(2, joint=True), item(3, SOUTH, priority=0), limit=2)
    assert sorted(inside(decisions)) == [1, 2]


def test_an_organisation_with_only_a_joint_item_left_holds_nobody_back() -> None:
    decisions = decide(item(1), item(2), item(3, SOUTH, joint=True, priority=0), limit=2)
    assert sorted(inside(decisions)) == [1, 2]


def test_what_tells_the_same_as_something_sent_waits_and_says_what_that_is() -> None:
    decisions = decide(item(1), item(2), sent={1: 77})
    assert inside(decisions) == [2]
    assert decisions[-1] == Decision(1, None, Reason.SENT_BEFORE, {"item": 77})


def test_of_two_look_alikes_the_better_ranked_goes_out_and_the_other_says_which() -> None:
    decisions = decide(item(1), item(2, SOUTH), item(3), alike=[(1, 2)])
    assert sorted(inside(decisions)) == [1, 3]
    assert decisions[-1] == Decision(2, None, Reason.LOOK_ALIKE, {"item": 1})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"not_before": SENDS + timedelta(minutes=1)}, Reason.EMBARGOED),
        ({"expires_at": SENDS}, Reason.EXPIRED),
        ({"starts_at": SENDS}, Reason.STARTED),
    ],
)
def test_an_item_whose_moment_it_is_not_stays_out_whatever_its_rank(
    changes: dict[str, Any], reason: Reason
) -> None:
    assert reasons(decide(item(1, priority=2, passed_over=5, **changes))) == {1: reason}


def test_embargo_and_expiry_are_measured_at_the_moment_of_sending() -> None:
    assert inside(decide(item(1, not_before=SENDS, expires_at=SENDS + timedelta(minutes=1)))) == [1]


def test_an_edition_that_is_composed_after_its_time_looks_at_the_clock() -> None:
    late = compose(
        [item(1, expires_at=SENDS + timedelta(hours=1))], TERMS, (), {}, SENDS + timedelta(hours=2)
    )
    assert reasons(late) == {1: Reason.EXPIRED}


def test_readers_get_a_featured_item_and_then_section_by_section_with_events_by_date() -> None:
    tomorrow, later = SENDS + timedelta(days=1), SENDS + timedelta(days=40)
    decisions = decide(
        item(1, kind="call"),
        item(2, kind="event", starts_at=later),
        item(3, kind="publication"),
        item(4, kind="event", starts_at=tomorrow),
        item(5, kind="news"),
        item(6, SOUTH, kind="publication", joint=True, priority=0),
        limit=8,
    )
    assert inside(decisions) == [6, 5, 3, 4, 2, 1]


def test_a_joint_item_of_high_priority_is_featured_before_any_other() -> None:
    decisions = decide(item(1, priority=2), item(2, joint=True), item(3, joint=True, priority=2))
    assert inside(decisions)[0] == 3


def test_without_items_there_is_an_empty_edition() -> None:
    assert decide() == []


moments = st.none() | st.integers(-20, 60).map(lambda days: SENDS + timedelta(days=days))


@st.composite
def queues(draw: st.DrawFn) -> list[Candidate]:
    size = draw(st.integers(0, 14))
    return [
        Candidate(
            id=number,
            organisation=draw(st.sampled_from([NORTH, SOUTH])),
            joint=draw(st.sampled_from([False, False, False, True])),
            kind=draw(st.sampled_from(SECTIONS)),
            priority=draw(st.integers(0, 2)),
            queued_at=NOW - timedelta(days=draw(st.integers(0, 5))),
            not_before=draw(moments),
            expires_at=draw(moments),
            starts_at=draw(moments),
            passed_over=draw(st.integers(0, 4)),
        )
        for number in range(1, size + 1)
    ]


pairs = st.lists(
    st.tuples(st.integers(1, 14), st.integers(1, 14)).filter(lambda pair: pair[0] < pair[1]), max_size=8
)
limits = st.integers(1, 9)


@given(queues(), limits, pairs, st.randoms(use_true_random=False))
def test_the_same_items_make_the_same_edition_in_whatever_order_they_come(
    queue: list[Candidate], limit: int, alike: list[tuple[int, int]], chance: Any
) -> None:
    shuffled, turned = chance.sample(queue, len(queue)), [pair[::-1] for pair in reversed(alike)]
    assert decide(*queue, limit=limit, alike=alike) == decide(*shuffled, limit=limit, alike=turned)


@given(queues(), limits, pairs)
def test_every_item_gets_one_decision_and_positions_have_no_gaps(
    queue: list[Candidate], limit: int, alike: list[tuple[int, int]]
) -> None:
    decisions = decide(*queue, limit=limit, alike=alike)
    assert sorted(decision.item_id for decision in decisions) == [candidate.id for candidate in queue]
    positions = [decision.position for decision in decisions if decision.position is not None]
    assert positions == list(range(len(positions)))
    assert len(positions) <= limit


@given(queues(), limits, pairs)
def test_an_edition_is_full_or_whoever_waits_has_a_reason_other_than_room(
    queue: list[Candidate], limit: int, alike: list[tuple[int, int]]
) -> None:
    decisions = decide(*queue, limit=limit, alike=alike)
    if Reason.NO_ROOM in reasons(decisions).values():
        assert len(inside(decisions)) == limit


@given(queues(), limits, pairs)
def test_expired_and_embargoed_items_are_never_in(
    queue: list[Candidate], limit: int, alike: list[tuple[int, int]]
) -> None:
    chosen = inside(decide(*queue, limit=limit, alike=alike))
    for candidate in queue:
        if untimely(candidate, SENDS):
            assert candidate.id not in chosen


@given(queues(), limits, pairs)
def test_look_alikes_are_never_together(
    queue: list[Candidate], limit: int, alike: list[tuple[int, int]]
) -> None:
    chosen = inside(decide(*queue, limit=limit, alike=alike))
    assert not set(combinations(sorted(chosen), 2)) & set(alike)


@given(queues(), limits, pairs)
def test_the_organisations_stay_within_one_item_while_both_have_items_ready(
    queue: list[Candidate], limit: int, alike: list[tuple[int, int]]
) -> None:
    decisions = decide(*queue, limit=limit, alike=alike)
    chosen = [candidate for candidate in queue if candidate.id in inside(decisions)]
    counts = Counter(candidate.organisation for candidate in chosen if not candidate.joint)
    ready = {
        candidate.organisation
        for candidate in queue
        if not candidate.joint and reasons(decisions)[candidate.id] is Reason.NO_ROOM
    }
    for behind, ahead in ((NORTH, SOUTH), (SOUTH, NORTH)):
        if behind in ready:
            assert counts[ahead] - counts[behind] <= 1


@given(queues(), limits)
def test_within_an_organisation_a_due_item_never_waits_for_one_that_can_wait(
    queue: list[Candidate], limit: int
) -> None:
    fresh = [replace(candidate, passed_over=0) for candidate in queue]
    decisions = reasons(decide(*fresh, limit=limit))
    for left, taken in ((a, b) for a in fresh for b in fresh if decisions[a.id] is Reason.NO_ROOM):
        if left.organisation == taken.organisation and not left.joint and not taken.joint:
            urgent = is_due(left, TERMS.next_sends_at)
            assert not (urgent and decisions[taken.id] in (Reason.TURN, Reason.PRIORITY))


newcomers = st.lists(
    st.tuples(st.sampled_from([NORTH, SOUTH]), st.booleans(), st.integers(0, 2), st.booleans()),
    min_size=1,
    max_size=6,
)


@example(1, [(1, True, 0, True), (1, False, 0, True)], [item(1, SOUTH), item(2, SOUTH)])
@settings(max_examples=60)
@given(st.integers(1, 4), newcomers, queues())
def test_nothing_starves_however_much_comes_in(
    limit: int, inflow: list[tuple[int, bool, int, bool]], backlog: list[Candidate]
) -> None:
    """Whatever urgent and important items keep coming, all that was there first goes out in the end."""
    waiting = [replace(one, not_before=None, expires_at=None, starts_at=None, priority=0) for one in backlog]
    backlogged = {one.id for one in waiting}
    terms, number = replace(TERMS, limit=limit), 100
    for _edition in range(2 * (len(waiting) + PATIENCE + 1)):
        for organisation, joint, priority, urgent in inflow:
            number += 1
            expiry = terms.next_sends_at if urgent else None
            queued = terms.sends_at - timedelta(days=1)
            waiting.append(Candidate(number, organisation, joint, "news", priority, queued, None, expiry))
        decisions = compose(waiting, terms, (), {}, terms.sends_at - timedelta(hours=1))
        backlogged -= set(inside(decisions))
        terms = replace(terms, ahead=ahead_after(terms, waiting, decisions))
        waiting = [
            replace(one, passed_over=one.passed_over + (reasons(decisions)[one.id] is Reason.NO_ROOM))
            for one in waiting
            if one.id not in inside(decisions)
        ]
        terms = replace(terms, sends_at=terms.next_sends_at, next_sends_at=terms.next_sends_at + FORTNIGHT)
    assert not backlogged
