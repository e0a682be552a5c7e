"""Use cases of readers: sign up, confirm, choose, leave, come back."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Segment, Topic
from newsletter_service.delivery.service import (
    cancel_for_reader,
    erase_notices,
    is_suppressed,
    notices_since,
    suppress,
    write_notice,
)
from newsletter_service.letters.values import Notice
from newsletter_service.links import MANAGE_WITHIN
from newsletter_service.publisher.press import Press
from newsletter_service.publisher.service import newsletter, sender_for
from newsletter_service.subscriptions import emails
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.consent_texts import wording
from newsletter_service.subscriptions.models import Consent, Membership, Subscriber
from newsletter_service.subscriptions.rules import (
    CONFIRM_WITHIN,
    NOTICES_A_DAY,
    PRIVACY_VERSION,
    WORDING_VERSION,
    Source,
    Status,
    Step,
)


@dataclass(frozen=True)
class Choices:
    """What a reader chose; the ids are of segments and topics, unknown ones are passed over."""

    name: str
    language: str
    segment_ids: frozenset[int]
    topic_ids: frozenset[int]


def sign_up(session: Session, press: Press, address: Address, choices: Choices, now: datetime) -> None:
    """Take a request for the newsletter; whatever is known of the address shows only in the mail it gets.

    A new or unconfirmed address gets a confirmation mail, a reader one that says so, a suppressed address
    nothing. Nobody gets more than three such mails in a day.
    """
    if is_suppressed(session, address.text, press.secret_key):
        return
    subscriber = session.scalars(select(Subscriber).where(Subscriber.address == address.text)).first()
    if subscriber is not None and subscriber.status == Status.ACTIVE:
        _mail_known_reader(session, press, subscriber, emails.already_subscribed, now)
        return
    subscriber = _asked(session, subscriber, address, now)
    choose(session, subscriber, choices, now)
    _record(session, press, subscriber, Step.ASKED, now)
    _mail_confirmation(session, press, subscriber, now)


def _asked(session: Session, subscriber: Subscriber | None, address: Address, now: datetime) -> Subscriber:
    if subscriber is None:
        subscriber = Subscriber(address=address.text, domain=address.domain, asked_at=now, generation=1)
        session.add(subscriber)
    elif subscriber.status == Status.LEFT:
        subscriber.generation += 1  # links of the subscription that ended stay dead
    subscriber.status = Status.PENDING
    subscriber.asked_at = now
    subscriber.left_at = None
    session.flush()
    return subscriber


def choose(session: Session, subscriber: Subscriber, choices: Choices, now: datetime) -> None:
    """Set what the reader chose; a segment kept is kept with the check it had."""
    subscriber.name = choices.name
    subscriber.language = choices.language
    kept = {m.segment_id: m for m in subscriber.memberships}
    wanted = session.scalars(select(Segment).where(Segment.id.in_(choices.segment_ids))).all()
    subscriber.memberships = [kept.get(segment.id) or Membership(segment=segment) for segment in wanted]
    subscriber.topics = list(session.scalars(select(Topic).where(Topic.id.in_(choices.topic_ids))))
    session.flush()


def find_reader(session: Session, reader_id: int, generation: int) -> Subscriber | None:
    """The reader a link is about; None once that subscription is over for good."""
    subscriber = session.get(Subscriber, reader_id)
    return subscriber if subscriber is not None and subscriber.generation == generation else None


def confirm(session: Session, press: Press, subscriber: Subscriber, now: datetime) -> bool:
    """Begin the subscription; False if it had begun already (or ended: a link from before does not revive it)."""
    if subscriber.status != Status.PENDING:
        return False
    subscriber.status = Status.ACTIVE
    subscriber.confirmed_at = now
    _record(session, press, subscriber, Step.CONFIRMED, now)
    return True


def confirm_again(session: Session, press: Press, subscriber: Subscriber, now: datetime) -> None:
    """Send the confirmation mail once more, within the day's limit."""
    if subscriber.status == Status.PENDING:
        subscriber.asked_at = now
        _mail_confirmation(session, press, subscriber, now)


