"""The letters about a change of address, written into the ledger."""

from datetime import datetime

from sqlalchemy.orm import Session

from newsletter_service.delivery.service import write_notice
from newsletter_service.publisher.mail_context import MailContext
from newsletter_service.publisher.service import newsletter
from newsletter_service.subscriptions.address_changes import emails
from newsletter_service.subscriptions.address_changes.models import AddressChange
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.notices import pay, send


def ask_new(session: Session, mail_context: MailContext, change: AddressChange, now: datetime) -> None:
    """Write the letter that asks the new address; none of the reader's own links may go there yet."""
    url = mail_context.links.new_address(change.link_key, change.asked_at)
    notice = emails.confirm_new_address(newsletter(session).name, change.subscriber.language, url)
    pay(session, mail_context, change.new_address, now)
    write_notice(
        session,
        notice,
        change.new_address,
        now,
        subscriber_id=change.subscriber_id,
        to_suppressed=True,  # where mail came back, its owner is asked all the same
    )


def tell_owner(session: Session, mail_context: MailContext, owner: Subscriber, now: datetime) -> None:
    """Write to whose the new address is already."""
    url = f"{mail_context.links.base_url}/aanmelden"
    notice = emails.address_is_known(newsletter(session).name, owner.language, url)
    pay(session, mail_context, owner.address, now)
    write_notice(session, notice, owner.address, now, subscriber_id=owner.id)


def tell_old(session: Session, mail_context: MailContext, change: AddressChange, now: datetime) -> None:
    """Write the letter that asks the address of now, or tells it what staff asked for its reader."""
    subscriber, name = change.subscriber, newsletter(session).name
    url = mail_context.links.old_address(change.link_key, change.asked_at)
    until = change.silence_counts_from
    notice = (
        emails.agree_at_old_address(name, subscriber.language, url)
        if until is None
        else emails.object_at_old_address(name, subscriber.language, until, url)
    )
    send(session, mail_context, subscriber, notice, now)
