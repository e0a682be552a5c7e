"""Use cases of staff for a reader who asks, or for an address; each with its reason in the audit trail.

The trail knows readers by their number (0: somebody who is none) and bears neither address nor name.
"""

from datetime import date, datetime

from sqlalchemy.orm import Session

from newsletter_service.delivery.rules import address_hmac
from newsletter_service.delivery.service import cancel_notices_to, forget_address
from newsletter_service.delivery.suppressions import lift, suppress, suppression_of
from newsletter_service.errors import Invalid
from newsletter_service.operations.logs import without_addresses
from newsletter_service.publisher.mail_context import MailContext
from newsletter_service.staff.models import User
from newsletter_service.staff.service import record_about_reader
from newsletter_service.subscriptions.address_changes.service import ask
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.consent.rules import COMMAND, By, Place, Step, by_staff
from newsletter_service.subscriptions.consent.service import record_wish
from newsletter_service.subscriptions.erasing.scrubbing import ERASED
from newsletter_service.subscriptions.erasing.service import erase_subscriber, forget_what_is_asked
from newsletter_service.subscriptions.finding.service import by_address
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.notices import may_write
from newsletter_service.subscriptions.on_behalf.rules import (
    REASON_LENGTH,
    Added,
    Allowed,
    may_be_asked,
    without_name,
)
from newsletter_service.subscriptions.pausing.service import pause, resume
from newsletter_service.subscriptions.rules import Choices, Status
from newsletter_service.subscriptions.service import come_back, ended_by, leave, never
from newsletter_service.subscriptions.signing_up.service import sign_up

NOBODY = 0


def suppress_address(
    session: Session, address: Address, suppression_key: str, reason: str, actor: User | None, now: datetime
) -> None:
    """Never mail an address again, and end the subscription that it has. Invalid without a reason."""
    subscriber, said = by_address(session, address), _reason(reason)
    hashed = address_hmac(address.text, suppression_key)
    _note(session, actor, "subscriber.suppress", subscriber, said, now, hashed)
    if subscriber is not None:
        never(session, subscriber, now, "staff", *_who(actor))
        return
    suppress(session, hashed, None, "staff", now)
    cancel_notices_to(session, address.text, now)
    record_wish(session, hashed, Step.LEFT, *_who(actor), now)


def allow_address(
    session: Session, address: Address, suppression_key: str, reason: str, actor: User | None, now: datetime
) -> Allowed:
    """Take a suppression back: who was a reader until mail came back is one again, others may sign up. Invalid."""
    subscriber, said = by_address(session, address), _reason(reason)
    found = suppression_of(session, address_hmac(address.text, suppression_key))
    if found is None:
        return Allowed.NOT_SUPPRESSED
    wants = subscriber is not None and ended_by(subscriber, found)
    lift(session, found)
    _note(session, actor, "subscriber.allow", subscriber, said, now, found.address_hmac, was=found.reason)
    if subscriber is None or not wants:
        record_wish(session, subscriber or found.address_hmac, Step.ALLOWED, *_who(actor), now)
        return Allowed.MAY_SIGN_UP
    come_back(session, subscriber, (Step.ALLOWED, *_who(actor)), now)
    return Allowed.READS_AGAIN


def erase_address(
    session: Session, address: Address, suppression_key: str, reason: str, actor: User | None, now: datetime
) -> bool:
    """Forget the person behind an address but for the hash that keeps it from being mailed; False if none was known.

    Invalid without a reason.
    """
    subscriber, said = by_address(session, address), _reason(reason)
    hashed = address_hmac(address.text, suppression_key)
    _note(session, actor, ERASED, subscriber, said, now, hashed)
    suppress(session, hashed, subscriber.id if subscriber else None, "erased", now)
    if subscriber is None:
        record_wish(session, hashed, Step.ERASED, *_who(actor), now)
        forget_what_is_asked(session, address.text)
        return forget_address(session, address.text, now) > 0
    erase_subscriber(session, subscriber, *_who(actor), now)
    return True


