"""Use cases of single sign-on: whose account it is, or which one their groups make."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from newsletter_service.budgets import service as budgets
from newsletter_service.budgets.rules import Budget
from newsletter_service.budgets.service import purse
from newsletter_service.errors import Invalid, NewsletterError
from newsletter_service.identity_provider import GroupRule
from newsletter_service.staff.access.models import StaffSession
from newsletter_service.staff.access.rules import NETWORK
from newsletter_service.staff.access.service import FAILED, NOBODY
from newsletter_service.staff.accounts import service as accounts
from newsletter_service.staff.accounts.making import NewUser, add_user
from newsletter_service.staff.accounts.service import Change, LastAdministrator
from newsletter_service.staff.models import User
from newsletter_service.staff.service import actor_of, find_organisation, find_user, parse_email, record
from newsletter_service.staff.single_sign_on.rules import (
    Entry,
    Found,
    Given,
    Identity,
    SignedOff,
    given_by,
    how_they_enter,
)


@dataclass(frozen=True)
class _Accounts:
    """The account that knows somebody's identity, and the one that has their address."""

    known: User | None
    addressed: User | None

    @property
    def theirs(self) -> User | None:
        return self.known or self.addressed


def admit(
    session: Session, identity: Identity, rules: Iterable[GroupRule], invited: User | None, now: datetime
) -> User | None:
    """Returns the account that somebody comes in with, made or bound if that is due; None if they stay outside.

    `invited` is whose invitation led here: who holds that, and signs in at the provider, has that account.
    """
    given, found = given_by(identity.groups, rules), _found(session, identity)
    entry = how_they_enter(identity, given, _as_found(found))
    if invited is not None and found.known is None and invited.identity is None:
        return _follow(session, _bind(session, invited, identity, now), given, now)
    if entry is Entry.REFUSED:
        refuse(session, found.theirs, now)
        return None
    if entry is Entry.NEW:
        return _make(session, identity, given, now)
    user = found.theirs
    if user is not None and entry is Entry.BIND:
        _bind(session, user, identity, now)
    return _follow(session, user, given, now) if user is not None else None


def charge(session: Session, network: str, secret_key: str, now: datetime) -> timedelta:
    """Counts an answer against its network before the provider is asked; or returns for how long it has to wait."""
    return budgets.charge(session, [_answers(network, secret_key)], now)


def forgive(session: Session, network: str, secret_key: str, now: datetime) -> None:
    """Takes an answer back that let somebody in."""
    budgets.give_back(session, [_answers(network, secret_key)], now)


def _answers(network: str, secret_key: str) -> budgets.Purse:
    """Answers of people and messages that somebody was signed out are one budget: each has a token looked at."""
    return purse("sign-on-network", network, NETWORK, secret_key)


def end_by_provider(session: Session, identity: Identity) -> Counter[int]:
    """Ends what somebody, or one session of theirs, has open here by their provider; returns the number by account."""
    of_account = StaffSession.user_id.in_(select(User.id).where(User.identity == identity.mark))
    unnumbered = and_(of_account, StaffSession.provider_session == "")
    numbered = StaffSession.provider_session == identity.session_mark
    theirs = or_(numbered, unnumbered) if identity.session_id else of_account
    ended = session.execute(
        delete(StaffSession).where(StaffSession.by_provider, theirs).returning(StaffSession.user_id)
    )
    return Counter(ended.scalars())


def sign_off(session: Session, told: SignedOff, secret_key: str, now: datetime) -> bool:
    """Ends the sessions of whom a provider signed out; False where it was told before, and nothing is done."""
    token = purse("sign-off-token", told.token_id, Budget(free=1, each=2 * told.is_news_for), secret_key)
    if budgets.charge(session, [token], now):
        return False
    for user_id, number in end_by_provider(session, told.identity).items():
        record(session, None, "account.provider_sign_out", "account", user_id, now, sessions=number)
    return True


def refuse(session: Session, user: User | None, now: datetime) -> None:
    """Writes down that somebody did not get in by the provider, and nothing that it said of them."""
    record(session, None, FAILED, "account", user.id if user else NOBODY, now, by="provider")


def _found(session: Session, identity: Identity) -> _Accounts:
    known = session.scalars(select(User).where(User.identity == identity.mark)).one_or_none()
    try:
        email = parse_email(identity.email)
    except Invalid:
        return _Accounts(known, None)
    return _Accounts(known, find_user(session, email))


def _as_found(found: _Accounts) -> Found:
    theirs = found.theirs
    return Found(
        knows_them=found.known is not None,
        is_open=theirs is not None and theirs.active,
        has_address=found.addressed is not None,
        bound_elsewhere=found.addressed is not None and found.addressed.identity is not None,
        by_groups=found.known is not None and found.known.by_groups,
    )


def _bind(session: Session, user: User, identity: Identity, now: datetime) -> User:
    user.identity, user.link_key = identity.mark, None
    record(session, user, "account.identity_bound", "account", user.id, now)
    return user


def _make(session: Session, identity: Identity, given: Given, now: datetime) -> User | None:
    """An account for whom groups let in; None where what the provider says does not make one."""
    name = identity.name or identity.email.partition("@")[0]
    new = NewUser(identity.email, name, None, given.roles, given.organisation or None)
    try:
        user = add_user(session, new)
    except NewsletterError:
        refuse(session, None, now)
        return None
    user.identity, user.by_groups = identity.mark, True
    detail = {"roles": sorted(given.roles), "organisation_id": user.organisation_id}
    record(session, None, "account.by_groups", "account", user.id, now, **detail)
    return user


def _follow(session: Session, user: User, given: Given, now: datetime) -> User:
    """Gives an account what its owner's groups give, where they give anything; the last administrator stays one."""
    if not given.roles:
        return user
    organisation = find_organisation(session, given.organisation).id if given.organisation else None
    wanted = Change(user.name, given.roles, organisation or user.organisation_id)
    if wanted.roles == actor_of(user).roles and wanted.organisation_id == user.organisation_id:
        return user
    try:
        return accounts.change(session, user.id, wanted, None, now)
    except LastAdministrator:
        record(session, None, "account.groups_not_followed", "account", user.id, now)
        return user
