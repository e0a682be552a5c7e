"""Tells readers of the check of their segments: what was decided, and that it comes to its end."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, not_, or_, select
from sqlalchemy.orm import Session

from newsletter_service.languages import Language
from newsletter_service.letters.values import Notice
from newsletter_service.publisher.mail_context import MailContext
from newsletter_service.publisher.rules import ReaderMail
from newsletter_service.publisher.service import in_own_words, newsletter
from newsletter_service.subscriptions.consent.rules import JOB, Place, Step
from newsletter_service.subscriptions.consent.service import record_wish
from newsletter_service.subscriptions.models import Membership, Subscriber
from newsletter_service.subscriptions.notices import may_write, send
from newsletter_service.subscriptions.pausing.rules import is_paused
from newsletter_service.subscriptions.pausing.service import paused
from newsletter_service.subscriptions.rules import Status
from newsletter_service.subscriptions.verification import emails
from newsletter_service.subscriptions.verification.rules import (
    ASK_BEFORE,
    REMIND_BEFORE,
    ClaimState,
    Reminder,
    due,
    extended,
)

_AT_ONCE = 500
_ABOUT_THE_END: dict[Reminder, Callable[[str, Language, emails.Ending], Notice]] = {
    Reminder.ASK: emails.still_there,
    Reminder.REMIND: emails.still_there_again,
    Reminder.LAPSE: emails.lapsed,
}


def to_tell(session: Session, now: datetime) -> Sequence[int]:
    """Returns who is to be told of a decision by now, some hundreds at a time."""
    query = select(Membership.subscriber_id).where(Membership.tell_at <= now)
    return session.scalars(query.distinct().order_by(Membership.subscriber_id).limit(_AT_ONCE)).all()


def tell(session: Session, mail_context: MailContext, subscriber_id: int, now: datetime) -> bool:
    """Tells one reader what was decided on their claims, and which wait again, in one mail; False without one."""
    subscriber = _held(session, subscriber_id)
    if subscriber is None:
        return False
    decided = [
        claim for claim in subscriber.memberships if claim.tell_at is not None and claim.tell_at <= now
    ]
    if subscriber.status is Status.ACTIVE and not may_write(session, mail_context, subscriber.address, now):
        return False
    for claim in decided:
        claim.tell_at = None
    if subscriber.status is not Status.ACTIVE or not decided:
        return False
    language = subscriber.language
    notice = emails.claims_decided(
        newsletter(session).name,
        language,
        [
            emails.Verified(claim.segment.choice(language), claim.evidence, claim.source, claim.until)
            for claim in decided
            if claim.state is ClaimState.VERIFIED and claim.until is not None
        ],
        [
            emails.Declined(claim.segment.choice(language), claim.reason)
            for claim in decided
            if claim.state is ClaimState.DECLINED
        ],
        [claim.segment.choice(language) for claim in decided if claim.state is ClaimState.WAITING],
        mail_context.links.manage(subscriber.link_key),
    )
    send(session, mail_context, subscriber, in_own_words(session, ReaderMail.DECIDED, notice), now)
    return True


def coming_to_an_end(session: Session, now: datetime) -> Sequence[int]:
    """Returns whose verifications ask for a mail, or end, by now; some hundreds at a time.

    Who is no reader, or paused, is not asked, and loses nothing unasked: once they read again, they are.
    """
    query = (
        select(Membership.subscriber_id)
        .join(Membership.subscriber)
        .where(
            Membership.state == ClaimState.VERIFIED,
            Subscriber.status == Status.ACTIVE,
            not_(paused(now)),
            _due(now),
        )
    )
    return session.scalars(query.distinct().order_by(Membership.subscriber_id).limit(_AT_ONCE)).all()


def _due(now: datetime) -> ColumnElement[bool]:
    """Whether rules.due names anything."""
    ends, heard = Membership.until, Membership.reminders
    return or_(
        and_(ends <= now + ASK_BEFORE, heard == 0),
        and_(ends <= now + REMIND_BEFORE, heard == 1),
        and_(ends <= now, heard > 1),
    )


def ask_or_end(session: Session, mail_context: MailContext, subscriber_id: int, now: datetime) -> bool:
    """Asks one reader whether they are still there, or ends what they did not answer about; False without a mail."""
    subscriber = _held(session, subscriber_id)
    if (
        subscriber is None
        or subscriber.status is not Status.ACTIVE
        or is_paused(subscriber.paused_until, now)
        or not may_write(session, mail_context, subscriber.address, now)
    ):
        return False
    wrote = False
    for what, build in _ABOUT_THE_END.items():
        claims = [claim for claim in subscriber.memberships if _is_due(claim, now) is what]
        for claim in claims:
            _move(session, claim, what, now)
        if claims:
            ending = _ending(mail_context, subscriber, claims, now)
            notice = build(newsletter(session).name, subscriber.language, ending)
            mail = ReaderMail.LAPSED if what is Reminder.LAPSE else ReaderMail.STILL_THERE
            send(session, mail_context, subscriber, in_own_words(session, mail, notice), now)
            wrote = True
    return wrote


def _is_due(claim: Membership, now: datetime) -> Reminder | None:
    if claim.state is not ClaimState.VERIFIED or claim.until is None:
        return None
    return due(claim.until, claim.reminders, now)


def _move(session: Session, claim: Membership, what: Reminder, now: datetime) -> None:
    if what is Reminder.LAPSE:
        claim.state = ClaimState.LAPSED
        detail = {"segment": claim.segment.slug}
        record_wish(session, claim.subscriber, Step.LAPSED, JOB, Place.CLAIMS, now, detail=detail)
        return
    claim.reminders += 1
    if claim.until is not None:
        claim.until = extended(claim.until, what, now)


def _ending(
    mail_context: MailContext, subscriber: Subscriber, claims: Sequence[Membership], now: datetime
) -> emails.Ending:
    return emails.Ending(
        [claim.segment.choice(subscriber.language) for claim in claims],
        min(claim.until for claim in claims if claim.until is not None),
        mail_context.links.still_there(subscriber.link_key, now),
    )


def _held(session: Session, subscriber_id: int) -> Subscriber | None:
    """The reader, held until the transaction ends; None for who was erased meanwhile."""
    held = select(Subscriber).where(Subscriber.id == subscriber_id).with_for_update()
    return session.scalars(held.execution_options(populate_existing=True)).one_or_none()
