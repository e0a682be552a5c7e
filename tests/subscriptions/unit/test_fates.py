"""What becomes of a line, for every way in which somebody may be known here and there."""

import pytest

from newsletter_service.delivery.rules import Suppressed
from newsletter_service.subscriptions.importing.rules import Fate, Known, Standing, fate
from newsletter_service.subscriptions.rules import Status

NEVER, NO_LISTS = Suppressed.ALL_MAIL, Suppressed.IMPORTS
AWAY = (Standing.LEFT, Standing.BOUNCED, Standing.BLOCKED)


def becomes(standing: Standing, known: Known | None = None, kept_off: Suppressed | None = None) -> Fate:
    return fate(standing, known, kept_off)


def test_who_is_new_comes_in_unless_they_left_or_never_began() -> None:
    assert becomes(Standing.ACTIVE) is Fate.ADDED
    assert becomes(Standing.PENDING) is Fate.NOT_ACTIVE
    assert {becomes(standing) for standing in AWAY} == {Fate.LEFT_THERE}


def test_who_may_not_be_brought_in_stays_out_whatever_a_list_says() -> None:
    for standing in Standing:
        assert becomes(standing, None, NEVER) is Fate.SUPPRESSED
    assert becomes(Standing.ACTIVE, None, NO_LISTS) is Fate.LEFT_BEFORE
    assert becomes(Standing.PENDING, None, NO_LISTS) is Fate.LEFT_BEFORE


@pytest.mark.parametrize("status", [Status.ACTIVE, Status.LEFT])
@pytest.mark.parametrize("standing", Standing)
@pytest.mark.parametrize("kept_off", [None, NEVER, NO_LISTS])
def test_who_is_or_was_a_reader_stays_as_they_are(
    status: Status, standing: Standing, kept_off: Suppressed | None
) -> None:
    assert becomes(standing, Known(1, status, was_confirmed=True), kept_off) is Fate.KNOWN


def test_who_signed_up_here_is_confirmed_by_proof_unless_they_once_said_no() -> None:
    waiting = Known(1, Status.PENDING, was_confirmed=False)
    assert becomes(Standing.ACTIVE, waiting) is Fate.CONFIRMED
    assert becomes(Standing.LEFT, waiting) is Fate.KNOWN
    assert becomes(Standing.ACTIVE, waiting, NEVER) is Fate.WAITS
    assert becomes(Standing.ACTIVE, waiting, NO_LISTS) is Fate.WAITS
    assert becomes(Standing.ACTIVE, Known(1, Status.PENDING, was_confirmed=True)) is Fate.WAITS


def test_a_list_that_proves_nothing_adds_and_confirms_nobody() -> None:
    assert fate(Standing.ACTIVE, None, None, asks=True) is Fate.ASKED
    assert fate(Standing.ACTIVE, None, NO_LISTS, asks=True) is Fate.LEFT_BEFORE
    assert fate(Standing.ACTIVE, None, NEVER, asks=True) is Fate.SUPPRESSED
    for status in Status:
        known = Known(1, status, was_confirmed=False)
        assert fate(Standing.ACTIVE, known, None, asks=True) is Fate.KNOWN
