"""Accounts and the audit trail."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from unicodedata import normalize
from uuid import uuid4

from email_validator import EmailNotValidError, validate_email
from flask_security.utils import hash_password
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter_service.errors import Conflict, Invalid, NotFound
from newsletter_service.languages import DEFAULT_LANGUAGE, Language
from newsletter_service.publisher.models import Organisation
from newsletter_service.staff.models import AuditEntry, User
from newsletter_service.staff.models import Role as RoleRow
from newsletter_service.staff.rules import EMAIL_LENGTH, MAX_PASSWORD, MIN_PASSWORD, NAME_LENGTH, Actor, Role


@dataclass(frozen=True)
class NewUser:
    """An account to be made; a head needs an organisation (by slug)."""

    email: str
    name: str
    password: str
    roles: Collection[Role]
    organisation: str | None = None
    language: Language = DEFAULT_LANGUAGE


def add_user(session: Session, new: NewUser) -> User:
    """Make an account. Invalid, NotFound or Conflict say in one line what is wrong."""
    name, email = _name(new.name), parse_email(new.email)
    password_hash = hash_password(_password(new.password))  # slow: before the transaction begins
    if Role.HEAD in new.roles and not new.organisation:
        raise Invalid("A head needs an organisation.", "organisation")
    if session.scalars(select(User).where(func.lower(User.email) == email)).first():
        raise Conflict("There is an account with this address already.")
    user = User(
        email=email,
        name=name,
        password=password_hash,
        fs_uniquifier=uuid4().hex,
        language=new.language,
        organisation=_organisation(session, new.organisation) if new.organisation else None,
        roles=[_role(session, role) for role in sorted(new.roles)],
    )
    session.add(user)
    session.flush()
    return user


def _name(typed: str) -> str:
    name = " ".join(typed.split()) if len(typed) <= 2 * NAME_LENGTH else typed
    if len(name) > NAME_LENGTH:
        raise Invalid(f"The name is too long: use at most {NAME_LENGTH} characters.", "name")
    if not name or not name.isprintable():
        raise Invalid("The name is empty, or has characters that cannot be shown.", "name")
    return name


def parse_email(typed: str) -> str:
    """The address of an account in its one normal form; Invalid if it is none."""
    if len(typed) > EMAIL_LENGTH:
        raise Invalid(f"The mail address is too long: use at most {EMAIL_LENGTH} characters.", "email")
    try:
        return validate_email(typed.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        raise Invalid(f"This is not a mail address: {error}", "email") from error


def _password(typed: str) -> str:
    """In the form that sign-in compares: keyboards write an é in two ways."""
    if len(typed) < MIN_PASSWORD:
        raise Invalid(f"The password is too short: use at least {MIN_PASSWORD} characters.", "password")
    if len(typed) > MAX_PASSWORD:
        raise Invalid(f"The password is too long: use at most {MAX_PASSWORD} characters.", "password")
    return normalize("NFKD", typed)


def _organisation(session: Session, slug: str) -> Organisation:
    found = session.scalars(select(Organisation).where(Organisation.slug == slug)).first()
    if found is None:
        known = ", ".join(session.scalars(select(Organisation.slug).order_by(Organisation.position)))
        raise NotFound(
            f"There is no organisation {slug!r}; there are: {known or 'none yet (run: newsletter seed)'}."
        )
    return found


def _role(session: Session, role: Role) -> RoleRow:
    row = session.scalars(select(RoleRow).where(RoleRow.name == role)).first()
    if row is None:
        row = RoleRow(name=role)
        session.add(row)
    return row


def actor_of(user: User) -> Actor:
    """What the rules need to know of `user`."""
    return Actor(frozenset(role.name for role in user.roles), user.organisation_id)


def record(
    session: Session,
    actor: User | None,
    action: str,
    subject_type: str,
    subject_id: int,
    now: datetime,
    **detail: object,
) -> None:
    """Write down what `actor` (None: the scheduler) did to what; `detail` holds JSON values."""
    session.add(
        AuditEntry(
            at=now,
            actor_id=actor.id if actor else None,
            action=action,
            subject_type=subject_type,
            subject_id=subject_id,
            detail=detail,
        )
    )
    session.flush()


def last_to_change(
    session: Session, subject_type: str, subject_id: int, names: Collection[str]
) -> User | None:
    """Who was the last to change one of these fields of a thing, by the `changed` of its audit entries."""
    query = select(AuditEntry).where(
        AuditEntry.subject_type == subject_type, AuditEntry.subject_id == subject_id
    )
    for entry in session.scalars(query.order_by(AuditEntry.id.desc())):
        if not set(names).isdisjoint(entry.detail.get("changed", ())):
            return entry.actor
    return None


def times_done(session: Session, actor: User, action: str, since: datetime) -> int:
    """How often `actor` did this since then, by the audit trail."""
    done = (AuditEntry.actor_id == actor.id, AuditEntry.action == action, AuditEntry.at > since)
    return session.scalar(select(func.count()).select_from(AuditEntry).where(*done)) or 0
