"""Tells staff by mail that servers refuse letters for policy; at most once a day."""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter_service.bounces.emails import refused_for_policy
from newsletter_service.bounces.models import Bounce
from newsletter_service.bounces.rules import Verdict
from newsletter_service.staff.notices import Alert, prepare_notice, staff_with, told_last
from newsletter_service.staff.rules import Role

TOLD = "bounces.policy_told"
TELL_AT_MOST_EVERY = timedelta(days=1)
_TOLD_ROLES = (Role.ADMINISTRATOR, Role.COMMUNICATOR)
_MOST_REASONS = 3


def prepare(session: Session, now: datetime) -> Alert | None:
    """Returns what there is to tell now, if anything; reads only."""
    last = told_last(session, TOLD)
    if last is not None and last > now - TELL_AT_MOST_EVERY:
        return None
    since = last or now - TELL_AT_MOST_EVERY
    refused = (Bounce.verdict == Verdict.POLICY, Bounce.at > since)
    refusals = session.scalars(select(func.count()).select_from(Bounce).where(*refused)).one()
    if not refusals:
        return None
    often = (
        select(Bounce.reason)
        .where(*refused)
        .group_by(Bounce.reason)
        .order_by(func.count().desc(), Bounce.reason)
    )
    said = session.scalars(often.limit(_MOST_REASONS)).all()
    told = staff_with(session, _TOLD_ROLES)
    notice = prepare_notice(told, partial(refused_for_policy, refusals, said))
    return Alert(notice, TOLD, "newsletter", 0, {"refusals": refusals})