def pause_for(
    session: Session, subscriber: Subscriber, day: date, reason: str, actor: User | None, now: datetime
) -> bool:
    """Send a reader no editions until `day`; False for who is no reader. Invalid without a reason, or for that day."""
    said = _reason(reason)
    if not pause(session, subscriber, day, now, *_who(actor)):
        return False
    _note(session, actor, "subscriber.pause", subscriber, said, now, until=day.isoformat())
    return True


def resume_for(
    session: Session, subscriber: Subscriber, reason: str, actor: User | None, now: datetime
) -> bool:
    """End the pause of a reader; False where there was none. Invalid without a reason."""
    said = _reason(reason)
    if not resume(session, subscriber, now, *_who(actor)):
        return False
    _note(session, actor, "subscriber.resume", subscriber, said, now)
    return True


def unsubscribe(
    session: Session, subscriber: Subscriber, reason: str, actor: User | None, now: datetime
) -> bool:
    """End a subscription, as its reader would; False if it had ended. Invalid without a reason."""
    said = _reason(reason)
    by, source = _who(actor)
    if not leave(session, subscriber, now, source, by):
        return False
    _note(session, actor, "subscriber.unsubscribe", subscriber, said, now)
    return True


def correct_name(
    session: Session, subscriber: Subscriber, name: str, reason: str, actor: User | None, now: datetime
) -> None:
    """Set the name of a reader; neither the old one nor the new one stands in the trail. Invalid without a reason."""
    said = without_name(_reason(reason), name)
    _note(session, actor, "subscriber.rename", subscriber, said, now)
    subscriber.name = name
    record_wish(session, subscriber, Step.CHANGED, *_who(actor), now, detail={"changed": ["name"]})


def ask_to_move(
    session: Session,
    mail_context: MailContext,
    subscriber: Subscriber,
    new: Address,
    reason: str,
    actor: User,
    now: datetime,
) -> bool:
    """Ask a new address whether the newsletter may go there, and tell the old one, which may refuse for some days.

    False for who is no reader, or was asked too often today. Invalid without a reason.
    """
    said = _reason(reason)
    if not ask(session, mail_context, subscriber, new, now, actor.id):
        return False
    _note(session, actor, "subscriber.move", subscriber, said, now)
    return True


def add_by_hand(
    session: Session,
    mail_context: MailContext,
    address: Address,
    choices: Choices,
    reason: str,
    actor: User,
    now: datetime,
) -> Added:
    """Sign somebody up who asked staff for it: the ordinary mail asks them to confirm. Invalid without a reason."""
    said = _reason(reason)
    before = by_address(session, address)
    if before is not None and before.status == Status.ACTIVE:
        return Added.READS_ALREADY
    suppression = suppression_of(session, address_hmac(address.text, mail_context.suppression_key))
    if suppression is not None and not may_be_asked(suppression.scope, suppression.reason):
        return Added.WANTS_NO_MAIL
    if not may_write(session, mail_context, address.text, now):
        return Added.ASKED_ENOUGH
    sign_up(session, mail_context, address, choices, choices.language, now, asked_by=_who(actor))
    _note(session, actor, "subscriber.add", by_address(session, address), said, now)
    return Added.ASKED


def _who(actor: User | None) -> tuple[By, str]:
    """Who acts and where, as the ledger of consent has it."""
    return (by_staff(actor.id), Place.DESK) if actor is not None else (COMMAND, Place.COMMAND)


def _reason(typed: str) -> str:
    reason = " ".join(typed.split())
    if not reason or len(reason) > REASON_LENGTH:
        raise Invalid(f"Give a reason of 1 to {REASON_LENGTH} characters.", "reason")
    return without_addresses(reason)


def _note(
    session: Session,
    actor: User | None,
    action: str,
    subscriber: Subscriber | None,
    reason: str,
    now: datetime,
    address_key: str = "",
    **detail: object,
) -> None:
    """Write it down, of a reader or (None) of an address that is no reader's, by its hash."""
    number, name = (subscriber.id, subscriber.name) if subscriber is not None else (NOBODY, "")
    key = subscriber.address_hmac if subscriber is not None else address_key
    said = without_name(reason, name)
    record_about_reader(session, actor, action, number, key, now, reason=said, **detail)
