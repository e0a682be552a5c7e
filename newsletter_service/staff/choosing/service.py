"""Use cases of choosing a password: ask for the link, answer who asked, choose."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.budgets import service as budgets
from newsletter_service.budgets.rules import mailbox_of
from newsletter_service.budgets.service import purse
from newsletter_service.delivery.service import write_notice
from newsletter_service.links.tokens import Holder, new_key
from newsletter_service.links.urls import NEW_PASSWORD_WITHIN
from newsletter_service.publisher.mail_context import MailContext
from newsletter_service.publisher.service import newsletter
from newsletter_service.staff.access import service as access
from newsletter_service.staff.choosing.emails import lost_password, password_changed
from newsletter_service.staff.choosing.models import PasswordRequest
from newsletter_service.staff.models import User
from newsletter_service.staff.service import find_user, record

_AT_ONCE = 500


def ask(session: Session, mail_context: MailContext, email: str, network: str, now: datetime) -> timedelta:
    """Writes down that a link is asked for; or returns for how long to wait, and writes nothing.

    It counts with the forms of readers, which pay for mails in the same way. Whether there is such an account, and
    whether it had its mails of today, shows nowhere.
    """
    limits, secret_key = mail_context.form_limits, mail_context.keys.current
    mailbox = purse("form-mailbox", mailbox_of(email), limits.mailbox, secret_key)
    client = purse("form-network", network, limits.network, secret_key)
    everybody = purse("form", "", limits.all, secret_key)
    held = budgets.hold(session, [mailbox, client, everybody], now)
    waits = held.wait(client, everybody, patient=False)
    if waits:
        return waits
    within_budget = not held.wait(mailbox)
    held.use(client)
    held.use(mailbox, everybody, times=int(within_budget))
    session.add(PasswordRequest(email=email, within_budget=within_budget, at=now))
    session.flush()
    return timedelta()


def waiting(session: Session) -> Sequence[int]:
    """Returns what is to be answered, some hundreds at a time, the oldest first."""
    return session.scalars(select(PasswordRequest.id).order_by(PasswordRequest.id).limit(_AT_ONCE)).all()


def answer(session: Session, mail_context: MailContext, request_id: int) -> bool:
    """Mails the link to who asked for it, if there is such an account; False if that was answered before."""
    row = session.get(PasswordRequest, request_id, with_for_update=True, populate_existing=True)
    if row is None:
        return False
    user = find_user(session, row.email) if row.within_budget else None
    if user is not None and user.active and (user.password is not None or user.identity is None):
        _mail_link(session, mail_context, user, row.at)
    session.delete(row)
    session.flush()
    return True


def _mail_link(session: Session, mail_context: MailContext, user: User, now: datetime) -> None:
    """Who is invited and uses the former link keeps that: both links have one key, and go with its first use."""
    user.link_key = user.link_key or new_key()
    url = mail_context.links.new_password(user.link_key, now)
    notice = lost_password(newsletter(session).name, url, user.language)
    write_notice(session, notice, user.email, now, name=user.name, give_up_after=NEW_PASSWORD_WITHIN)
    record(session, None, "account.password_link", "account", user.id, now)


def behind(session: Session, holder: Holder, *, to_change: bool = False) -> User | None:
    """Returns whose link it is; None once it was used, or the account was closed."""
    query = select(User).where(User.link_key == holder.key, User.active)
    if to_change:
        query = query.with_for_update(of=User).execution_options(populate_existing=True)
    return session.scalars(query).one_or_none()


def choose(
    session: Session, mail_context: MailContext, user: User, password_hash: str, now: datetime
) -> None:
    """Gives an account its password by way of a link, which then leads nowhere, and signs it out everywhere."""
    _set(session, mail_context, user, password_hash, now)
    access.end_all(session, user.id)
    record(session, user, "account.password_chosen", "account", user.id, now)


def change(
    session: Session, mail_context: MailContext, user: User, password_hash: str, key: str, now: datetime
) -> None:
    """Gives an account another password, and signs it out everywhere but in the session with this key."""
    _set(session, mail_context, user, password_hash, now)
    access.end_all(session, user.id, but=key)
    record(session, user, "account.password_change", "account", user.id, now)


def set_by_command(
    session: Session, mail_context: MailContext, user: User, password_hash: str, now: datetime
) -> None:
    """Gives an account another password by a command on the server, and signs it out everywhere."""
    _set(session, mail_context, user, password_hash, now)
    access.end_all(session, user.id)
    record(session, None, "account.password_set", "account", user.id, now)


def _set(session: Session, mail_context: MailContext, user: User, password_hash: str, now: datetime) -> None:
    first = not user.can_sign_in
    user.password, user.link_key = password_hash, None
    if not first:
        url = mail_context.links.staff("wachtwoord-vergeten")
        notice = password_changed(newsletter(session).name, url, user.language)
        write_notice(session, notice, user.email, now, name=user.name)
    session.flush()
