"""What status codes mean, and when soft bounces add up."""

from datetime import timedelta

import pytest

from newsletter_service.bounces.rules import (
    Sent,
    Verdict,
    adds_up,
    is_lasting,
    status_of,
    verdict_of,
)
from tests.conftest import NOW


@pytest.mark.parametrize("status", ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"])
def test_an_address_that_does_not_exist_is_hard(status: str) -> None:
    assert verdict_of(status, "User unknown") is Verdict.HARD


@pytest.mark.parametrize(
    "status", ["4.2.2", "4.4.7", "4.7.1", "5.2.1", "5.2.2", "5.3.4", "5.0.0", "5.4.1", "5.1.4"]
)
def test_what_may_pass_is_soft(status: str) -> None:
    assert verdict_of(status, "") is Verdict.SOFT


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("5.7.1", ""),
        ("5.7.26", "unauthenticated"),
        ("5.1.8", "sender's domain does not exist"),
        ("5.1.1", "550 5.1.1 blocked, see our policy"),
        ("5.5.0", "looks like spam"),
        ("5.0.0", "geweigerd vanwege de reputatie van de afzender"),
    ],
)
def test_what_is_about_us_is_policy(status: str, words: str) -> None:
    assert verdict_of(status, words) is Verdict.POLICY


@pytest.mark.parametrize(
    ("given", "words", "status"),
    [
        ("5.1.1", "550 5.1.1 User unknown", "5.1.1"),
        ("5.0.0", "550 5.1.1 User unknown", "5.1.1"),
        ("5.1.1", "550 5.7.1 not from you", "5.7.1"),
        ("", "550 no such user here", "5.1.1"),
        ("", "552 mailbox full", "5.2.2"),
        ("", "451 try again", "4.0.0"),
        ("", "550 no", "5.0.0"),
        ("", "", "5.0.0"),
        ("4.4.7", "550 4.4.7 expired", "4.4.7"),
        ("5.4.1", "550 5.4.1 Recipient address rejected: Access denied", "5.4.1"),
    ],
)
def test_the_most_telling_code_counts(given: str, words: str, status: str) -> None:
    assert status_of(given, words) == status


def test_a_soft_bounce_about_us_is_no_reason_to_stop_writing_to_somebody() -> None:
    assert adds_up(Verdict.SOFT, "4.2.2", "mailbox full")
    assert not adds_up(Verdict.SOFT, "4.7.1", "greylisted")
    assert not adds_up(Verdict.SOFT, "4.4.2", "blocked for its reputation")
    assert not adds_up(Verdict.POLICY, "5.7.1", "")


def edition(days_ago: float, what: str) -> Sent:
    return Sent(NOW - timedelta(days=days_ago), bounced=what != "fine", adds_up=what == "soft")


@pytest.mark.parametrize(
    ("editions", "lasting"),
    [
        ([(14, "soft"), (7, "soft"), (0, "soft")], True),
        ([(13, "soft"), (7, "soft"), (0, "soft")], False),
        ([(28, "soft"), (0, "soft")], False),
        ([(28, "soft"), (21, "soft"), (14, "fine"), (0, "soft")], False),
        ([(28, "soft"), (21, "soft"), (14, "policy"), (0, "soft")], True),
        ([(21, "soft"), (14, "soft"), (7, "soft"), (1, "fine")], True),
        ([(42, "fine"), (14, "soft"), (7, "soft"), (0, "soft")], True),
        ([], False),
    ],
    ids=str,
)
def test_three_editions_over_fourteen_days_with_nothing_that_arrived_between(
    editions: list[tuple[float, str]], lasting: bool
) -> None:
    assert is_lasting([edition(*one) for one in editions], NOW) is lasting


@pytest.mark.parametrize(
    "address", ["beleid@gemeente.example", "anna@policy.example", "spam@gemeente.example"]
)
def test_what_an_address_is_called_makes_no_refusal_one_for_policy(address: str) -> None:
    words = f"550 5.1.1 <{address}>: Recipient address rejected: undeliverable address"
    assert verdict_of("5.1.1", words) is Verdict.HARD


def test_a_recipient_that_is_denied_access_is_about_the_reader_and_adds_up() -> None:
    words = "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)"
    verdict = verdict_of("5.4.1", words)
    assert verdict is Verdict.SOFT
    assert adds_up(verdict, "5.4.1", words)


def test_an_address_without_an_account_at_a_named_host_is_unknown() -> None:
    words = "554 delivery error: dd This user doesn't have a mailhost.example account"
    assert verdict_of(status_of("5.0.0", words), words) is Verdict.HARD
