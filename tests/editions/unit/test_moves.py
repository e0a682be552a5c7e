from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from newsletter_service.editions import rules
from newsletter_service.editions.rules import (
    BRAKE,
    EditionState,
    EditionStatus,
    Empty,
    Move,
    ReleaseRule,
    StillOpen,
    TooLate,
    Unsigned,
    WrongState,
    hash_of,
    is_late,
    missing_sign_offs,
)

NOW = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
COLLECTING, COMPOSED, SENDING, SENT, CANCELLED = map(
    EditionStatus,
    (
        EditionState.COLLECTING,
        EditionState.COMPOSED,
        EditionState.SENDING,
        EditionState.SENT,
        EditionState.CANCELLED,
    ),
)
HELD_COMPOSED = EditionStatus(EditionState.HELD, EditionState.COMPOSED)
HELD_SENDING = EditionStatus(EditionState.HELD, EditionState.SENDING)
EVERYWHERE = (COLLECTING, COMPOSED, SENDING, SENT, CANCELLED, HELD_COMPOSED, HELD_SENDING)

MOVES: dict[Move, Callable[[EditionStatus], EditionStatus]] = {
    Move.CLOSE: rules.close,
    Move.RECOMPOSE: rules.recompose,
    Move.EDIT: rules.edit,
    Move.SIGN_OFF: rules.sign_off,
    Move.RELEASE: lambda at: rules.release(at, items=3),
    Move.FINISH: lambda at: rules.finish(at, open_deliveries=0),
    Move.HOLD: rules.hold,
    Move.RESUME: lambda at: rules.resume(at, sends_at=NOW, now=NOW),
    Move.CANCEL: rules.cancel,
    Move.RETRY: rules.retry,
}
ALLOWED = {
    (Move.CLOSE, COLLECTING): COMPOSED,
    (Move.RECOMPOSE, COMPOSED): COMPOSED,
    (Move.RECOMPOSE, HELD_COMPOSED): HELD_COMPOSED,
    (Move.EDIT, COMPOSED): COMPOSED,
    (Move.EDIT, HELD_COMPOSED): HELD_COMPOSED,
    (Move.SIGN_OFF, COMPOSED): COMPOSED,
    (Move.SIGN_OFF, HELD_COMPOSED): HELD_COMPOSED,
    (Move.RELEASE, COMPOSED): SENDING,
    (Move.RELEASE, HELD_COMPOSED): SENDING,
    (Move.FINISH, SENDING): SENT,
    (Move.HOLD, COMPOSED): HELD_COMPOSED,
    (Move.HOLD, SENDING): HELD_SENDING,
    (Move.RESUME, HELD_COMPOSED): COMPOSED,
    (Move.RESUME, HELD_SENDING): SENDING,
    (Move.CANCEL, COLLECTING): CANCELLED,
    (Move.CANCEL, COMPOSED): CANCELLED,
    (Move.CANCEL, SENDING): CANCELLED,
    (Move.CANCEL, HELD_COMPOSED): CANCELLED,
    (Move.CANCEL, HELD_SENDING): CANCELLED,
    (Move.RETRY, SENT): SENDING,
    (Move.RETRY, SENDING): SENDING,
    (Move.RETRY, HELD_SENDING): HELD_SENDING,
}


@pytest.mark.parametrize("status", EVERYWHERE, ids=str)
@pytest.mark.parametrize("move", Move)
def test_every_move_is_possible_from_its_own_states_and_refused_from_all_others(
    move: Move, status: EditionStatus
) -> None:
    target = ALLOWED.get((move, status))
    if target is not None:
        assert MOVES[move](status) == target
        return
    with pytest.raises(WrongState) as refused:
        MOVES[move](status)
    assert (refused.value.move, refused.value.status) == (move, status)


def test_an_edition_with_nothing_in_it_is_not_released() -> None:
    with pytest.raises(Empty):
        rules.release(COMPOSED, items=0)


def test_an_edition_that_waits_for_agreement_is_not_released_by_hand_either() -> None:
    with pytest.raises(Unsigned) as refused:
        rules.release(COMPOSED, items=3, missing=(2,))
    assert refused.value.missing == (2,)


def test_an_edition_is_not_finished_while_letters_are_open() -> None:
    with pytest.raises(StillOpen):
        rules.finish(SENDING, open_deliveries=1)


def test_resuming_long_after_its_time_asks_for_another_time() -> None:
    late = NOW + BRAKE + timedelta(seconds=1)
    with pytest.raises(TooLate):
        rules.resume(HELD_COMPOSED, sends_at=NOW, now=late)
    assert rules.resume(HELD_COMPOSED, sends_at=late + timedelta(hours=1), now=late) == COMPOSED
    assert rules.resume(HELD_SENDING, sends_at=NOW, now=late) == SENDING


@pytest.mark.parametrize(
    ("late_by", "late"),
    [(timedelta(0), False), (BRAKE, False), (BRAKE + timedelta(seconds=1), True), (BRAKE * 2, True)],
)
def test_the_brake_stops_an_edition_that_nobody_expects_any_more(late_by: timedelta, late: bool) -> None:
    assert is_late(NOW, NOW + late_by) is late


def test_under_the_automatic_rule_nobody_needs_to_sign() -> None:
    assert missing_sign_offs(ReleaseRule.AUTOMATIC, (1, 2), {}, "now") == ()


def test_under_the_rule_for_both_only_agreement_to_what_readers_get_now_counts() -> None:
    assert missing_sign_offs(ReleaseRule.BOTH, (1, 2), {1: "now", 2: "before"}, "now") == (2,)
    assert missing_sign_offs(ReleaseRule.BOTH, (1, 2), {1: "now", 2: "now"}, "now") == ()


def test_a_fingerprint_tells_order_and_letters_apart() -> None:
    assert hash_of(["a", ["b", None]]) == hash_of(["a", ["b", None]])
    assert len({hash_of(["a", "b"]), hash_of(["b", "a"]), hash_of(["ab", ""]), hash_of(["á", "b"])}) == 4
