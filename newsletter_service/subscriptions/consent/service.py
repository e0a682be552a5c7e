"""The one way into the consent ledger, and the two ways in which it forgets."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from newsletter_service.documents.rules import Kind
from newsletter_service.documents.service import Shown, keep_shown
from newsletter_service.languages import Language
from newsletter_service.publisher.service import newsletter
from newsletter_service.subscriptions.consent.models import WITHOUT_PERSON, Consent
from newsletter_service.subscriptions.consent.rules import By, Step
from newsletter_service.subscriptions.consent_texts import wording
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.rules import PRIVACY_VERSION, WORDING_VERSION


def record_wish(
    session: Session,
    whom: Subscriber | str,
    step: Step,
    by: By,
    source: str,
    now: datetime,
    *,
    read_in: Language | None = None,
    note: str = "",
    detail: Mapping[str, object] | None = None,
) -> None:
    """Write down a step of consent, in the transaction of what it is about.

    `whom` is a reader, or the hash of an address that is no reader's. `source` is a Place or the name of a file,
    `read_in` the language in which the wording of consent was shown, where it was; `detail` holds JSON values.
    """
    reader = None if isinstance(whom, str) else whom
    if reader is not None and reader.id is None:
        session.flush()
    row = Consent(
        subscriber_id=reader.id if reader is not None else None,
        address_hmac=whom if isinstance(whom, str) else whom.address_hmac,
        step=step,
        actor=by.actor,
        staff_id=by.staff_id,
        source=source,
        note=note,
        detail=dict(detail) if detail else None,
        at=now,
    )
    if read_in is not None:
        shown = Shown(Kind.CONSENT, WORDING_VERSION, read_in, wording(read_in, newsletter(session).name))
        row.wording_version, row.wording_hash = WORDING_VERSION, keep_shown(session, shown, now)
        row.privacy_version = PRIVACY_VERSION
    session.add(row)
    session.flush()


def forget_person(
    session: Session, subscriber: Subscriber, by: By, source: str, now: datetime, reason: str = ""
) -> None:
    """Keep of a reader's steps what proves them, and no person; and write down that this was done.

    Who erases a reader calls this first: the database lets no reader go whose steps still lead to them. `reason` is one
    of a few words that say nothing of the person.
    """
    mine = Consent.subscriber_id == subscriber.id
    session.execute(update(Consent).where(mine).values(WITHOUT_PERSON))
    record_wish(session, subscriber.address_hmac, Step.ERASED, by, source, now, note=reason)


def forget_sign_up(session: Session, subscriber: Subscriber) -> None:
    """Forget the steps of somebody who never confirmed: they agreed to nothing that could be proved."""
    session.execute(delete(Consent).where(Consent.subscriber_id == subscriber.id))
