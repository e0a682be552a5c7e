"""Tells staff by mail that servers refuse letters for policy; at most once a day."""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from newsletter_service.bounces import emails
from newsletter_service.bounces.service import refused_for_policy
from newsletter_service.staff.notices import Alert, prepare_notice, told_last, who_get
from newsletter_service.staff.rules import NoticeKind

TOLD = "bounces.policy_told"
TELL_AT_MOST_EVERY = timedelta(days=1)


def prepare(session: Session, now: datetime) -> Alert | None:
    """Returns what there is to tell now, if anything; reads only."""
    last = told_last(session, TOLD)
    if last is not None and last > now - TELL_AT_MOST_EVERY:
        return None
    since = last or now - TELL_AT_MOST_EVERY
    refused = refused_for_policy(session, since)
    if not refused.number:
        return None
    told = who_get(session, NoticeKind.REFUSALS)
    notice = prepare_notice(told, partial(emails.refused_for_policy, refused.number, refused.said))
    return Alert(notice, TOLD, "newsletter", 0, {"refusals": refused.number})
