from datetime import timedelta

import pytest

from newsletter_service.subscriptions.rules import (
    UNDO_WITHIN,
    Answer,
    Status,
    answer_to_lost_link,
    answer_to_sign_up,
    may_undo,
)
from tests.conftest import NOW


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (Status.PENDING, Answer.CONFIRM),
        (Status.ACTIVE, Answer.ALREADY_READER),
        (Status.LEFT, Answer.CONFIRM),
    ],
)
def test_a_sign_up_is_answered_by_how_the_address_stands(status: Status, answer: Answer) -> None:
    assert answer_to_sign_up(status) is answer


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (None, None),
        (Status.PENDING, Answer.CONFIRM),
        (Status.ACTIVE, Answer.LINK),
        (Status.LEFT, None),
    ],
)
def test_only_readers_get_a_link_and_who_left_hears_nothing(
    status: Status | None, answer: Answer | None
) -> None:
    assert answer_to_lost_link(status) is answer


def test_leaving_can_be_taken_back_for_thirty_days() -> None:
    assert may_undo(Status.LEFT, NOW, NOW + UNDO_WITHIN)
    assert not may_undo(Status.LEFT, NOW, NOW + UNDO_WITHIN + timedelta(seconds=1))
    assert not may_undo(Status.ACTIVE, NOW, NOW)
    assert not may_undo(Status.LEFT, None, NOW)
