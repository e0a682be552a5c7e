"""Tells administrators by mail when signing in fails unusually often; at most once an hour."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from newsletter_service.publisher.mail_context import MailContext
from newsletter_service.staff.access.emails import many_wrong_passwords
from newsletter_service.staff.access.rules import PEAK, PEAK_WITHIN, TELL_AT_MOST_EVERY
from newsletter_service.staff.access.service import FAILED, NOBODY
from newsletter_service.staff.models import AuditEntry
from newsletter_service.staff.notices import PreparedNotice, prepare_notice, staff_with, write_down
from newsletter_service.staff.rules import Role
from newsletter_service.staff.service import record

TOLD = "account.sign_in_peak"


@dataclass(frozen=True)
class Peak:
    """A peak that is worth a mail: the number of failures, and the notice of them."""

    failures: int
    notice: PreparedNotice


def prepare(session: Session, mail_context: MailContext, now: datetime) -> Peak | None:
    """What there is to tell now, if anything; reads only, for making letters takes its time."""
    failures, accounts = _failures(session, now)
    if failures < PEAK or _told_lately(session, now):
        return None
    told = staff_with(session, (Role.ADMINISTRATOR,))
    build = partial(many_wrong_passwords, failures, accounts)
    return Peak(failures, prepare_notice(session, mail_context, told, build))


def tell(session: Session, peak: Peak, now: datetime) -> None:
    """Write the letters into the ledger, and down that it was told."""
    write_down(session, peak.notice, now)
    record(session, None, TOLD, "account", NOBODY, now, failures=peak.failures)


def _failures(session: Session, now: datetime) -> tuple[int, int]:
    """The number of recent failed sign-ins, and of existing accounts that they tried."""
    accounts = distinct(func.nullif(AuditEntry.subject_id, NOBODY))
    lately = select(func.count(), func.count(accounts)).where(
        AuditEntry.action == FAILED, AuditEntry.at > now - PEAK_WITHIN
    )
    failures, known = session.execute(lately).one()
    return failures, known


def _told_lately(session: Session, now: datetime) -> bool:
    lately = select(AuditEntry.id).where(AuditEntry.action == TOLD, AuditEntry.at > now - TELL_AT_MOST_EVERY)
    return session.scalars(lately.limit(1)).first() is not None
