"""Use cases of changes of address: ask both, take their answers, and move the reader once they agree."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from newsletter_service.delivery.rules import Suppressed, address_hmac
from newsletter_service.delivery.service import cancel_notices_elsewhere, readdress
from newsletter_service.delivery.suppressions import (
    came_back,
    is_suppressed,
    keep_off,
    let_ask_again,
    lift,
    suppression_of,
)
from newsletter_service.links.tokens import Holder, new_key
from newsletter_service.links.urls import ANSWER_CHANGE_WITHIN
from newsletter_service.publisher.mail_context import MailContext
from newsletter_service.subscriptions.address_changes import notices
from newsletter_service.subscriptions.address_changes.models import AddressChange
from newsletter_service.subscriptions.address_changes.rules import (
    ONE_PRESS,
    NewAddressAnswer,
    answer_to_new,
    is_agreed,
    silence_counts_from,
)
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.consent.rules import READER, By, Place, Step, by_staff
from newsletter_service.subscriptions.consent.service import record_wish
from newsletter_service.subscriptions.finding.service import by_address
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.notices import may_write
from newsletter_service.subscriptions.renewing import service as renewing
from newsletter_service.subscriptions.rules import Status
from newsletter_service.subscriptions.service import come_back, give_up, was_lost
from newsletter_service.subscriptions.used_links.rules import Outcome
from newsletter_service.subscriptions.used_links.service import use_up
from newsletter_service.subscriptions.verification.service import reopen_claims, settle

_AT_ONCE = 500
_MOVED = "moved"


def ask(
    session: Session,
    mail_context: MailContext,
    subscriber: Subscriber,
    new: Address,
    now: datetime,
    staff_id: int | None = None,
) -> bool:
    """Ask both addresses whether the newsletter may go to the new one; False if that cannot be asked (any more today).

    Whatever is known of the new address shows only in the letter it gets. An earlier wish of the reader is over.
    """
    comes_back = subscriber.status != Status.ACTIVE
    if not _reads(session, subscriber) or (comes_back and staff_id is None):
        return False
    if not comes_back and not may_write(session, mail_context, subscriber.address, now):
        return False
    if _was_just_asked(session, subscriber, new, now, staff_id):
        return True
    withdraw(session, subscriber, now)
    change = AddressChange(
        subscriber=subscriber,
        new_address=new.text,
        staff_id=staff_id,
        asked_at=now,
        silence_counts_from=silence_counts_from(
            by_staff=staff_id is not None, comes_back=comes_back, now=now
        ),
    )
    session.add(change)
    session.flush()
    _tell(session, mail_context, change, new, now)
    if not comes_back:
        notices.tell_old(session, mail_context, change, now)
    return True


def _was_just_asked(
    session: Session, subscriber: Subscriber, new: Address, now: datetime, staff_id: int | None
) -> bool:
    """Whether this very wish was sent a moment ago: a button that is pressed twice asks once."""
    change = change_of(session, subscriber)
    if change is None or (change.new_address, change.staff_id) != (new.text, staff_id):
        return False
    return now - change.asked_at < ONE_PRESS


def _tell(
    session: Session, mail_context: MailContext, change: AddressChange, new: Address, now: datetime
) -> None:
    hashed = address_hmac(new.text, mail_context.suppression_key)
    owner = by_address(session, new)  # held first: whoever says "never" meanwhile has said it then
    wants_none = is_suppressed(session, hashed) and came_back(session, hashed) is None
    answer = answer_to_new(
        unwanted=wants_none or not may_write(session, mail_context, new.text, now),
        status=owner.status if owner is not None else None,
        was_confirmed=owner is not None and owner.confirmed_at is not None,
    )
    if answer is NewAddressAnswer.CONFIRM:
        notices.ask_new(session, mail_context, change, now)
    elif answer is NewAddressAnswer.KNOWN and owner is not None:
        notices.tell_owner(session, mail_context, owner, now)


def withdraw(session: Session, subscriber: Subscriber, now: datetime) -> None:
    """End the wish that a reader has, if there is one: its links lead nowhere any more, nor does a letter go."""
    change = change_of(session, subscriber)
    if change is not None:
        _end(session, change, now)


def refuse(session: Session, change: AddressChange, now: datetime) -> None:
    """End a wish because the old address says no; everything stays as it is."""
    _remember(session, change, Outcome.REFUSED, now)
    _end(session, change, now)


def _end(session: Session, change: AddressChange, now: datetime) -> None:
    subscriber = change.subscriber
    session.delete(change)
    session.flush()
    cancel_notices_elsewhere(session, subscriber.id, subscriber.address, now)


def _remember(session: Session, change: AddressChange, outcome: Outcome, now: datetime) -> None:
    """Let the links of a wish say what became of it."""
    subscriber, until = change.subscriber, change.asked_at + ANSWER_CHANGE_WITHIN
    leads_to = subscriber.link_key if outcome is Outcome.MOVED else ""
    use_up(
        session, change.link_key, outcome, now, until=until, read_in=subscriber.language, leads_to=leads_to
    )


def change_of(session: Session, subscriber: Subscriber) -> AddressChange | None:
    """The change that a reader waits for, if any."""
    return session.get(AddressChange, subscriber.id)


def find_change(session: Session, holder: Holder, *, to_change: bool = False) -> AddressChange | None:
    """The change that a link is about; None once it is over.

    `to_change` holds its reader until the transaction ends.
    """
    mine = select(AddressChange).where(AddressChange.link_key == holder.key)
    change = session.scalars(mine).one_or_none()
    if change is None or not to_change:
        return change
    held = select(Subscriber).where(Subscriber.id == change.subscriber_id).with_for_update()
    session.scalars(held.execution_options(populate_existing=True)).one_or_none()
    return session.scalars(mine.execution_options(populate_existing=True)).one_or_none()


def agree_at_new(session: Session, mail_context: MailContext, change: AddressChange, now: datetime) -> bool:
    """Take the new address's yes; whether the newsletter goes there from now on."""
    change.new_agreed_at = change.new_agreed_at or now
    return _move_on(session, mail_context, change, now)


