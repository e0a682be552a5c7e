"""Notices to staff: to each in their own language."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter_service.delivery.service import write_notice
from newsletter_service.languages import Language
from newsletter_service.letters.values import Notice
from newsletter_service.staff.models import AuditEntry, User
from newsletter_service.staff.models import Role as RoleRow
from newsletter_service.staff.rules import GETS, NoticeKind, Role
from newsletter_service.staff.service import record


@dataclass(frozen=True)
class PreparedNotice:
    """A notice that is ready to be written down: what it says to each member of staff."""

    letters: tuple[tuple[User, Notice], ...]


@dataclass(frozen=True)
class Alert:
    """Something that staff are mailed about once: the notice of it, and what the audit trail says that was told."""

    notice: PreparedNotice
    action: str
    subject: str
    subject_id: int
    detail: dict[str, int]


def told_last(session: Session, action: str) -> datetime | None:
    """When staff were last told of what the audit trail calls `action`, if ever."""
    return session.scalars(select(func.max(AuditEntry.at)).where(AuditEntry.action == action)).one()


def tell_once(session: Session, alert: Alert, now: datetime) -> None:
    """Writes the letters of an alert into the ledger, and down that it was told."""
    write_down(session, alert.notice, now)
    record(session, None, alert.action, alert.subject, alert.subject_id, now, **alert.detail)


def staff_with(session: Session, roles: Collection[Role]) -> list[User]:
    """Returns those who have any of these roles, as far as their accounts are in use."""
    theirs = select(User).where(User.active, User.roles.any(RoleRow.name.in_(roles)))
    return list(session.scalars(theirs.order_by(User.id)))


def who_get(session: Session, kind: NoticeKind) -> list[User]:
    """Returns those whom a notice is meant for that one may do without, as far as they do not."""
    return [user for user in staff_with(session, GETS[kind]) if kind not in user.muted]


def prepare_notice(told: Iterable[User], build: Callable[[Language], Notice]) -> PreparedNotice:
    """Prepares what `build` makes of a language, for each of these people; it writes nothing."""
    return PreparedNotice(tuple((user, build(user.language)) for user in told))


def write_down(session: Session, notice: PreparedNotice, now: datetime) -> None:
    """Writes the letters of a notice into the ledger."""
    for user, words in notice.letters:
        write_notice(session, words, user.email, now, name=user.name)