def never(session: Session, press: Press, subscriber: Subscriber, now: datetime) -> None:
    """ "This was not me": never write to this address again, and forget what was held about it."""
    suppress(session, subscriber.address, "asked", press.secret_key, now)
    cancel_for_reader(session, subscriber.id, now)
    erase_notices(session, subscriber.id)
    session.delete(subscriber)
    session.flush()


def leave(session: Session, press: Press, subscriber: Subscriber, now: datetime) -> bool:
    """End the subscription and stop editions that are still on their way; False if it had ended already."""
    if subscriber.status == Status.LEFT:
        return False
    subscriber.status = Status.LEFT
    subscriber.left_at = now
    cancel_for_reader(session, subscriber.id, now)
    _record(session, press, subscriber, Step.WITHDRAWN, now)
    return True


def undo_leave(session: Session, press: Press, subscriber: Subscriber, now: datetime) -> bool:
    """Take the leaving back, for who was confirmed before; False if there is nothing to take back."""
    if subscriber.status != Status.LEFT or subscriber.confirmed_at is None:
        return False
    subscriber.status = Status.ACTIVE
    subscriber.left_at = None
    _record(session, press, subscriber, Step.RESTORED, now)
    return True


def request_link(session: Session, press: Press, address: Address, now: datetime) -> None:
    """Mail a reader the way back to their preferences; nothing happens for an address we do not know."""
    subscriber = session.scalars(select(Subscriber).where(Subscriber.address == address.text)).first()
    if subscriber is None or is_suppressed(session, address.text, press.secret_key):
        return
    if subscriber.status == Status.ACTIVE:
        _mail_known_reader(session, press, subscriber, emails.lost_link, now)
    elif subscriber.status == Status.PENDING:
        _mail_confirmation(session, press, subscriber, now)


def purge_stale(session: Session, now: datetime) -> int:
    """Forget everybody who did not confirm within 7 days; how many."""
    stale = session.scalars(
        select(Subscriber).where(Subscriber.status == Status.PENDING, Subscriber.asked_at < now - CONFIRM_WITHIN)
    ).all()
    for subscriber in stale:
        erase_notices(session, subscriber.id)
        session.delete(subscriber)
    session.flush()
    return len(stale)


def _mail_confirmation(session: Session, press: Press, subscriber: Subscriber, now: datetime) -> None:
    name = newsletter(session).name
    key = (subscriber.id, subscriber.generation, now)
    notice = emails.confirmation(
        name, subscriber.language, press.links.confirm(*key), press.links.never(*key)
    )
    _mail(session, press, subscriber, notice, now)


def _mail_known_reader(session, press, subscriber, build, now):  # type: ignore[no-untyped-def]
    url = press.links.manage(subscriber.id, subscriber.generation, now + MANAGE_WITHIN)
    notice = build(newsletter(session).name, subscriber.language, url)
    _mail(session, press, subscriber, notice, now)


def _mail(session: Session, press: Press, subscriber: Subscriber, notice: Notice, now: datetime) -> None:
    if notices_since(session, subscriber.id, now - timedelta(days=1)) >= NOTICES_A_DAY:
        return
    sender = sender_for(session, notice.language, press.mail_from, press.reply_to, press.links.base_url)
    write_notice(
        session,
        press.renderer.notice(notice, sender),
        subscriber.address,
        now,
        reader_id=subscriber.id,
        reader_generation=subscriber.generation,
    )


def _record(session: Session, press: Press, subscriber: Subscriber, step: Step, now: datetime) -> None:
    """Add a step of consent; asking and confirming carry the wording as it was read."""
    given = step in (Step.ASKED, Step.CONFIRMED)
    session.add(
        Consent(
            subscriber_id=subscriber.id,
            step=step,
            source=Source.FORM,
            wording=wording(subscriber.language, newsletter(session).name) if given else "",
            wording_version=WORDING_VERSION if given else "",
            privacy_version=PRIVACY_VERSION if given else "",
            at=now,
        )
    )
    session.flush()
