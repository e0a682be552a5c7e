"""The use case of erasing: forget a person.

Tables whose rows go with their subscriber say so by a foreign key with ON DELETE CASCADE; what else bears a person is
erased here. A test fails for a table of which neither is known.
"""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from newsletter_service.delivery.service import erase_notices, erase_notices_to, forget_recipient
from newsletter_service.delivery.suppressions import suppress
from newsletter_service.links.urls import MANAGE_WITHIN
from newsletter_service.staff.service import record_about_reader
from newsletter_service.subscriptions.address_changes.models import AddressChange
from newsletter_service.subscriptions.consent.rules import READER, By, Place
from newsletter_service.subscriptions.consent.service import forget_person
from newsletter_service.subscriptions.erasing.scrubbing import ERASED
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.requesting.models import ConsentRequest
from newsletter_service.subscriptions.requests.models import FormRequest
from newsletter_service.subscriptions.used_links.rules import Outcome
from newsletter_service.subscriptions.used_links.service import forget_used_of, use_up


def erase_at_own_wish(session: Session, subscriber: Subscriber, now: datetime) -> None:
    """Forget a person who asks for it themselves; the hash that stays keeps the address from being mailed."""
    key, until = subscriber.address_hmac, now + MANAGE_WITHIN
    record_about_reader(session, None, ERASED, subscriber.id, key, now)
    suppress(session, key, subscriber.id, "erased", now)
    use_up(session, subscriber.link_key, Outcome.ERASED, now, until=until, read_in=subscriber.language)
    erase_subscriber(session, subscriber, READER, Place.OWN, now)


def erase_subscriber(session: Session, subscriber: Subscriber, by: By, source: str, now: datetime) -> None:
    """Forget a person, but for the dates of their consent under the hash of their address.

    Deliveries stay as numbers, so that statements add up. `by` and `source` say for the ledger of consent
    who erased, and where.
    """
    forget_person(session, subscriber, by, source, now)
    forget_what_is_asked(session, subscriber.address)
    forget_used_of(session, subscriber.link_key, subscriber.address_hmac)
    erase_notices(session, subscriber.id)
    forget_recipient(session, subscriber.id, now)
    session.delete(subscriber)
    session.flush()


def forget_what_is_asked(session: Session, address: str) -> None:
    """Forget what waits with this address: forms, requests for consent, wishes of readers to move to it, the letters.

    A form that is answered just now is left to that: it holds the form and waits for the reader, whom we hold.
    """
    forms = select(FormRequest.id).where(FormRequest.address == address).with_for_update(skip_locked=True)
    session.execute(delete(FormRequest).where(FormRequest.id.in_(forms)))
    asking = (
        select(ConsentRequest.id).where(ConsentRequest.address == address).with_for_update(skip_locked=True)
    )
    session.execute(delete(ConsentRequest).where(ConsentRequest.id.in_(asking)))
    moving = AddressChange.new_address == address
    erase_notices_to(
        session, address, session.scalars(select(AddressChange.subscriber_id).where(moving)).all()
    )
    session.execute(delete(AddressChange).where(moving))
