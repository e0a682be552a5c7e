"""Mails of a list are spread so that no budget holds one up, whoever is on it."""

from collections import defaultdict
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from newsletter_service.budgets.rules import FormLimits
from newsletter_service.subscriptions.requesting.rules import Pace, leaving_room
from tests.conftest import NOW

DOMAINS = ("a.example", "b.example", "eigen.example")
limits = st.builds(
    FormLimits, domain_hourly=st.integers(1, 60), hourly=st.integers(1, 600), mailbox_daily=st.just(3)
)


@given(limits, st.lists(st.sampled_from(DOMAINS), max_size=80))
def test_no_budget_makes_anybody_of_one_list_wait(limit: FormLimits, domains: list[str]) -> None:
    pace, used = Pace(limit, NOW), defaultdict[str, datetime](lambda: NOW)
    planned = sorted((pace.next(one, is_own=one == DOMAINS[2]), one) for one in domains)
    for at, domain in planned:
        of_domain = limit.all if domain == DOMAINS[2] else limit.domain
        for key, budget in ((domain, leaving_room(of_domain)), ("", leaving_room(limit.all))):
            assert not budget.wait(used[key], at, patient=False)
            used[key] = budget.used(used[key], at)
    assert pace.last == (planned[-1][0] if planned else None)


def test_a_list_behind_others_waits_for_them() -> None:
    limit = FormLimits(hourly=600)
    assert Pace(limit, NOW, ahead=300).next("a.example", is_own=True) == NOW + 300 * limit.all.each
