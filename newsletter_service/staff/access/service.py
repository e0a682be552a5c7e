"""Signing in and out, and the sessions that hold in between."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from newsletter_service.budgets import service as budgets
from newsletter_service.budgets.service import Purse, purse
from newsletter_service.db import rows_changed
from newsletter_service.errors import Invalid
from newsletter_service.staff.access.models import StaffSession
from newsletter_service.staff.access.rules import (
    ACCOUNT,
    KNOWN,
    LONGEST_SESSION,
    NETWORK,
    PAIR,
    session_ends,
)
from newsletter_service.staff.models import User
from newsletter_service.staff.service import parse_email, record

SIGNED_IN, SIGNED_OUT, FAILED = "account.sign_in", "account.sign_out", "account.sign_in_failed"
NOBODY = 0
_SOURCE_LETTERS = 16


@dataclass(frozen=True)
class Attempt:
    """Somebody at the door: the address as typed, the network they come from, and whose browser it is known to be.

    `browser` is what the browser's own cookie says: (account, random name), both sealed by us; None without it.
    `seen_as` is what its owner may know it by.
    """

    email: str
    network: str
    browser: tuple[int, str] | None = None
    seen_as: str = ""


@dataclass(frozen=True)
class Account:
    """What has to be known of an account while its password is verified; of nobody's too, so that it takes as long."""

    user_id: int | None
    password_hash: str | None


def is_known(attempt: Attempt, account: Account) -> bool:
    """Whether this account signed in before in the browser at hand."""
    return attempt.browser is not None and attempt.browser[0] == account.user_id


def account_behind(session: Session, typed: str) -> Account:
    """The open account with this address, or nobody's."""
    user = session.scalars(select(User).where(func.lower(User.email) == _normal(typed))).first()
    return Account(user.id, user.password) if user and user.active else Account(None, None)


def wait(session: Session, attempt: Attempt, account: Account, secret_key: str, now: datetime) -> timedelta:
    """How long this attempt has to wait before its password is looked at; reads only."""
    return budgets.wait(session, _purses(attempt, account, secret_key), now)


def charge(session: Session, attempt: Attempt, account: Account, secret_key: str, now: datetime) -> timedelta:
    """Count this attempt as a wrong one before its password is verified, so that many at the same time are many.

    Answers for how long it has to wait; only if that is nothing it was counted, and may go on.
    """
    return budgets.charge(session, _purses(attempt, account, secret_key), now)


def begin(session: Session, attempt: Attempt, account: Account, secret_key: str, now: datetime) -> str:
    """Let somebody in whose password was right, and count no attempt; the key for their cookie."""
    forgive(session, attempt, account, secret_key, now)
    return let_in(session, attempt, session.get_one(User, account.user_id), now)


def let_in(
    session: Session, attempt: Attempt, user: User, now: datetime, provider_session: str | None = None
) -> str:
    """Begin a session, and with who signed in by a provider note theirs there; the key for its cookie."""
    key, by_provider = token_urlsafe(32), provider_session is not None
    session.add(
        StaffSession(
            user=user,
            key_hash=_hash(key),
            started_at=now,
            browser=attempt.seen_as,
            by_provider=by_provider,
            provider_session=provider_session or "",
        )
    )
    user.last_sign_in_at = now
    how = {"by": "provider"} if by_provider else {}
    record(session, user, SIGNED_IN, "account", user.id, now, **how)
    return key


def renew(session: Session, account: Account, password_hash: str) -> None:
    """Keep a new hash of the same password, unless somebody set another password meanwhile."""
    same = (User.id == account.user_id, User.password == account.password_hash)
    session.execute(update(User).where(*same).values(password=password_hash))


def refuse(session: Session, attempt: Attempt, account: Account, secret_key: str, now: datetime) -> None:
    """Write down that a password was wrong: of which account, from which network, and nothing that was typed."""
    source = purse("guess-network", attempt.network, NETWORK, secret_key).key[:_SOURCE_LETTERS]
    record(session, None, FAILED, "account", account.user_id or NOBODY, now, network=source)


def find(session: Session, key: str, active_at: datetime, now: datetime) -> StaffSession | None:
    """The session that a cookie has the key of, if it still holds and its account is open."""
    found = session.scalars(select(StaffSession).where(StaffSession.key_hash == _hash(key))).first()
    if found is None or not found.user.active or now >= session_ends(found.started_at, active_at):
        return None
    return found


def forgive(session: Session, attempt: Attempt, account: Account, secret_key: str, now: datetime) -> None:
    """Count no attempt of somebody whose password was right."""
    budgets.give_back(session, _purses(attempt, account, secret_key), now)


def sessions_of(session: Session, user: User, now: datetime) -> list[StaffSession]:
    """Returns the sign-ins of an account that may still hold, the newest first."""
    mine = (StaffSession.user_id == user.id, StaffSession.started_at > now - LONGEST_SESSION)
    return list(session.scalars(select(StaffSession).where(*mine).order_by(StaffSession.id.desc())))


def end_all(session: Session, user_id: int, *, but: str | None = None) -> int:
    """Sign an account out everywhere, but for the session with the key `but`; returns the number of sessions."""
    ended = delete(StaffSession).where(StaffSession.user_id == user_id)
    return rows_changed(session, ended if but is None else ended.where(StaffSession.key_hash != _hash(but)))


def is_of(found: StaffSession, key: str) -> bool:
    """Whether the cookie that has `key` is that of this session."""
    return found.key_hash == _hash(key)


def end(session: Session, key: str, now: datetime) -> None:
    """Sign out: a copy of the cookie is worth nothing then."""
    found = session.scalars(select(StaffSession).where(StaffSession.key_hash == _hash(key))).first()
    if found is not None:
        record(session, found.user, SIGNED_OUT, "account", found.user_id, now)
        session.delete(found)


def purge(session: Session, now: datetime, kept: timedelta) -> int:
    """Forgets sessions that were over so long ago, and returns their number."""
    over = StaffSession.started_at <= now - LONGEST_SESSION - kept
    return rows_changed(session, delete(StaffSession).where(over))


def _normal(typed: str) -> str:
    try:
        return parse_email(typed)
    except Invalid:
        return typed.strip().lower()


def _purses(attempt: Attempt, account: Account, secret_key: str) -> tuple[Purse, ...]:
    """Where a wrong password of this attempt counts. Addresses without an account have budgets like all others."""
    if attempt.browser is not None and is_known(attempt, account):
        return (purse("guess-browser", attempt.browser[1], KNOWN, secret_key),)
    email = _normal(attempt.email)
    return (
        purse("guess-pair", f"{attempt.network} {email}", PAIR, secret_key),
        purse("guess-network", attempt.network, NETWORK, secret_key),
        purse("guess-account", email, ACCOUNT, secret_key),
    )


def _hash(key: str) -> str:
    return sha256(key.encode()).hexdigest()
