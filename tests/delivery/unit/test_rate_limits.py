"""How fast letters may start: never faster than told, nobody waits for somebody else's domain."""

from collections import Counter, deque
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter_service.delivery.ledger.rows import Claimed
from newsletter_service.delivery.worker.rate_limits import (
    BURST_SECONDS,
    FIRST_BACKOFF_SECONDS,
    LONGEST_BACKOFF_SECONDS,
    Backoff,
    Limits,
    Ramp,
    RateLimiter,
    backoff_seconds,
    backs_off,
    least_failures,
)
from newsletter_service.delivery.worker.ready_queue import ReadyQueue
from newsletter_service.smtp.replies import Phase, Reply

DOMAINS = st.lists(st.sampled_from(["a.example", "b.example", "c.example"]), max_size=60)


def row(number: int, domain: str) -> Claimed:
    return Claimed(number, 1, 1, None, f"l{number}@{domain}", domain, "", 0, 0)


def starts(
    limiter: RateLimiter, domains: list[str], seconds: float, step: float = 0.01
) -> list[tuple[float, str]]:
    """When which letters start if one looks every `step` seconds and each is answered at the next look."""
    pool, begun = ReadyQueue(limiter), []
    pool.add(row(number, domain) for number, domain in enumerate(domains))
    ending: deque[str] = deque()
    for look in range(round(seconds / step)):
        now = 100 + look * step
        while ending:
            limiter.ended(ending.popleft(), accepted=True)
        for taken in pool.take(1000, now):
            begun.append((now, taken.domain))
            ending.append(taken.domain)
    return begun


@given(DOMAINS, st.sampled_from([5.0, 20.0]), st.sampled_from([0.0, 2.0, 10.0]))
def test_no_window_of_time_holds_more_starts_than_the_rates_allow(
    domains: list[str], rate: float, domain_rate: float
) -> None:
    begun = starts(RateLimiter(Limits(rate=rate, domain_rate=domain_rate)), domains, 4)
    for first, (since, _) in enumerate(begun):
        for last in range(first, len(begun)):
            window = begun[last][0] - since + BURST_SECONDS
            assert last - first <= window * rate + 1
            if domain_rate:
                for count in Counter(domain for _, domain in begun[first : last + 1]).values():
                    assert count - 1 <= window * domain_rate + 1


@given(DOMAINS, st.integers(1, 3))
def test_no_domain_has_more_letters_under_way_than_its_connections(domains: list[str], most: int) -> None:
    limiter = RateLimiter(Limits(domain_connections=most))
    pool = ReadyQueue(limiter)
    pool.add(row(number, domain) for number, domain in enumerate(domains))
    taken = Counter(one.domain for one in pool.take(1000, 1.0))
    assert all(count <= most for count in taken.values())
    assert taken == Counter({domain: min(most, count) for domain, count in Counter(domains).items()})


@given(DOMAINS)
def test_without_limits_all_start_at_once_in_their_order(domains: list[str]) -> None:
    limiter = RateLimiter(Limits())
    pool = ReadyQueue(limiter)
    rows = [row(number, domain) for number, domain in enumerate(domains)]
    pool.add(rows)
    assert limiter.unlimited
    assert pool.take(1000, 1.0) == rows


def test_while_the_overall_rate_lets_nobody_through_rows_stay_where_they_are() -> None:
    limiter = RateLimiter(Limits(rate=5))
    pool = ReadyQueue(limiter)
    pool.add(row(number, "a.example") for number in range(20))
    assert len(pool.take(20, 100.0)) == 1
    assert pool.take(20, 100.0) == []
    assert (pool.unseen, pool.blocked) == (19, 0)
    assert pool.wait(100.0) == pytest.approx(0.1)


def test_domains_that_wait_and_rows_behind_them_are_served_in_turn() -> None:
    limiter = RateLimiter(Limits(domain_connections=1))
    pool = ReadyQueue(limiter)
    pool.add(row(number, domain) for number, domain in enumerate(["a.example"] * 10 + ["b.example"] * 10))
    served = [one.domain for one in pool.take(20, 1.0)]
    pool.add(row(number, "c.example") for number in range(20, 30))
    while len(served) < 20:
        limiter.ended(served[-2], accepted=True)
        served += [one.domain for one in pool.take(1, 1.0)]
    counts = Counter(served)
    assert max(counts.values()) - min(counts.values()) <= 2


def test_with_every_domain_at_its_limit_only_an_answer_is_worth_looking_again_for() -> None:
    limiter = RateLimiter(Limits(domain_connections=2))
    pool = ReadyQueue(limiter)
    pool.add(row(number, "a.example") for number in range(5))
    assert len(pool.take(5, 1.0)) == 2
    assert pool.wait(1.0) == inf


