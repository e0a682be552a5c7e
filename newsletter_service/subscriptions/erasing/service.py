"""The use case of erasing: forget a person.

Tables whose rows go with their subscriber say so by a foreign key with ON DELETE CASCADE; what else bears a person is
erased here. A test fails for a table of which neither is known.
"""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from newsletter_service.delivery.service import erase_notices, erase_notices_to, forget_recipient
from newsletter_service.delivery.suppressions import suppress
from newsletter_service.staff.service import record
from newsletter_service.subscriptions.consent.rules import READER, By, Place
from newsletter_service.subscriptions.consent.service import forget_person
from newsletter_service.subscriptions.erasing.scrubbing import ERASED
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.requests.models import FormRequest


def erase_at_own_wish(session: Session, subscriber: Subscriber, now: datetime) -> None:
    """Forget a person who asks for it themselves; the hash that stays keeps the address from being mailed."""
    record(session, None, ERASED, "subscriber", subscriber.id, now)
    suppress(session, subscriber.address_hmac, subscriber.id, "erased", now)
    erase_subscriber(session, subscriber, READER, Place.OWN, now)


def erase_subscriber(session: Session, subscriber: Subscriber, by: By, source: str, now: datetime) -> None:
    """Forget a person, but for the dates of their consent under the hash of their address.

    Deliveries stay as numbers, so that statements add up. `by` and `source` say for the ledger of consent
    who erased, and where.
    """
    forget_person(session, subscriber, by, source, now)
    session.execute(delete(FormRequest).where(FormRequest.address == subscriber.address))
    erase_notices(session, subscriber.id)
    erase_notices_to(session, subscriber.address)
    forget_recipient(session, subscriber.id, now)
    session.delete(subscriber)
    session.flush()
