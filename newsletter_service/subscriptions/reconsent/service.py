"""Who is still to agree to a text that changed: one reader, all of them, and those who were asked and are silent."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, not_, or_, select
from sqlalchemy.orm import Session

from newsletter_service.delivery.suppressions import suppressed
from newsletter_service.documents.models import Document
from newsletter_service.documents.rules import Kind
from newsletter_service.documents.service import read_as_shown, versions
from newsletter_service.languages import Language
from newsletter_service.publisher.mail_context import MailContext
from newsletter_service.subscriptions.consent.models import Consent
from newsletter_service.subscriptions.consent.rules import READER, Place, Step
from newsletter_service.subscriptions.consent.service import record_wish
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.pausing.service import paused
from newsletter_service.subscriptions.reconsent.models import ReconsentRequest
from newsletter_service.subscriptions.reconsent.rules import REMIND_AFTER
from newsletter_service.subscriptions.rules import Status

_READ = {Kind.CONSENT: Consent.wording_version, Kind.PRIVACY: Consent.privacy_version}
"""Where a step of consent says which version was read."""
_AT_ONCE = 200


def is_to_agree_again(session: Session, subscriber: Subscriber) -> bool:
    """Whether a text changed since this reader agreed, and its editor wants them to be asked."""
    lacking = list(_lacking(session))
    if not lacking:
        return False
    return (
        session.scalar(select(Subscriber.id).where(Subscriber.id == subscriber.id, or_(*lacking))) is not None
    )


def agree_again(
    session: Session,
    mail_context: MailContext,
    subscriber: Subscriber,
    read_in: Language,
    now: datetime,
    *,
    shown: str = "",
) -> None:
    """Write down that a reader agrees to texts that changed since they last did.

    `read_in` is the language of the page, `shown` names what it showed (documents.service.Read.name): UnknownText.
    """
    if subscriber.status is Status.ACTIVE and is_to_agree_again(session, subscriber):
        read = read_as_shown(session, read_in, mail_context.reply_to, shown)
        record_wish(session, subscriber, Step.CONFIRMED, READER, Place.AGREE, now, read=read)


def asking(session: Session) -> Document | None:
    """The last version of any text that its editor has readers asked about."""
    query = select(Document).where(Document.asks_again.is_(True)).order_by(Document.id.desc()).limit(1)
    return session.scalars(query).first()


def to_ask(session: Session, document: Document, now: datetime) -> Sequence[int]:
    """Returns who is to be asked about `document` and was not yet, some hundreds at a time."""
    asked = exists().where(
        ReconsentRequest.subscriber_id == Subscriber.id, ReconsentRequest.document_id == document.id
    )
    return session.scalars(_silent(session, now).where(~asked).limit(_AT_ONCE)).all()


def to_remind(session: Session, document: Document, now: datetime) -> Sequence[int]:
    """Returns who was asked a while ago and did not answer."""
    due = and_(ReconsentRequest.reminded_at.is_(None), ReconsentRequest.at <= now - REMIND_AFTER)
    return session.scalars(_asked(session, document, now).where(due).limit(_AT_ONCE)).all()


def to_end(session: Session, document: Document, now: datetime) -> Sequence[int]:
    """Returns whose time is over without an answer, where that ends a subscription; who was not reminded has time."""
    if not document.ends_unanswered:
        return []
    due = and_(ReconsentRequest.reminded_at.is_not(None), ReconsentRequest.until <= now)
    return session.scalars(_asked(session, document, now).where(due).limit(_AT_ONCE)).all()


def _asked(session: Session, document: Document, now: datetime) -> Select[int]:
    mine = and_(ReconsentRequest.subscriber_id == Subscriber.id, ReconsentRequest.document_id == document.id)
    return _silent(session, now).join(ReconsentRequest, mine)


def _silent(session: Session, now: datetime) -> Select[int]:
    """The readers who get letters now and did not agree to all that they are asked about, by number."""
    silent = select(Subscriber.id).where(Subscriber.status == Status.ACTIVE, or_(*_lacking(session)))
    return silent.where(not_(paused(now))).where(~suppressed(Subscriber.address_hmac)).order_by(Subscriber.id)


def _lacking(session: Session) -> Iterator[ColumnElement[bool]]:
    """For each text that readers are asked about: that one did not agree to it as it is, or as it was since then.

    What counts is the version that was read, and not the day: a form may have been open for a while. Who came with a
    list agreed elsewhere, to what held on that day.
    """
    for kind, version in _READ.items():
        published = versions(session, kind)
        asks = next((one for one in published if one.asks_again), None)
        if asks is not None:
            since = [one.version for one in published if one.id >= asks.id]
            read = and_(Consent.step == Step.CONFIRMED, version.in_(since))
            came = and_(Consent.step == Step.IMPORTED, Consent.at >= asks.at)
            yield ~exists().where(Consent.subscriber_id == Subscriber.id, or_(read, came))
