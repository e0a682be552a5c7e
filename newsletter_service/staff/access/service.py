"""Signing in and out, and the sessions that hold in between."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from newsletter_service.db import add_missing
from newsletter_service.errors import Invalid
from newsletter_service.links.tokens import seal
from newsletter_service.staff.access.models import GuessBudget, StaffSession
from newsletter_service.staff.access.rules import (
    ACCOUNT,
    KNOWN,
    LONGEST_SESSION,
    NETWORK,
    PAIR,
    Budget,
    session_ends,
)
from newsletter_service.staff.models import User
from newsletter_service.staff.service import parse_email, record

SIGNED_IN, SIGNED_OUT, FAILED = "account.sign_in", "account.sign_out", "account.sign_in_failed"
NOBODY = 0
_HASH_BYTES = 16


@dataclass(frozen=True)
class Attempt:
    """Somebody at the door: the address as typed, the network they come from, and whose browser it is known to be.

    `browser` is what the browser's own cookie says: (account, random name), both sealed by us; None without it.
    """

    email: str
    network: str
    browser: tuple[int, str] | None = None


@dataclass(frozen=True)
class Account:
    """What has to be known of an account while its password is verified; of nobody's too, so that it takes as long."""

    user_id: int | None
    password_hash: str | None


@dataclass(frozen=True)
class _Purse:
    key: str
    budget: Budget


def is_known(attempt: Attempt, account: Account) -> bool:
    """Whether this account signed in before in the browser at hand."""
    return attempt.browser is not None and attempt.browser[0] == account.user_id


def account_behind(session: Session, typed: str) -> Account:
    """The open account with this address, or nobody's."""
    user = session.scalars(select(User).where(func.lower(User.email) == _normal(typed))).first()
    return Account(user.id, user.password) if user and user.active else Account(None, None)


def wait(session: Session, attempt: Attempt, account: Account, secret_key: str, now: datetime) -> timedelta:
    """How long this attempt has to wait before its password is looked at; reads only."""
    purses = _purses(attempt, account, secret_key)
    keys = [purse.key for purse in purses]
    rows = session.scalars(select(GuessBudget).where(GuessBudget.key.in_(keys)))
    used = {row.key: row.used_until for row in rows}
    return max(purse.budget.wait(used.get(purse.key), now) for purse in purses)


def charge(session: Session, attempt: Attempt, account: Account, secret_key: str, now: datetime) -> timedelta:
    """Count this attempt as a wrong one before its password is verified, so that many at the same time are many.

    Answers for how long it has to wait; only if that is nothing it was counted, and may go on.
    """
    purses = _purses(attempt, account, secret_key)
    rows = _locked(session, purses, now)
    waits = max(purse.budget.wait(rows[purse.key].used_until, now) for purse in purses)
    if not waits:
        for purse in purses:
            rows[purse.key].used_until = purse.budget.charged(rows[purse.key].used_until, now)
    return waits


def begin(session: Session, attempt: Attempt, account: Account, secret_key: str, now: datetime) -> str:
    """Let somebody in whose password was right; the key for their cookie."""
    purses = _purses(attempt, account, secret_key)
    rows = _locked(session, purses, now)
    for purse in purses:
        rows[purse.key].used_until -= purse.budget.each
    user = session.get_one(User, account.user_id)
    key = token_urlsafe(32)
    session.add(StaffSession(user=user, key_hash=_hash(key), started_at=now))
    record(session, user, SIGNED_IN, "account", user.id, now)
    return key


def renew(session: Session, account: Account, password_hash: str) -> None:
    """Keep a new hash of the same password, unless somebody set another password meanwhile."""
    same = (User.id == account.user_id, User.password == account.password_hash)
    session.execute(update(User).where(*same).values(password=password_hash))


def refuse(session: Session, attempt: Attempt, account: Account, secret_key: str, now: datetime) -> None:
    """Write down that a password was wrong: of which account, from which network, and nothing that was typed."""
    source = _sealed("network", attempt.network, secret_key)[:_HASH_BYTES]
    record(session, None, FAILED, "account", account.user_id or NOBODY, now, network=source)


def find(session: Session, key: str, active_at: datetime, now: datetime) -> StaffSession | None:
    """The session that a cookie has the key of, if it still holds and its account is open."""
    found = session.scalars(select(StaffSession).where(StaffSession.key_hash == _hash(key))).first()
    if found is None or not found.user.active or now >= session_ends(found.started_at, active_at):
        return None
    return found


def end(session: Session, key: str, now: datetime) -> None:
    """Sign out: a copy of the cookie is worth nothing then."""
    found = session.scalars(select(StaffSession).where(StaffSession.key_hash == _hash(key))).first()
    if found is not None:
        record(session, found.user, SIGNED_OUT, "account", found.user_id, now)
        session.delete(found)


def purge(session: Session, now: datetime) -> None:
    """Forget sessions that are over, and guesses that no longer count."""
    session.execute(delete(StaffSession).where(StaffSession.started_at <= now - LONGEST_SESSION))
    session.execute(delete(GuessBudget).where(GuessBudget.used_until <= now))


def _normal(typed: str) -> str:
    try:
        return parse_email(typed)
    except Invalid:
        return typed.strip().lower()


def _purses(attempt: Attempt, account: Account, secret_key: str) -> tuple[_Purse, ...]:
    """Where a wrong password of this attempt counts. Addresses without an account have budgets like all others."""
    if attempt.browser is not None and is_known(attempt, account):
        return (_Purse(_sealed("browser", attempt.browser[1], secret_key), KNOWN),)
    email = _normal(attempt.email)
    return (
        _Purse(_sealed("pair", f"{attempt.network} {email}", secret_key), PAIR),
        _Purse(_sealed("network", attempt.network, secret_key), NETWORK),
        _Purse(_sealed("account", email, secret_key), ACCOUNT),
    )


def _locked(session: Session, purses: Iterable[_Purse], now: datetime) -> dict[str, GuessBudget]:
    """A row for each purse, made if there is none; always in one order, so that nobody waits for each other."""
    keys = sorted(purse.key for purse in purses)
    add_missing(session, GuessBudget, [{"key": key, "used_until": now} for key in keys])
    rows = select(GuessBudget).where(GuessBudget.key.in_(keys)).order_by(GuessBudget.key)
    return {row.key: row for row in session.scalars(rows.with_for_update())}


def _sealed(what: str, words: str, secret_key: str) -> str:
    return seal(secret_key, f"guess-{what}", words, _HASH_BYTES).hex()


def _hash(key: str) -> str:
    return sha256(key.encode()).hexdigest()
