"""Use cases of taking back "never mail me again": ask for the link, and use it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.delivery.models import Suppression
from newsletter_service.delivery.rules import address_hmac
from newsletter_service.delivery.service import NO_SUBSCRIBER, write_notice
from newsletter_service.delivery.suppressions import lift, suppression_of
from newsletter_service.languages import Language
from newsletter_service.links.tokens import Holder, new_key
from newsletter_service.links.urls import ALLOW_WITHIN
from newsletter_service.publisher.mail_context import MailContext
from newsletter_service.publisher.service import newsletter
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.allowing.emails import may_we_mail_again
from newsletter_service.subscriptions.allowing.rules import may_ask
from newsletter_service.subscriptions.consent.rules import READER, Place, Step
from newsletter_service.subscriptions.consent.service import record_wish
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.used_links.rules import Outcome
from newsletter_service.subscriptions.used_links.service import use_up


def request_link(
    session: Session, mail_context: MailContext, address: Address, language: Language, now: datetime
) -> None:
    """Mail the owner of a suppressed address the link that lifts it; nothing happens for any other address.

    Whoever asked on the form has paid for the mail.
    """
    hashed = address_hmac(address.text, mail_context.suppression_key)
    found = suppression_of(session, hashed, to_change=True)
    if found is None or not may_ask(found.scope, found.reason, found.asked_back_at, now):
        return
    found.asked_back_at, found.link_key = now, new_key()
    mine = session.scalar(select(Subscriber.id).where(Subscriber.address_hmac == hashed))
    url = mail_context.links.allow(found.link_key, now)
    notice = may_we_mail_again(newsletter(session).name, language, url)
    write_notice(session, notice, address.text, now, subscriber_id=mine or NO_SUBSCRIBER, to_suppressed=True)


def find_suppression(session: Session, holder: Holder, *, to_change: bool = False) -> Suppression | None:
    """What a link lifts; None once that is done. `to_change` holds the row until the transaction ends."""
    query = select(Suppression).where(Suppression.link_key == holder.key)
    if to_change:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).one_or_none()


def allow(session: Session, found: Suppression, now: datetime) -> None:
    """Let an address be mailed again, for that is what its owner wants now; nobody becomes a reader by it."""
    mine = select(Subscriber).where(Subscriber.address_hmac == found.address_hmac).with_for_update()
    whom = session.scalars(mine).one_or_none() or found.address_hmac
    if found.link_key is not None and found.asked_back_at is not None:
        until = found.asked_back_at + ALLOW_WITHIN
        use_up(session, found.link_key, Outcome.ALLOWED, now, until=until, leads_to=found.address_hmac)
    lift(session, found)
    record_wish(session, whom, Step.ALLOWED, READER, Place.ALLOW, now)
