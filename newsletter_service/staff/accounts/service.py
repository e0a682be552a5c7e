"""Use cases of accounts: invite, change, close, open again, sign out everywhere.

Whatever could leave nobody who administers holds the administrators' role first, so that of two who do it at the same
time the second sees what the first did. `by` is who asks for it; None is a command on the server.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.errors import Conflict, Invalid, NotAllowed, NotFound
from newsletter_service.links.tokens import new_key
from newsletter_service.links.urls import Links
from newsletter_service.publisher.service import newsletter
from newsletter_service.staff.access import service as access
from newsletter_service.staff.accounts.emails import invitation
from newsletter_service.staff.accounts.making import NewUser, add_user
from newsletter_service.staff.accounts.rules import AccountState, Standing, leaves_an_administrator, state_of
from newsletter_service.staff.models import Role as RoleRow
from newsletter_service.staff.models import User
from newsletter_service.staff.notices import prepare_notice, write_down
from newsletter_service.staff.rules import Role
from newsletter_service.staff.service import record, role_rows


class LastAdministrator(Conflict):
    """Nobody could administer any more; nothing was changed."""

    def __init__(self) -> None:
        super().__init__("This is the last administrator who can sign in: make somebody else one first.")


@dataclass(frozen=True)
class Change:
    """How an account is to be: its name, its roles, and its organisation (by number)."""

    name: str
    roles: Collection[Role]
    organisation_id: int | None


def everybody(session: Session) -> list[User]:
    """Returns all accounts, those in use first, by name."""
    return list(session.scalars(select(User).order_by(User.active.desc(), User.name, User.id)))


def account(session: Session, user_id: int) -> User:
    """Returns one account; NotFound."""
    found = session.get(User, user_id)
    if found is None:
        raise NotFound("there is no such account")
    return found


def standing(user: User) -> AccountState:
    """Returns how an account stands."""
    return state_of(active=user.active, can_sign_in=user.can_sign_in)


def invite(session: Session, links: Links, new: NewUser, by: User | None, now: datetime) -> User:
    """Makes an account without a password and mails its owner the link to choose one. Invalid, NotFound or Conflict."""
    _hold(session, by)
    user = add_user(session, new)
    _mail_invitation(session, links, user, by, now)
    detail = {"roles": sorted(new.roles), "organisation_id": user.organisation_id}
    record(session, by, "account.invite", "account", user.id, now, **detail)
    return user


def invite_again(session: Session, links: Links, user_id: int, by: User | None, now: datetime) -> User:
    """Mails the link once more to somebody who never used it. Conflict for everybody else."""
    user = held(session, user_id, by)
    if standing(user) is not AccountState.INVITED:
        raise Conflict("This account is not waiting for its owner.")
    _mail_invitation(session, links, user, by, now)
    record(session, by, "account.invite_again", "account", user.id, now)
    return user


def change(session: Session, user_id: int, wanted: Change, by: User | None, now: datetime) -> User:
    """Gives an account other roles, another organisation or name. LastAdministrator, Invalid."""
    user = held(session, user_id, by)
    if Role.HEAD in wanted.roles and wanted.organisation_id is None:
        raise Invalid("A head needs an organisation.", "organisation")
    _check_others(session, user, standing(user), wanted.roles)
    before = _told(user)
    user.name, user.roles = wanted.name, role_rows(session, wanted.roles)
    user.organisation_id = wanted.organisation_id
    session.flush()
    session.refresh(user)
    after = _told(user)
    changed = sorted(name for name in after if after[name] != before[name])
    if changed:
        detail = {name: [before[name], after[name]] for name in changed if name != "name"}
        record(session, by, "account.change", "account", user.id, now, changed=changed, **detail)
    return user


def close(session: Session, user_id: int, by: User | None, now: datetime) -> User:
    """Lets nobody in with an account any more, and signs it out at its next request. LastAdministrator."""
    user = held(session, user_id, by)
    _check_others(session, user, AccountState.CLOSED, _roles(user))
    if user.active:
        user.active, user.link_key, user.agenda_key = False, None, None
        access.end_all(session, user.id)
        record(session, by, "account.close", "account", user.id, now)
    return user


def reopen(session: Session, links: Links, user_id: int, by: User | None, now: datetime) -> User:
    """Lets somebody in again; who never chose a password is invited once more."""
    user = held(session, user_id, by)
    if not user.active:
        user.active = True
        record(session, by, "account.reopen", "account", user.id, now)
        if not user.can_sign_in:
            _mail_invitation(session, links, user, by, now)
    return user


def sign_out_everywhere(session: Session, user_id: int, by: User | None, now: datetime) -> int:
    """Ends all sessions of an account and returns their number."""
    user = held(session, user_id, by)
    ended = access.end_all(session, user.id)
    record(session, by, "account.sign_out_everywhere", "account", user.id, now, sessions=ended)
    return ended


def _hold(session: Session, by: User | None) -> None:
    """Wait for others who change accounts, then see whether `by` still may."""
    session.execute(select(RoleRow.id).where(RoleRow.name == Role.ADMINISTRATOR).with_for_update())
    if by is None:
        return
    session.refresh(by)
    if not by.active or Role.ADMINISTRATOR not in _roles(by):
        raise NotAllowed("no administrator any more")


def held(session: Session, user_id: int, by: User | None) -> User:
    """Returns an account that nobody else changes until the transaction ends. NotAllowed, NotFound."""
    _hold(session, by)
    found = session.get(User, user_id, with_for_update={"of": User}, populate_existing=True)
    if found is None:
        raise NotFound("there is no such account")
    session.refresh(found, ["roles"])
    return found


def _check_others(session: Session, user: User, state: AccountState, roles: Collection[Role]) -> None:
    theirs = select(User).where(User.roles.any(RoleRow.name == Role.ADMINISTRATOR))
    found = session.scalars(theirs.execution_options(populate_existing=True))
    before = [Standing(one.id, standing(one), _roles(one)) for one in found]
    if not leaves_an_administrator(before, Standing(user.id, state, roles)):
        raise LastAdministrator


def _roles(user: User) -> frozenset[Role]:
    return frozenset(row.name for row in user.roles)


def _told(user: User) -> dict[str, object]:
    """What the audit trail says of an account before and after; of a name only that it changed."""
    return {"name": user.name, "roles": sorted(_roles(user)), "organisation_id": user.organisation_id}


def _mail_invitation(session: Session, links: Links, user: User, by: User | None, now: datetime) -> None:
    user.link_key = user.link_key or new_key()
    url, name = links.invitation(user.link_key, now), newsletter(session).name
    inviter = by.name if by else ""
    write_down(
        session, prepare_notice([user], lambda language: invitation(name, inviter, url, language)), now
    )
