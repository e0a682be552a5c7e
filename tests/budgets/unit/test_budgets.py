"""Budgets: never more in any period than they say, and something left for those who wait."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter_service.budgets.rules import Budget, FormLimits, at_most, mailbox_of, network_of
from tests.conftest import NOW

HOUR = timedelta(hours=1)
LIMITS = FormLimits()


def used_at(budget: Budget, tries: list[datetime], *, patient: bool) -> list[datetime]:
    """When a budget was used, of all tries."""
    until, came = None, []
    for moment in tries:
        if not budget.wait(until, moment, patient=patient):
            until = budget.used(until, moment)
            came.append(moment)
    return came


@given(
    number=st.integers(1, 30),
    data=st.data(),
    gaps=st.lists(st.integers(0, 1800), min_size=1, max_size=120),
)
def test_no_hour_sees_more_than_the_budget_says(number: int, data: st.DataObject, gaps: list[int]) -> None:
    budget = at_most(number, HOUR, at_once=data.draw(st.integers(1, number)))
    moments, now = [], NOW
    for gap in gaps:
        now += timedelta(seconds=gap)
        moments.append(now)
    came = used_at(budget, moments, patient=True)
    for first in came:
        assert sum(first <= one < first + HOUR for one in came) <= number


@pytest.mark.parametrize(
    ("budget", "number", "period"),
    [
        (LIMITS.mailbox, 3, timedelta(days=1)),
        (LIMITS.domain, 20, HOUR),
        (LIMITS.network, 60, HOUR),
        (LIMITS.all, 600, HOUR),
    ],
)
def test_who_tries_every_second_gets_what_the_limits_say_and_no_more(
    budget: Budget, number: int, period: timedelta
) -> None:
    seconds = int(period.total_seconds())
    came = used_at(budget, [NOW + timedelta(seconds=one) for one in range(0, seconds, 5)], patient=True)
    assert number - 1 <= len(came) <= number


def test_who_waited_finds_a_place_however_many_others_try() -> None:
    budget, until = LIMITS.domain, None
    while not budget.wait(until, NOW, patient=False):
        until = budget.used(until, NOW)
    assert budget.wait(until, NOW, patient=False)
    assert not budget.wait(until, NOW, patient=True)


@pytest.mark.parametrize("limits", [FormLimits(1, 1, 1, 1), FormLimits(2, 2, 2, 2), FormLimits(50, 9, 7, 5)])
def test_any_limits_let_somebody_through(limits: FormLimits) -> None:
    for budget in (limits.mailbox, limits.domain, limits.network, limits.all):
        assert not budget.wait(NOW, NOW, patient=False)
        assert budget.each > timedelta()


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("anna@gemeente.example", "anna@gemeente.example"),
        ("Anna+Nieuws@Gemeente.example", "anna@gemeente.example"),
        ("anna+1+2@gemeente.example", "anna@gemeente.example"),
        ("+1@gemeente.example", "+1@gemeente.example"),
    ],
)
def test_a_mailbox_is_known_whatever_stands_behind_a_plus(address: str, mailbox: str) -> None:
    assert mailbox_of(address) == mailbox


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0"),
        ("::ffff:192.0.2.77", "192.0.2.0"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::1", "::"),
        ("fe80::1%eth0", "fe80::"),
        ("nonsense", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_network_is_what_one_client_can_take_its_addresses_from(address: str | None, network: str) -> None:
    assert network_of(address) == network
