"""Asks readers for consent again, reminds them, and ends the subscription of who is silent where staff chose that."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.documents.models import Document
from newsletter_service.languages import Language
from newsletter_service.letters.values import Notice
from newsletter_service.publisher.mail_context import MailContext
from newsletter_service.publisher.rules import ReaderMail
from newsletter_service.publisher.service import in_own_words, newsletter
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.notices import may_write, send
from newsletter_service.subscriptions.pausing.rules import is_paused
from newsletter_service.subscriptions.reconsent import emails
from newsletter_service.subscriptions.reconsent.models import ReconsentRequest
from newsletter_service.subscriptions.reconsent.rules import ANSWER_WITHIN, ends_at
from newsletter_service.subscriptions.reconsent.service import is_to_agree_again
from newsletter_service.subscriptions.rules import Status
from newsletter_service.subscriptions.service import end_unanswered

_Build = Callable[[str, Language, emails.Question], Notice]


def ask(
    session: Session, mail_context: MailContext, document: Document, subscriber_id: int, now: datetime
) -> bool:
    """Asks one reader; False without a mail."""
    subscriber = _silent(session, subscriber_id, now)
    if subscriber is None or _request(session, document, subscriber_id) is not None:
        return False
    if not may_write(session, mail_context, subscriber.address, now):
        return False
    row = ReconsentRequest(
        subscriber_id=subscriber_id, document_id=document.id, at=now, until=now + ANSWER_WITHIN
    )
    session.add(row)
    _write(session, mail_context, subscriber, (emails.ask, document, row), now)
    return True


def remind(
    session: Session, mail_context: MailContext, document: Document, subscriber_id: int, now: datetime
) -> bool:
    """Asks one reader once more; False without a mail."""
    subscriber = _silent(session, subscriber_id, now)
    row = _request(session, document, subscriber_id)
    if subscriber is None or row is None or row.reminded_at is not None:
        return False
    if not may_write(session, mail_context, subscriber.address, now):
        return False
    row.reminded_at, row.until = now, ends_at(row.until, now)
    _write(session, mail_context, subscriber, (emails.remind, document, row), now)
    return True


def end(
    session: Session, _mail_context: MailContext, document: Document, subscriber_id: int, now: datetime
) -> bool:
    """Ends the subscription of one reader who did not answer; False where they just did, or have time again."""
    subscriber = _silent(session, subscriber_id, now)
    row = _request(session, document, subscriber_id)
    if subscriber is None or row is None or now < row.until:
        return False
    end_unanswered(session, subscriber, now)
    return True


def _silent(session: Session, subscriber_id: int, now: datetime) -> Subscriber | None:
    """The reader, held until the transaction ends; None for who answered, left, pauses or was erased."""
    held = select(Subscriber).where(Subscriber.id == subscriber_id).with_for_update()
    found = session.scalars(held.execution_options(populate_existing=True)).one_or_none()
    if found is None or found.status is not Status.ACTIVE or is_paused(found.paused_until, now):
        return None
    return found if is_to_agree_again(session, found) else None


def _request(session: Session, document: Document, subscriber_id: int) -> ReconsentRequest | None:
    """What a reader was asked, as it stands once they are held: another process may have done so meanwhile."""
    return session.get(ReconsentRequest, (subscriber_id, document.id), populate_existing=True)


def _write(
    session: Session,
    mail_context: MailContext,
    subscriber: Subscriber,
    asked: tuple[_Build, Document, ReconsentRequest],
    now: datetime,
) -> None:
    build, document, row = asked
    links, key = mail_context.links, subscriber.link_key
    ends = row.until if document.ends_unanswered else None
    question = emails.Question(links.agree(key, now), links.unsubscribe(key), ends)
    notice = build(newsletter(session).name, subscriber.language, question)
    send(session, mail_context, subscriber, in_own_words(session, ReaderMail.AGREE_AGAIN, notice), now)
