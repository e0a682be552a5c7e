"""Use cases of pauses: begin one, end one early, and write down that one has ended.

Whether somebody is paused is decided by the moment that stands in their row (rules.is_paused), never by a job.
"""

from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from newsletter_service.delivery.service import cancel_for_subscriber
from newsletter_service.errors import Invalid
from newsletter_service.subscriptions.consent.rules import JOB, READER, By, Place, Step
from newsletter_service.subscriptions.consent.service import record_wish
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.pausing.rules import end_of_pause, may_end_on
from newsletter_service.subscriptions.rules import Status

_AT_ONCE = 500
_NOWHERE = ""


def paused(now: datetime) -> ColumnElement[bool]:
    """Whether a subscriber is paused at `now`, as rules.is_paused says of one."""
    return and_(Subscriber.paused_until.is_not(None), Subscriber.paused_until > now)


def pause(
    session: Session,
    subscriber: Subscriber,
    day: date,
    now: datetime,
    by: By = READER,
    source: str = Place.PREFERENCES,
) -> bool:
    """Send a reader no editions until `day`, nor those later, and stop what is on its way; False for who is no reader.

    Invalid for a day that has come already, or is too far away.
    """
    if not may_end_on(day, now):
        raise Invalid("A pause ends between tomorrow and a year from now.", "day")
    if subscriber.status != Status.ACTIVE:
        return False
    subscriber.paused_until = end_of_pause(day)
    session.flush()
    cancel_for_subscriber(session, subscriber.id, now)
    record_wish(session, subscriber, Step.PAUSED, by, source, now, detail={"until": day.isoformat()})
    return True


def resume(
    session: Session,
    subscriber: Subscriber,
    now: datetime,
    by: By = READER,
    source: str = Place.PREFERENCES,
) -> bool:
    """End a pause: from the next edition on the reader gets them again; False where there was none."""
    if subscriber.paused_until is None:
        return False
    subscriber.paused_until = None
    record_wish(session, subscriber, Step.RESUMED, by, source, now)
    return True


def end_due(session: Session, now: datetime) -> int:
    """Write down which pauses have ended by themselves, some hundreds at a time; returns their number."""
    over = select(Subscriber).where(Subscriber.paused_until <= now, Subscriber.status == Status.ACTIVE)
    some = over.order_by(Subscriber.id).limit(_AT_ONCE)
    found = session.scalars(some.with_for_update().execution_options(populate_existing=True)).all()
    for subscriber in found:
        resume(session, subscriber, subscriber.paused_until or now, JOB, _NOWHERE)
    return len(found)
