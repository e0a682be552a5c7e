"""Readers' mails besides editions: written into the ledger, a few a day to one person at most."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from newsletter_service.budgets import service as budgets
from newsletter_service.budgets.rules import mailbox_of
from newsletter_service.budgets.service import Purse, purse
from newsletter_service.delivery.service import write_notice
from newsletter_service.languages import Language
from newsletter_service.letters.values import Notice
from newsletter_service.links.urls import MANAGE_WITHIN
from newsletter_service.publisher.mail_context import MailContext
from newsletter_service.publisher.rules import ReaderMail
from newsletter_service.publisher.service import in_own_words, newsletter
from newsletter_service.subscriptions import emails
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.rules import Answer

_KNOWN: dict[Answer, tuple[ReaderMail, Callable[[str, Language, str], Notice]]] = {
    Answer.ALREADY_READER: (ReaderMail.ALREADY, emails.already_subscribed),
    Answer.LINK: (ReaderMail.LINK, emails.lost_link),
}


def person(mail_context: MailContext, address: str) -> Purse:
    """The budget of mails to the person behind an address, however they write it."""
    budget = mail_context.form_limits.mailbox
    return purse("form-mailbox", mailbox_of(address), budget, mail_context.keys.current)


def may_write(session: Session, mail_context: MailContext, address: str, now: datetime) -> bool:
    """Whether the person behind this address may get one more notice today; held until the transaction ends."""
    mailbox = person(mail_context, address)
    return not budgets.hold(session, [mailbox], now).wait(mailbox)


def pay(session: Session, mail_context: MailContext, address: str, now: datetime) -> None:
    """Count one notice to the person behind this address."""
    mailbox = person(mail_context, address)
    budgets.hold(session, [mailbox], now).use(mailbox)
    session.flush()


def send(
    session: Session, mail_context: MailContext, subscriber: Subscriber, notice: Notice, now: datetime
) -> None:
    """Write a notice to a reader down, and count it."""
    pay(session, mail_context, subscriber.address, now)
    write_notice(
        session,
        notice,
        subscriber.address,
        now,
        subscriber_id=subscriber.id,
        subscriber_key=subscriber.link_key,
    )


def write(
    session: Session, mail_context: MailContext, subscriber: Subscriber, answer: Answer, now: datetime
) -> None:
    """Write the mail that `answer` names down for a reader; whoever asked for it has paid."""
    notice = _notice(session, mail_context, answer, subscriber.language, subscriber.link_key, now)
    _write(session, subscriber, notice, subscriber.link_key, answer, now)


def write_confirmation(
    session: Session,
    mail_context: MailContext,
    subscriber: Subscriber,
    language: Language,
    key: str,
    now: datetime,
) -> None:
    """Write the mail down that asks somebody who left to confirm a sign-up with a `key` of its own; it is paid for."""
    notice = _notice(session, mail_context, Answer.CONFIRM, language, key, now)
    _write(session, subscriber, notice, key, Answer.CONFIRM, now)


def write_consent_request(
    session: Session, mail_context: MailContext, subscriber: Subscriber, known_from: str, now: datetime
) -> None:
    """Write the mail down that asks somebody on a list whether they want the newsletter; it is paid for."""
    key, links, language = subscriber.link_key, mail_context.links, subscriber.language
    name, confirm, never = newsletter(session).name, links.confirm(key, now), links.never(key, now)
    _write(
        session,
        subscriber,
        in_own_words(
            session, ReaderMail.ASKED, emails.consent_request(name, language, known_from, confirm, never)
        ),
        key,
        Answer.CONFIRM,
        now,
    )


def welcome(session: Session, mail_context: MailContext, subscriber: Subscriber, now: datetime) -> None:
    """Write down what a new reader may expect, unless they had all their mails of today: the page says it too."""
    if not may_write(session, mail_context, subscriber.address, now):
        return
    key, links = subscriber.link_key, mail_context.links
    notice = emails.welcome(
        newsletter(session).name,
        subscriber.language,
        mail_context.prospect(session, now),
        links.manage(key),
        links.unsubscribe(key),
    )
    send(session, mail_context, subscriber, in_own_words(session, ReaderMail.WELCOME, notice), now)


def _write(
    session: Session, subscriber: Subscriber, notice: Notice, key: str, answer: Answer, now: datetime
) -> None:
    write_notice(
        session,
        notice,
        subscriber.address,
        now,
        subscriber_id=subscriber.id,
        subscriber_key=key,
        to_suppressed=answer is Answer.CONFIRM,
    )


def _notice(
    session: Session, mail_context: MailContext, answer: Answer, language: Language, key: str, now: datetime
) -> Notice:
    name, links = newsletter(session).name, mail_context.links
    if answer is Answer.CONFIRM:
        confirm, never = links.confirm(key, now), links.never(key, now)
        return in_own_words(session, ReaderMail.CONFIRM, emails.confirmation(name, language, confirm, never))
    mail, build = _KNOWN[answer]
    return in_own_words(session, mail, build(name, language, links.manage(key, now + MANAGE_WITHIN)))