def agree_at_old(session: Session, mail_context: MailContext, change: AddressChange, now: datetime) -> bool:
    """Take the old address's yes; whether the newsletter goes to the new one from now on."""
    change.old_agreed_at = change.old_agreed_at or now
    return _move_on(session, mail_context, change, now)


def due(session: Session, now: datetime) -> Sequence[int]:
    """Returns whose change is agreed to by silence, or is over, by now; some hundreds at a time."""
    silent = and_(AddressChange.new_agreed_at.is_not(None), AddressChange.silence_counts_from <= now)
    over = AddressChange.asked_at <= now - ANSWER_CHANGE_WITHIN
    query = select(AddressChange.subscriber_id).where(or_(silent, over)).limit(_AT_ONCE)
    return session.scalars(query.order_by(AddressChange.subscriber_id)).all()


def finish(session: Session, mail_context: MailContext, subscriber_id: int, now: datetime) -> bool:
    """Move a reader whose change is agreed to, or forget one that nobody answered in time; whether they moved."""
    change = session.get(AddressChange, subscriber_id)
    change = change and find_change(session, Holder(change.link_key), to_change=True)
    if change is None:
        return False
    subscriber, is_over = change.subscriber, change.asked_at <= now - ANSWER_CHANGE_WITHIN
    moved = _move_on(session, mail_context, change, now)
    if is_over:  # also where it was agreed to so late, and ended just now
        withdraw(session, subscriber, now)
    return moved


def _move_on(session: Session, mail_context: MailContext, change: AddressChange, now: datetime) -> bool:
    session.flush()
    agreed = is_agreed(change.new_agreed_at, change.old_agreed_at, change.silence_counts_from, now)
    if not agreed:
        return False
    moved = _move(session, mail_context, change, now)
    _remember(session, change, Outcome.MOVED if moved else Outcome.NOT_MOVED, now)
    _end(session, change, now)
    return moved


def _move(session: Session, mail_context: MailContext, change: AddressChange, now: datetime) -> bool:
    """Let the newsletter go to the new address, if that is nobody else's and wants it."""
    subscriber, new = change.subscriber, Address(change.new_address)
    hashed, former = address_hmac(new.text, mail_context.suppression_key), subscriber.address_hmac
    by_address(session, new)  # held first: whoever says "never" there meanwhile has said it then
    let_ask_again(session, hashed)  # mail arrives there: its owner said yes by it
    if not _reads(session, subscriber) or is_suppressed(session, hashed):
        return False
    if not _take(session, subscriber, new, hashed, now):
        return False
    proof = (Step.MOVED, *_who(change))
    record_wish(session, former, *proof, now)
    _let_go(session, former, hashed, now)
    _bring_along(session, subscriber)
    record_wish(session, subscriber, *proof, now)
    if subscriber.status != Status.ACTIVE:
        come_back(session, subscriber, (Step.RETURNED, *_who(change)), now)
    settle(session, subscriber, now)
    return True


def _take(session: Session, subscriber: Subscriber, new: Address, hashed: str, now: datetime) -> bool:
    """Give a reader an address that is nobody else's: a sign-up for it that nobody confirmed gives way.

    Claims wait for a check, as they were proved of the address of before. Somebody may sign the new one up, or move to
    it, at this very moment: then it is looked at once more.
    """
    for _once_more in range(2):
        other = by_address(session, new)
        if other is not None and (other.status != Status.PENDING or other.confirmed_at is not None):
            return False
        if other is not None:
            give_up(session, other)
        with suppress(IntegrityError), session.begin_nested():
            reopen_claims(session, subscriber, now)
            subscriber.address, subscriber.address_hmac, subscriber.domain = new.text, hashed, new.domain
            session.flush()
            return True
    return False


def _let_go(session: Session, former_hash: str, new_hash: str, now: datetime) -> None:
    """Let no list bring the old address in, and lists bring in the new one, where the reader had moved from that."""
    keep_off(session, former_hash, Suppressed.IMPORTS, _MOVED, now)
    found = suppression_of(session, new_hash)
    if found is not None and found.reason == _MOVED:
        lift(session, found)


def _bring_along(session: Session, subscriber: Subscriber) -> None:
    """Let old links end, those of a sign-up at the old address too, and letters go to the new one."""
    renewing.drop(session, subscriber)
    subscriber.link_key, subscriber.former_link = new_key(), None
    session.flush()
    readdress(session, subscriber.id, subscriber.address, subscriber.link_key)


def _reads(session: Session, subscriber: Subscriber) -> bool:
    """Whether somebody is a reader, or was one until mail to the old address came back."""
    return subscriber.status == Status.ACTIVE or was_lost(session, subscriber)


def _who(change: AddressChange) -> tuple[By, str]:
    """Who asked and where, as the ledger of consent has it."""
    if change.staff_id is not None:
        return by_staff(change.staff_id), Place.DESK
    return READER, Place.PREFERENCES
