"""Use cases of the second factor: what somebody has for it, using it once, adding, removing and resetting it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from newsletter_service.budgets import service as budgets
from newsletter_service.budgets.service import purse
from newsletter_service.db import rows_changed
from newsletter_service.errors import Conflict, NotAllowed
from newsletter_service.languages import Language
from newsletter_service.letters.values import Notice
from newsletter_service.links.urls import Links
from newsletter_service.publisher.service import newsletter
from newsletter_service.staff.access import service as access
from newsletter_service.staff.accounts.service import held
from newsletter_service.staff.models import User
from newsletter_service.staff.notices import prepare_notice, staff_with, write_down
from newsletter_service.staff.rules import Role
from newsletter_service.staff.second_factor import emails
from newsletter_service.staff.second_factor.codes import recovery_hash
from newsletter_service.staff.second_factor.models import Passkey, RecoveryCode
from newsletter_service.staff.second_factor.passkeys import NewKey, OldKey
from newsletter_service.staff.second_factor.rules import TRIES
from newsletter_service.staff.service import record
from newsletter_service.staff.used_forms import made_before, note_made

FAILED = "account.second_factor_failed"


def passkeys_of(session: Session, user_id: int) -> Sequence[Passkey]:
    """Returns the passkeys of an account, the oldest first."""
    return session.scalars(select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id)).all()


def has_any(session: Session, user_id: int) -> bool:
    """Whether somebody has anything for the second factor, so that it is asked."""
    app = select(User.id).where(User.id == user_id, User.totp_secret.is_not(None)).exists()
    key = select(Passkey.id).where(Passkey.user_id == user_id).exists()
    return bool(session.scalar(select(or_(app, key))))


def codes_left(session: Session, user_id: int) -> int:
    """Returns the number of recovery codes that were not used yet."""
    mine = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.user_id == user_id)
    return session.scalar(mine) or 0


def charge(session: Session, user_id: int, secret_key: str, now: datetime) -> timedelta:
    """Counts a try before it is looked at; or returns for how long it has to wait, and counts nothing."""
    return budgets.charge(session, [_tries(user_id, secret_key)], now)


def forgive(session: Session, user_id: int, secret_key: str, now: datetime) -> None:
    """Takes a try back that was right."""
    budgets.give_back(session, [_tries(user_id, secret_key)], now)


def fail(session: Session, user_id: int, now: datetime) -> None:
    """Writes down that a second factor was wrong, and nothing that was typed."""
    record(session, None, FAILED, "account", user_id, now)


def use_app(session: Session, user_id: int, secret: str, counter: int) -> bool:
    """Uses the code of this step of time; False where it, or a later one, was used before, or the app is another."""
    unused = or_(User.totp_counter.is_(None), User.totp_counter < counter)
    mine = update(User).where(User.id == user_id, User.totp_secret == secret, unused)
    return rows_changed(session, mine.values(totp_counter=counter)) == 1


def use_recovery_code(session: Session, key: str, user_id: int, typed: str, now: datetime) -> bool:
    """Uses up a recovery code; False if it is none."""
    hashed = recovery_hash(key, user_id, typed)
    mine = delete(RecoveryCode).where(RecoveryCode.user_id == user_id, RecoveryCode.code_hash == hashed)
    if rows_changed(session, mine) != 1:
        return False
    user = session.get_one(User, user_id)
    record(session, user, "account.recovery_code_used", "account", user_id, now)
    return True


def use_passkey(session: Session, user_id: int, used: OldKey, challenge: str, now: datetime) -> bool:
    """Uses a passkey; False where its answer to this challenge was used before, or it is gone."""
    user = session.get_one(User, user_id)
    if made_before(session, user, challenge) is not None:
        return False
    mine = select(Passkey).where(Passkey.user_id == user_id, Passkey.credential_id == used.credential_id)
    found = session.scalars(mine.with_for_update()).one_or_none()
    if found is None:
        return False
    found.sign_count, found.used_at = used.sign_count, now
    note_made(session, user, challenge, found.id, now)
    return True


def add_passkey(session: Session, user: User, key: NewKey, name: str, now: datetime) -> Passkey:
    """Gives somebody one more passkey. Conflict if somebody has it already."""
    if session.scalar(select(Passkey.id).where(Passkey.credential_id == key.credential_id)) is not None:
        raise Conflict("This passkey is in use already.")
    row = Passkey(
        user_id=user.id,
        credential_id=key.credential_id,
        public_key=key.public_key,
        sign_count=key.sign_count,
        name=name,
        added_at=now,
    )
    session.add(row)
    session.flush()
    record(session, user, "account.passkey_add", "account", user.id, now, passkey=row.id)
    return row


def remove_passkey(session: Session, user: User, passkey_id: int, now: datetime) -> None:
    """Takes away one of somebody's own passkeys."""
    mine = delete(Passkey).where(Passkey.user_id == user.id, Passkey.id == passkey_id)
    if rows_changed(session, mine):
        _without_codes_if_nothing_is_left(session, user)
        record(session, user, "account.passkey_remove", "account", user.id, now, passkey=passkey_id)


def add_app(session: Session, user: User, secret: str, counter: int, now: datetime) -> None:
    """Gives somebody an app, instead of the one they had; `counter` is the step of the code that proved it."""
    user.totp_secret, user.totp_counter = secret, counter
    record(session, user, "account.app_add", "account", user.id, now)


def remove_app(session: Session, user: User, now: datetime) -> None:
    """Takes somebody's own app away."""
    if user.totp_secret is not None:
        user.totp_secret = user.totp_counter = None
        session.flush()
        _without_codes_if_nothing_is_left(session, user)
        record(session, user, "account.app_remove", "account", user.id, now)


def keep_codes(session: Session, key: str, user: User, codes: Sequence[str], now: datetime) -> None:
    """Gives somebody these recovery codes, and none of those they had."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    session.add_all(
        RecoveryCode(user_id=user.id, code_hash=recovery_hash(key, user.id, code)) for code in codes
    )
    record(session, user, "account.recovery_codes", "account", user.id, now)


def reset(session: Session, links: Links, user_id: int, by: User | None, now: datetime) -> User:
    """Takes everything for the second factor away from somebody who lost it, and tells them and all administrators.

    Nobody does that for themselves: who has their session would be rid of it. `by` None is a command on the server.
    """
    if by is not None and by.id == user_id:
        raise NotAllowed("not for oneself")
    user = held(session, user_id, by)
    user.totp_secret = user.totp_counter = None
    for kind in (Passkey, RecoveryCode):
        session.execute(delete(kind).where(kind.user_id == user_id))
    access.end_all(session, user_id)
    record(session, by, "account.second_factor_reset", "account", user_id, now)
    _tell(session, links, user, by, now)
    return user


def _tell(session: Session, links: Links, user: User, by: User | None, now: datetime) -> None:
    name, by_name = newsletter(session).name, by.name if by else ""

    def told(language: Language) -> Notice:
        return emails.second_factor_reset(name, user.name, by_name, links.staff("accounts"), language)

    def told_owner(language: Language) -> Notice:
        return emails.your_second_factor_reset(name, by_name, links.staff("mijn-account"), language)

    others = [one for one in staff_with(session, (Role.ADMINISTRATOR,)) if one.id != user.id]
    write_down(session, prepare_notice(others, told), now)
    write_down(session, prepare_notice([user], told_owner), now)


def _without_codes_if_nothing_is_left(session: Session, user: User) -> None:
    if not has_any(session, user.id):
        session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))


def _tries(user_id: int, secret_key: str) -> budgets.Purse:
    return purse("second-factor", str(user_id), TRIES, secret_key)
