"""Tells administrators by mail when signing in fails unusually often; at most once an hour."""

from datetime import datetime
from functools import partial

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from newsletter_service.staff.access.emails import many_wrong_passwords
from newsletter_service.staff.access.rules import PEAK, PEAK_WITHIN, TELL_AT_MOST_EVERY
from newsletter_service.staff.access.service import FAILED, NOBODY
from newsletter_service.staff.models import AuditEntry
from newsletter_service.staff.notices import Alert, prepare_notice, told_last, who_get
from newsletter_service.staff.rules import NoticeKind

TOLD = "account.sign_in_peak"


def prepare(session: Session, now: datetime) -> Alert | None:
    """What there is to tell now, if anything; reads only."""
    failures, accounts = recent_failures(session, now)
    last = told_last(session, TOLD)
    if failures < PEAK or (last is not None and last > now - TELL_AT_MOST_EVERY):
        return None
    told = who_get(session, NoticeKind.SIGN_INS)
    build = partial(many_wrong_passwords, failures, accounts)
    notice = prepare_notice(told, build)
    return Alert(notice, TOLD, "account", NOBODY, {"failures": failures})


def recent_failures(session: Session, now: datetime) -> tuple[int, int]:
    """Returns the number of recent failed sign-ins, and of existing accounts that they tried."""
    accounts = distinct(func.nullif(AuditEntry.subject_id, NOBODY))
    lately = select(func.count(), func.count(accounts)).where(
        AuditEntry.action == FAILED, AuditEntry.at > now - PEAK_WITHIN
    )
    failures, known = session.execute(lately).one()
    return failures, known
