"""Accounts and the audit trail."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter_service.errors import Invalid, NotFound
from newsletter_service.operations.logs import without_addresses
from newsletter_service.operations.terminal import terminal_user
from newsletter_service.publisher.models import Organisation
from newsletter_service.staff.models import AuditEntry, User
from newsletter_service.staff.models import Role as RoleRow
from newsletter_service.staff.rules import EMAIL_LENGTH, NAME_LENGTH, Actor, Role
from newsletter_service.staff.trail.service import seal_at_commit


def find_user(session: Session, email: str) -> User | None:
    """Returns the account with this address, which is in its normal form, whether it is in use or not."""
    return session.scalars(select(User).where(func.lower(User.email) == email)).first()


def parse_name(typed: str) -> str:
    """The name of an account in its one form; Invalid if it is none."""
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


def find_organisation(session: Session, slug: str) -> Organisation:
    """Returns an organisation by its short name in addresses; NotFound names those there are."""
    found = session.scalars(select(Organisation).where(Organisation.slug == slug)).first()
    if found is None:
        known = ", ".join(session.scalars(select(Organisation.slug).order_by(Organisation.position)))
        raise NotFound(
            f"There is no organisation {slug!r}; there are: {known or 'none yet (run: newsletter setup)'}."
        )
    return found


def role_rows(session: Session, roles: Collection[Role]) -> list[RoleRow]:
    """Returns the rows of these roles, made where there are none."""
    return [_role(session, role) for role in sorted(roles)]


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
    """Write down what `actor` did to what, sealed when the transaction commits; `detail` holds JSON values.

    None is who is at the terminal of a command, or else the service itself.
    """
    _write(session, actor, action, _Subject(subject_type, subject_id), now, detail)


def record_about_reader(
    session: Session,
    actor: User | None,
    action: str,
    number: int,
    address_hmac: str,
    now: datetime,
    **detail: object,
) -> None:
    """The same of a reader (number 0: somebody who is none), who is known here by the hash of their address, too."""
    _write(session, actor, action, _Subject("subscriber", number, address_hmac), now, detail)


class _Subject(NamedTuple):
    type: str
    id: int
    key: str = ""


def _write(
    session: Session,
    actor: User | None,
    action: str,
    subject: _Subject,
    now: datetime,
    detail: dict[str, object],
) -> None:
    entry = AuditEntry(
        at=now,
        actor_id=actor.id if actor else None,
        terminal="" if actor else terminal_user(),
        action=action,
        subject_type=subject.type,
        subject_id=subject.id,
        subject_key=subject.key,
        detail=_without_addresses(detail),
    )
    session.add(entry)
    session.flush()
    seal_at_commit(session, entry)


def record_command(session: Session, command: str, now: datetime) -> None:
    """Write down that somebody at the terminal runs a command."""
    record(session, None, "command.run", "command", 0, now, command=command)


def _without_addresses(value: Any) -> Any:
    """The same with no mail address in it: what stands in the trail stays when its person is erased."""
    if isinstance(value, str):
        return without_addresses(value)
    if isinstance(value, dict):
        return {name: _without_addresses(one) for name, one in value.items()}
    return [_without_addresses(one) for one in value] if isinstance(value, list | tuple) else value


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
