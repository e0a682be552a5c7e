"""Readers' mails besides editions: written into the ledger, three a day to one address at most."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from newsletter_service.delivery.service import notices_since, write_notice
from newsletter_service.languages import Language
from newsletter_service.letters.values import Notice
from newsletter_service.links.urls import MANAGE_WITHIN
from newsletter_service.publisher.mail_context import MailContext
from newsletter_service.publisher.service import newsletter
from newsletter_service.subscriptions import emails
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.rules import NOTICES_A_DAY, Answer

_DAY = timedelta(days=1)
_KNOWN: dict[Answer, Callable[[str, Language, str], Notice]] = {
    Answer.ALREADY_READER: emails.already_subscribed,
    Answer.LINK: emails.lost_link,
}


def may_write(session: Session, subscriber: Subscriber, now: datetime) -> bool:
    """Whether this reader may get one more notice today."""
    return notices_since(session, subscriber.id, now - _DAY) < NOTICES_A_DAY


def write(
    session: Session, mail_context: MailContext, subscriber: Subscriber, answer: Answer, now: datetime
) -> None:
    """Write the mail that `answer` names down for `reader`."""
    write_notice(
        session,
        _notice(session, mail_context, answer, subscriber.language, subscriber.link_key, now),
        subscriber.address,
        now,
        subscriber_id=subscriber.id,
        subscriber_key=subscriber.link_key,
    )


def _notice(
    session: Session, mail_context: MailContext, answer: Answer, language: Language, key: str, now: datetime
) -> Notice:
    name, links = newsletter(session).name, mail_context.links
    if answer is Answer.CONFIRM:
        confirm, never = links.confirm(key, now), links.never(key, now)
        return emails.confirmation(name, language, confirm, never)
    return _KNOWN[answer](name, language, links.manage(key, now + MANAGE_WITHIN))
