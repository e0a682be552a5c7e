"""Use cases of signing up: ask for the newsletter, for another confirmation, for a link that was lost."""

from datetime import datetime

from sqlalchemy.orm import Session

from newsletter_service.delivery.rules import address_hmac
from newsletter_service.delivery.suppressions import came_back, is_suppressed
from newsletter_service.documents.service import Read, read_as_shown
from newsletter_service.languages import Language
from newsletter_service.publisher.mail_context import MailContext
from newsletter_service.subscriptions import notices
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.choosing.service import choose, chosen
from newsletter_service.subscriptions.consent.rules import READER, By, Place, Step
from newsletter_service.subscriptions.consent.service import record_wish
from newsletter_service.subscriptions.finding.service import added, by_address
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.renewing import service as renewing
from newsletter_service.subscriptions.rules import (
    Answer,
    Choices,
    Status,
    answer_to_lost_link,
    answer_to_sign_up,
)


def sign_up(
    session: Session,
    mail_context: MailContext,
    address: Address,
    choices: Choices,
    read_in: Language,
    now: datetime,
    *,
    asked_by: tuple[By, str] = (READER, Place.SIGN_UP),
    shown: str = "",
    paid: bool = False,
) -> None:
    """Do what a request for the newsletter asks; whatever is known of the address shows only in the mail it gets.

    A new or unconfirmed address gets a confirmation mail, a reader one that says so, a suppressed address
    nothing, unless it was mail that came back: its owner may ask again. `read_in` is the language in which the
    wording of consent was shown, `shown` names it (documents.service.Read.name): UnknownText. Whoever fills in
    the form last decides what an unconfirmed reader chose: the page that confirms shows it. Of who left nothing changes
    before they confirm. Nor does anything for a person who had all their mails of today, unless the mail is `paid` for
    already. `asked_by` is who took the request, and where; what staff take was read by nobody yet.
    """
    hashed = address_hmac(address.text, mail_context.suppression_key)
    subscriber = by_address(session, address)  # held first: whoever says "never" meanwhile has said it then
    if is_suppressed(session, hashed) and came_back(session, hashed) is None:
        return
    if not _afford(session, mail_context, address, now, paid=paid):
        return
    subscriber = subscriber or added(session, address, hashed, now)
    read = None
    if asked_by[0] == READER:
        read = read_as_shown(session, read_in, mail_context.reply_to, shown)
    if subscriber.status is Status.LEFT:
        renewal = renewing.ask(session, subscriber, choices, read, asked_by, now)
        notices.write_confirmation(session, mail_context, subscriber, choices.language, renewal.link_key, now)
        return
    answer = answer_to_sign_up(subscriber.status)
    if answer is Answer.CONFIRM:
        _ask(session, subscriber, choices, read, asked_by, now)
    notices.write(session, mail_context, subscriber, answer, now)


def _afford(
    session: Session, mail_context: MailContext, address: Address, now: datetime, *, paid: bool
) -> bool:
    """Whether the person behind this address gets one more mail, which is counted."""
    if paid:
        return True
    if not notices.may_write(session, mail_context, address.text, now):
        return False
    notices.pay(session, mail_context, address.text, now)
    return True


def request_link(
    session: Session, mail_context: MailContext, address: Address, now: datetime, *, paid: bool = False
) -> None:
    """Mail a reader the way back to their preferences; nothing happens for an address we do not know."""
    subscriber = by_address(session, address)
    answer = answer_to_lost_link(subscriber.status if subscriber is not None else None)
    suppressed = is_suppressed(session, address_hmac(address.text, mail_context.suppression_key))
    if subscriber is None or answer is None or suppressed:
        return
    if _afford(session, mail_context, address, now, paid=paid):
        notices.write(session, mail_context, subscriber, answer, now)


def confirm_again(session: Session, mail_context: MailContext, subscriber: Subscriber, now: datetime) -> None:
    """Send the confirmation mail once more, within the day's limit; the seven days begin again."""
    address = Address(subscriber.address)
    if subscriber.status == Status.PENDING and _afford(session, mail_context, address, now, paid=False):
        subscriber.asked_at = now
        notices.write(session, mail_context, subscriber, Answer.CONFIRM, now)


def _ask(
    session: Session,
    subscriber: Subscriber,
    choices: Choices,
    read: Read | None,
    asked_by: tuple[By, str],
    now: datetime,
) -> None:
    subscriber.status = Status.PENDING
    subscriber.asked_at = now
    choose(session, subscriber, choices, now)
    record_wish(session, subscriber, Step.ASKED, *asked_by, now, read=read, detail=chosen(subscriber))
