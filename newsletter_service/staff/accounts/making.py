"""Making an account, with a password that is good enough or with none yet."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.errors import Conflict, Invalid
from newsletter_service.languages import DEFAULT_LANGUAGE, Language
from newsletter_service.publisher.models import Newsletter, Organisation
from newsletter_service.staff.access.passwords import hashed
from newsletter_service.staff.models import User
from newsletter_service.staff.rules import MAX_PASSWORD, MIN_PASSWORD, Role
from newsletter_service.staff.service import find_organisation, find_user, parse_email, parse_name, role_rows
from newsletter_service.staff.strength import Weakness, weakness


@dataclass(frozen=True)
class NewUser:
    """An account to be made; a head needs an organisation (by slug). Without a password it is only invited.

    `around` are names that no password may be made of, besides those of the account itself.
    """

    email: str
    name: str
    password: str | None
    roles: Collection[Role]
    organisation: str | None = None
    language: Language = DEFAULT_LANGUAGE
    around: Collection[str] = ()


class WeakPassword(Invalid):
    """A password that is not good enough; `weakness` says why."""

    def __init__(self, found: Weakness) -> None:
        super().__init__(_WHY_WEAK[found], "password")
        self.weakness = found


_WHY_WEAK = {
    Weakness.SHORT: f"The password is too short: use at least {MIN_PASSWORD} characters.",
    Weakness.LONG: f"The password is too long: use at most {MAX_PASSWORD} characters.",
    Weakness.OWN: "The password is made of names and words that others can guess: use other words.",
    Weakness.KNOWN: "The password looks like one that many people use: use other words, or more of them.",
    Weakness.PATTERN: "The password is a row, a date or a repetition: use words that do not belong together.",
    Weakness.GUESSABLE: "The password is too easy to guess: use more words.",
}


def add_user(session: Session, new: NewUser) -> User:
    """Make an account. Invalid, NotFound or Conflict say in one line what is wrong."""
    name, email = parse_name(new.name), parse_email(new.email)
    password_hash = _hash_for(new, name, email)  # slow: before the transaction begins
    if Role.HEAD in new.roles and not new.organisation:
        raise Invalid("A head needs an organisation.", "organisation")
    if find_user(session, email) is not None:
        raise Conflict("There is an account with this address already.")
    user = User(
        email=email,
        name=name,
        password=password_hash,
        fs_uniquifier=uuid4().hex,
        language=new.language,
        organisation=find_organisation(session, new.organisation) if new.organisation else None,
        roles=role_rows(session, new.roles),
    )
    session.add(user)
    session.flush()
    return user


def _hash_for(new: NewUser, name: str, email: str) -> str | None:
    if new.password is None:
        return None
    check_password(new.password, [name, email, email.partition("@")[0], new.organisation or "", *new.around])
    return hashed(new.password)


def check_password(typed: str, own: Iterable[str]) -> None:
    """WeakPassword if a password is not good enough for whom these names belong to."""
    found = weakness(typed, list(own))
    if found is not None:
        raise WeakPassword(found)


def names_around(session: Session) -> list[str]:
    """Returns the names of the newsletter and of its organisations, which others guess first."""
    newsletters = session.scalars(select(Newsletter.name)).all()
    theirs = session.execute(select(Organisation.name, Organisation.short_name, Organisation.slug))
    return [*newsletters, *(name for row in theirs for name in row)]


def own_names(user: User) -> list[str]:
    """Returns the names of an account's owner."""
    return [user.name, user.email, user.email.partition("@")[0]]
