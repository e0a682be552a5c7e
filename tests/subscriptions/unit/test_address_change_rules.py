from datetime import timedelta

import pytest

from newsletter_service.subscriptions.address_changes.rules import (
    OBJECT_WITHIN,
    NewAddressAnswer,
    answer_to_new,
    is_agreed,
    silence_counts_from,
)
from newsletter_service.subscriptions.rules import Status
from tests.conftest import NOW

LATER = NOW + OBJECT_WITHIN


@pytest.mark.parametrize(
    ("status", "was_confirmed", "unwanted", "answer"),
    [
        (None, False, False, NewAddressAnswer.CONFIRM),
        (Status.PENDING, False, False, NewAddressAnswer.CONFIRM),
        (Status.PENDING, True, False, NewAddressAnswer.KNOWN),
        (Status.ACTIVE, True, False, NewAddressAnswer.KNOWN),
        (Status.LEFT, True, False, NewAddressAnswer.KNOWN),
        (None, False, True, NewAddressAnswer.NOTHING),
        (Status.ACTIVE, True, True, NewAddressAnswer.NOTHING),
    ],
)
def test_a_new_address_gets_no_more_than_it_wants(
    status: Status | None, was_confirmed: bool, unwanted: bool, answer: NewAddressAnswer
) -> None:
    assert answer_to_new(unwanted=unwanted, status=status, was_confirmed=was_confirmed) is answer


def test_both_addresses_have_to_agree() -> None:
    assert is_agreed(NOW, NOW, None, NOW)
    for new, old in ((None, NOW), (NOW, None), (None, None)):
        assert not is_agreed(new, old, None, NOW + timedelta(days=300))


def test_silence_of_the_old_address_counts_from_its_moment_on_and_never_instead_of_the_new_ones() -> None:
    assert not is_agreed(NOW, None, LATER, LATER - timedelta(microseconds=1))
    assert is_agreed(NOW, None, LATER, LATER)
    assert not is_agreed(None, None, LATER, LATER)


def test_silence_counts_only_where_staff_vouch_and_at_once_where_nobody_could_refuse() -> None:
    assert silence_counts_from(by_staff=False, comes_back=False, now=NOW) is None
    assert silence_counts_from(by_staff=True, comes_back=False, now=NOW) == NOW + OBJECT_WITHIN
    assert silence_counts_from(by_staff=True, comes_back=True, now=NOW) == NOW