def test_letters_that_are_with_the_server_are_counted_again_after_everything_was_forgotten() -> None:
    limiter = RateLimiter(Limits(domain_connections=2))
    assert limiter.start("a.example", 1.0)
    limiter.recount(["a.example"])
    assert limiter.start("a.example", 1.0)
    assert not limiter.start("a.example", 1.0)


@given(DOMAINS)
def test_a_domain_that_rests_gets_nothing_and_holds_nobody_up(domains: list[str]) -> None:
    limiter = RateLimiter(Limits())
    limiter.update_backoffs({"a.example": Backoff(until=10.0, failures=3)})
    pool = ReadyQueue(limiter)
    pool.add(row(number, domain) for number, domain in enumerate(domains))
    assert [one.domain for one in pool.take(1000, 5.0)] == [one for one in domains if one != "a.example"]
    assert pool.blocked == domains.count("a.example")


def test_after_its_rest_a_domain_is_tried_with_one_letter_and_then_with_ever_more() -> None:
    limiter = RateLimiter(Limits())
    limiter.update_backoffs({"a.example": Backoff(until=10.0, failures=3)})
    pool = ReadyQueue(limiter)
    pool.add(row(number, "a.example") for number in range(20))
    assert len(pool.take(20, 11.0)) == 1
    assert pool.take(20, 11.0) == []
    limiter.update_backoffs({})
    limiter.ended("a.example", accepted=True)
    sizes = []
    for _ in range(3):
        taken = pool.take(20, 12.0)
        sizes.append(len(taken))
        for one in taken:
            limiter.ended(one.domain, accepted=True)
    assert sizes[0] < sizes[1]
    assert sum(sizes) == 19


def test_the_servers_own_rest_stops_everybody() -> None:
    limiter = RateLimiter(Limits())
    limiter.update_backoffs({"": Backoff(until=10.0, failures=3)})
    assert (limiter.room(4.0), limiter.wait(4.0)) == (0, 6.0)


def test_senders_share_the_rates() -> None:
    shared = Limits(rate=30, domain_rate=6).share(3, 0)
    assert (1 / shared.interval, 1 / shared.domain_interval) == (10, 2)
    assert Limits().share(3, 0) == (0, 0, inf)


@given(st.integers(1, 9), st.integers(1, 12))
def test_the_shares_of_all_senders_are_exactly_the_connections_to_a_domain(limit: int, senders: int) -> None:
    shares = [
        Limits(domain_connections=limit).share(senders, rank).domain_connections for rank in range(senders)
    ]
    assert sum(shares) == limit
    assert max(shares) - min(shares) <= 1


@pytest.mark.parametrize(
    ("reply", "whom"),
    [
        (Reply(Phase.RCPT, 451, "4.7.1 greylisted"), "a.example"),
        (Reply(Phase.RCPT, 452, "4.2.2 mailbox full"), None),
        (Reply(Phase.MAIL, 451, "4.7.0 slow down"), ""),
        (Reply(Phase.RCPT, 421, "4.7.0 closing"), ""),
        (Reply(Phase.DOT, 451, "4.3.1 disk full"), ""),
        (Reply(Phase.DOT, None, "lost"), ""),
    ],
)
def test_a_deferral_is_blamed_on_whoever_it_is_about(reply: Reply, whom: str | None) -> None:
    assert backs_off(reply, "a.example") == whom


def test_rests_grow_up_to_an_hour_and_two_deferrals_cost_nothing() -> None:
    assert [backoff_seconds(failures, 0.5) for failures in (1, 2, 3, 4)] == [
        0,
        0,
        FIRST_BACKOFF_SECONDS,
        2 * FIRST_BACKOFF_SECONDS,
    ]
    assert backoff_seconds(99, 0.5) == LONGEST_BACKOFF_SECONDS


def test_a_server_that_says_we_are_the_trouble_is_left_alone_at_once() -> None:
    assert backoff_seconds(least_failures(Reply(Phase.RCPT, 451, "4.7.1 x")), 0.5) == FIRST_BACKOFF_SECONDS
    assert backoff_seconds(least_failures(Reply(Phase.RCPT, 451, "4.4.1 x")), 0.5) == 0


@given(st.integers(1, 50), st.floats(0, 1, exclude_max=True))
def test_rests_are_spread_by_a_fifth_at_most(failures: int, chance: float) -> None:
    middle = backoff_seconds(failures, 0.5)
    assert abs(backoff_seconds(failures, chance) - middle) <= middle / 5 + 1e-6


def test_connections_are_opened_as_letters_are_accepted_and_not_beyond_what_the_server_takes() -> None:
    ramp = Ramp(8)
    opened = []
    for _ in range(8):
        opened.append(ramp.allowed)
        for _ in range(ramp.allowed):
            ramp.accepted()
    assert opened[:5] == [1, 2, 4, 8, 8]
    ramp.refused(3, now=100.0)
    assert not ramp.may_open(3, 110.0)
    assert ramp.may_open(3, 131.0)
