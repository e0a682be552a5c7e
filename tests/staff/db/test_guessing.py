"""What guessers meet: a budget that slows them down and keeps nobody else out."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter_service.budgets.models import BudgetUse
from newsletter_service.db import db
from newsletter_service.delivery.models import Delivery
from newsletter_service.staff.access import rules, service
from newsletter_service.staff.access.models import StaffSession
from newsletter_service.staff.access.service import Account, Attempt
from newsletter_service.staff.models import AuditEntry
from newsletter_service.staff.rules import Role
from scheduled_jobs import purge_stale, tell_staff
from tests.conftest import NOW, Clock
from tests.factories import make_newsletter
from tests.staff_browser import make_staff

KEY = "a-secret-that-only-tests-know-0123456789"
HERE, ELSEWHERE = "192.0.2.0", "198.51.100.0"


@pytest.fixture
def account(session: Session) -> Account:
    make_newsletter(session)
    user = make_staff(session, Role.ADMINISTRATOR, name="Hanneke Noord")
    session.commit()
    return Account(user.id, user.password)


def attempt(
    email: str = "hanneke.noord@redactie.example", network: str = HERE, browser: tuple[int, str] | None = None
) -> Attempt:
    return Attempt(email, network, browser)


def guess(session: Session, one: Attempt, account: Account, now: datetime = NOW, times: int = 1) -> timedelta:
    """So many wrong passwords, or how long the next has to wait."""
    waits = timedelta()
    for _time in range(times):
        waits = service.charge(session, one, account, KEY, now)
        if waits:
            break
        service.refuse(session, one, account, KEY, now)
    session.commit()
    return waits


def test_an_address_is_found_however_it_is_typed(session: Session, account: Account) -> None:
    assert service.account_behind(session, " Hanneke.Noord@Redactie.Example ") == account
    for unknown in ("niemand@redactie.example", "geen adres", "", "x" * 255):
        assert service.account_behind(session, unknown) == Account(None, None)


def test_one_network_guesses_one_account_ever_more_slowly(session: Session, account: Account) -> None:
    assert guess(session, attempt(), account, times=11) == rules.PAIR.each
    assert service.wait(session, attempt(), account, KEY, NOW) == rules.PAIR.each
    later = NOW + rules.PAIR.each
    assert guess(session, attempt(), account, later, times=2) == rules.PAIR.each


def test_an_address_without_an_account_is_slowed_down_like_any_other(session: Session) -> None:
    nobody, one = Account(None, None), attempt("niemand@redactie.example")
    assert guess(session, one, nobody, times=11) == rules.PAIR.each


def test_one_network_guesses_many_accounts_ever_more_slowly(session: Session, account: Account) -> None:
    waits = timedelta()
    for number in range(31):
        waits = guess(session, attempt(f"nummer-{number}@redactie.example"), Account(None, None))
    assert waits == rules.NETWORK.each
    assert not service.wait(session, attempt(network=ELSEWHERE), account, KEY, NOW)


def test_a_head_elsewhere_gets_in_while_one_network_guesses(session: Session, account: Account) -> None:
    guess(session, attempt(), account, times=200)
    assert service.wait(session, attempt(), account, KEY, NOW)
    assert not service.charge(session, attempt(network=ELSEWHERE), account, KEY, NOW)


def test_a_head_in_their_own_browser_gets_in_while_a_thousand_networks_guess(
    session: Session, account: Account
) -> None:
    for number in range(101):
        guess(session, attempt(network=f"203.0.{number}.0"), account)
    new_here = attempt(network=ELSEWHERE)
    assert service.wait(session, new_here, account, KEY, NOW) == rules.ACCOUNT.each
    own = attempt(network="203.0.1.0", browser=(account.user_id or 0, "0a1b"))
    assert not service.charge(session, own, account, KEY, NOW)
    assert service.begin(session, own, account, KEY, NOW)


def test_a_known_browser_is_that_of_its_own_account_and_guesses_slowly_too(
    session: Session, account: Account
) -> None:
    guess(session, attempt(), account, times=10)
    somebody_elses = attempt(browser=((account.user_id or 0) + 1, "0a1b"))
    assert service.wait(session, somebody_elses, account, KEY, NOW)
    own = attempt(browser=(account.user_id or 0, "0a1b"))
    assert guess(session, own, account, times=21) == rules.KNOWN.each


def test_the_right_password_costs_nothing(session: Session, account: Account) -> None:
    for _time in range(50):
        assert not service.charge(session, attempt(), account, KEY, NOW)
        service.begin(session, attempt(), account, KEY, NOW)
    session.commit()
    assert not service.wait(session, attempt(), account, KEY, NOW)


def test_tries_are_counted_before_their_password_is_looked_at(session: Session, account: Account) -> None:
    for _time in range(10):
        assert not service.charge(session, attempt(), account, KEY, NOW)
    assert service.charge(session, attempt(), account, KEY, NOW)


def test_the_audit_trail_holds_each_try_and_nothing_that_was_typed(
    session: Session, account: Account
) -> None:
    guess(session, attempt(), account)
    guess(session, attempt("geheim@redactie.example"), Account(None, None))
    service.begin(session, attempt(), account, KEY, NOW)
    rows = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    told = [(row.action, row.actor_id, row.subject_id) for row in rows]
    number = account.user_id
    assert told == [
        (service.FAILED, None, number),
        (service.FAILED, None, 0),
        (service.SIGNED_IN, number, number),
    ]
    assert rows[0].detail == rows[1].detail
    assert "192.0.2" not in str([row.detail for row in rows])
    kept = str([row.key for row in session.scalars(select(BudgetUse))])
    assert "geheim" not in kept
    assert "192.0.2" not in kept


def deliveries(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Delivery)) or 0


def test_a_peak_is_told_to_administrators_once_an_hour(
    app: Flask, session: Session, account: Account, clock: Clock
) -> None:
    make_staff(session, Role.COMMUNICATOR, name="Marieke Midden")
    for number in range(rules.PEAK - 1):
        guess(session, attempt(network=f"203.0.{number}.0"), account)
    with app.app_context():
        assert tell_staff.of_failed_sign_ins() == ""
    guess(session, attempt(), account)
    with app.app_context():
        assert tell_staff.of_failed_sign_ins() == f"told 1 members of staff: failures {rules.PEAK}"
        assert tell_staff.of_failed_sign_ins() == ""
    assert deliveries(session) == 1
    assert session.scalars(select(Delivery.address)).one() == "hanneke.noord@redactie.example"
    session.rollback()
    later = clock.move(minutes=61)
    for number in range(rules.PEAK):
        guess(session, attempt(network=f"203.1.{number}.0"), account, later)
    with app.app_context():
        assert tell_staff.of_failed_sign_ins() != ""
    assert deliveries(session) == 2


def test_sessions_and_guesses_that_no_longer_count_are_forgotten(
    app: Flask, session: Session, account: Account, clock: Clock
) -> None:
    guess(session, attempt(), account)
    service.begin(session, attempt(), account, KEY, NOW)
    session.commit()
    clock.move(hours=12, days=1)  # a session that is over is kept for another day
    with app.app_context():
        purge_stale.run()
        db.session.remove()
    assert session.scalars(select(StaffSession)).all() == []
    assert session.scalars(select(BudgetUse)).all() == []
