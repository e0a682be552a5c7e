from datetime import timedelta

import pytest

from newsletter_service.budgets.rules import Budget
from newsletter_service.keys.secret_keys import SecretKeys
from newsletter_service.staff.access.rules import (
    ACCOUNT,
    KNOWN,
    NETWORK,
    PAIR,
    session_ends,
)
from newsletter_service.staff.access.seals import browser_seal, page_seal, read_browser, read_page
from tests.conftest import NOW

KEY = SecretKeys("a-secret-that-only-tests-know-0123456789")
MINUTE = timedelta(minutes=1)


def test_a_session_ends_two_hours_after_the_last_act() -> None:
    assert session_ends(NOW, NOW + MINUTE) == NOW + MINUTE + timedelta(hours=2)


def test_a_session_ends_twelve_hours_after_it_began_however_busy_somebody_is() -> None:
    assert session_ends(NOW, NOW + timedelta(hours=11, minutes=59)) == NOW + timedelta(hours=12)


@pytest.mark.parametrize("budget", [KNOWN, PAIR, NETWORK, ACCOUNT])
def test_so_many_wrong_passwords_are_free_and_each_further_one_takes_its_time(budget: Budget) -> None:
    used = None
    for _try in range(budget.free):
        assert not budget.wait(used, NOW)
        used = budget.used(used, NOW)
    assert budget.wait(used, NOW) == budget.each
    assert not budget.wait(used, NOW + budget.each)
    used = budget.used(used, NOW + budget.each)
    assert budget.wait(used, NOW + budget.each) == budget.each


def test_after_a_while_without_wrong_passwords_all_of_them_are_free_again() -> None:
    used = None
    for _try in range(PAIR.free):
        used = PAIR.used(used, NOW)
    later = NOW + PAIR.each * PAIR.free
    for _try in range(PAIR.free):
        assert not PAIR.wait(used, later)
        used = PAIR.used(used, later)


def test_what_a_browser_keeps_for_us_is_read_back_and_nothing_else_is() -> None:
    browser, page = browser_seal(KEY, 7, "0a1b"), page_seal(KEY, 7, NOW)
    assert read_browser(KEY, browser) == (7, "0a1b")
    assert read_page(KEY, page, NOW) == 7
    for wrong in (
        "",
        "7",
        "7.0a1b",
        f"8{browser[1:]}",
        page,
        browser[:-1],
        f"{browser}0",
        "é.é.é",
        "9" * 10_000,
    ):
        assert read_browser(KEY, wrong) is None
    for wrong in ("", browser, f"8{page[1:]}", "x" * 10_000):
        assert read_page(KEY, wrong, NOW) is None
    assert read_browser(SecretKeys("another-key"), browser) is None
    assert read_browser(SecretKeys("another-key", (KEY.current,)), browser) == (7, "0a1b")


def test_a_page_that_lay_open_for_a_week_is_too_old() -> None:
    page = page_seal(KEY, 7, NOW)
    assert read_page(KEY, page, NOW + timedelta(days=6, hours=23)) == 7
    assert read_page(KEY, page, NOW + timedelta(days=7)) is None
