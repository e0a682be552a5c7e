"""Mails the head of the audit trail each night, to people of every organisation."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter_service.publisher.service import newsletter
from newsletter_service.staff.models import AuditEntry
from newsletter_service.staff.notices import prepare_notice, staff_with, told_last, write_down
from newsletter_service.staff.rules import Role
from newsletter_service.staff.service import record
from newsletter_service.staff.trail.rules import Head
from newsletter_service.staff.trail.service import head
from newsletter_service.trail.emails import head_of_the_trail
from newsletter_service.trail.rules import is_due

MAILED = "audit.head_mailed"
_TOLD_ROLES = (Role.HEAD, Role.ADMINISTRATOR)


def due(session: Session, now: datetime) -> bool:
    """Whether the head is to be mailed now; reads only."""
    since = told_last(session, MAILED) or session.scalar(select(func.min(AuditEntry.at)))
    return is_due(since, now) and bool(staff_with(session, _TOLD_ROLES))


def mail_head(session: Session, now: datetime) -> tuple[Head, int]:
    """Writes the mails with the head; returns it, and the number of people who get it."""
    last, name = head(session), newsletter(session).name
    told = staff_with(session, _TOLD_ROLES)
    write_down(
        session, prepare_notice(told, lambda language: head_of_the_trail(name, last, now, language)), now
    )
    record(
        session,
        None,
        MAILED,
        "audit_entry",
        last.number,
        now,
        number=last.number,
        hash=last.hash,
        to=len(told),
    )
    return last, len(told)
