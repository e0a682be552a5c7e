"""Use cases of readers: sign up, confirm, choose, leave, come back.

Who changes a reader holds the row until the transaction ends: of two clicks, one sees what the other did.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Topic
from newsletter_service.delivery.models import Suppression
from newsletter_service.delivery.rules import BOUNCED, address_hmac
from newsletter_service.delivery.service import cancel_for_subscriber, erase_notices
from newsletter_service.delivery.suppressions import is_suppressed, let_ask_again, suppress, would_change
from newsletter_service.documents.service import read_as_shown
from newsletter_service.languages import Language
from newsletter_service.links.tokens import Holder, new_key
from newsletter_service.links.urls import CONFIRM_WITHIN
from newsletter_service.publisher.mail_context import MailContext
from newsletter_service.subscriptions import notices
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.consent.rules import JOB, READER, By, Place, Step
from newsletter_service.subscriptions.consent.service import forget_sign_up, record_wish
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.rules import (
    Answer,
    Choices,
    Status,
    answer_to_lost_link,
    answer_to_sign_up,
    may_undo,
    still_wants,
)
from newsletter_service.subscriptions.verification.service import choose_segments, settle


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
) -> None:
    """Take a request for the newsletter; whatever is known of the address shows only in the mail it gets.

    A new or unconfirmed address gets a confirmation mail, a reader one that says so, a suppressed address
    nothing, unless it was mail that came back: its owner may ask again. `read_in` is the language in which the
    wording of consent was shown, `shown` names it (documents.service.Read.name): UnknownText. Whoever fills in
    the form last decides what an unconfirmed reader chose: the page that confirms shows it. Beyond the third mail
    in a day nothing changes at all. `asked_by` is who took the request, and where; what staff take was read by
    nobody yet.
    """
    hashed = address_hmac(address.text, mail_context.suppression_key)
    read = read_as_shown(session, read_in, mail_context.reply_to, shown)
    let_ask_again(session, hashed)
    if is_suppressed(session, hashed):
        return
    subscriber = by_address(session, address) or _added(session, address, hashed, now)
    if not notices.may_write(session, subscriber, now):
        return
    answer = answer_to_sign_up(subscriber.status)
    if answer is Answer.CONFIRM:
        _ask(session, subscriber, now)
        _choose(session, subscriber, choices, now)
        record_wish(
            session,
            subscriber,
            Step.ASKED,
            *asked_by,
            now,
            read=read if asked_by[0] == READER else None,
            detail=_chosen(subscriber),
        )
    notices.write(session, mail_context, subscriber, answer, now)


def request_link(session: Session, mail_context: MailContext, address: Address, now: datetime) -> None:
    """Mail a reader the way back to their preferences; nothing happens for an address we do not know."""
    subscriber = by_address(session, address)
    answer = answer_to_lost_link(subscriber.status if subscriber is not None else None)
    suppressed = is_suppressed(session, address_hmac(address.text, mail_context.suppression_key))
    if subscriber is None or answer is None or suppressed or not notices.may_write(session, subscriber, now):
        return
    notices.write(session, mail_context, subscriber, answer, now)


def find_subscriber(session: Session, holder: Holder, *, to_change: bool = False) -> Subscriber | None:
    """The reader a link is about; None once that subscription is over for good.

    `to_change` holds the row until the transaction ends.
    """
    mine = Subscriber.link_key == holder.key
    if holder.former:
        mine = Subscriber.former_link == holder.former
    query = select(Subscriber).where(mine)
    if to_change:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).one_or_none()


def confirm(
    session: Session,
    mail_context: MailContext,
    subscriber: Subscriber,
    read_in: Language,
    now: datetime,
    *,
    shown: str = "",
) -> bool:
    """Begin the subscription; False if it had begun already, or ended since. `shown` as in `sign_up`."""
    if subscriber.status != Status.PENDING:
        return False
    read = read_as_shown(session, read_in, mail_context.reply_to, shown)
    subscriber.status = Status.ACTIVE
    subscriber.confirmed_at = now
    subscriber.left_at = None
    record_wish(
        session,
        subscriber,
        Step.CONFIRMED,
        READER,
        Place.CONFIRM,
        now,
        read=read,
        detail=_chosen(subscriber),
    )
    settle(session, subscriber, now)
    return True


def end_unanswered(session: Session, subscriber: Subscriber, now: datetime) -> None:
    """End the subscription of who was asked to agree to a text that changed, and did not answer."""
    _end(session, subscriber, (Step.UNANSWERED, JOB, Place.AGREE), now)


def confirm_again(session: Session, mail_context: MailContext, subscriber: Subscriber, now: datetime) -> None:
    """Send the confirmation mail once more, within the day's limit; the seven days begin again."""
    if subscriber.status == Status.PENDING and notices.may_write(session, subscriber, now):
        subscriber.asked_at = now
        notices.write(session, mail_context, subscriber, Answer.CONFIRM, now)


def never(
    session: Session,
    subscriber: Subscriber,
    now: datetime,
    reason: str = "asked",
    by: By = READER,
    source: str = Place.NOT_ME,
) -> None:
    """Never write to this address again: its reader did not ask for it.

    Who did not confirm is forgotten. Of who did, the proof of consent and of its withdrawal stays.
    """
    _stop(session, subscriber, (Step.LEFT, by, source), reason, now)


def bounce_out(
    session: Session, subscriber: Subscriber, now: datetime, source: str = Place.MAIL, status: str = ""
) -> None:
    """Stop writing to an address at which nothing arrives, as `never` does.

    `source` says how that was told, `status` is the code that mail came back with.
    """
    _stop(session, subscriber, (Step.BOUNCED, JOB, source), BOUNCED, now, status)


def complain(session: Session, subscriber: Subscriber, now: datetime) -> None:
    """Stop writing to an address whose owner called a letter unwanted, as `never` does."""
    _stop(session, subscriber, (Step.COMPLAINED, JOB, Place.MAIL), "complained", now)


def _stop(
    session: Session,
    subscriber: Subscriber,
    proof: tuple[Step, By, str],
    reason: str,
    now: datetime,
    status: str = "",
) -> None:
    """End what there is and suppress the address; the ledger knows who never confirmed by its hash only."""
    hashed = subscriber.address_hmac
    if subscriber.status == Status.LEFT and not would_change(session, hashed, reason):
        return
    suppress(session, hashed, subscriber.id, reason, now, status)
    if subscriber.status == Status.PENDING:
        give_up(session, subscriber)
        record_wish(session, hashed, *proof, now)
    else:
        _end(session, subscriber, proof, now)


def change_preferences(
    session: Session,
    subscriber: Subscriber,
    choices: Choices,
    now: datetime,
    by: By = READER,
    source: str = Place.PREFERENCES,
) -> None:
    """Set what the reader chose; a segment kept, or chosen again, keeps its check."""
    before = _chosen(subscriber) | {"name": subscriber.name, "organisation": subscriber.organisation}
    _choose(session, subscriber, choices, now)
    after = _chosen(subscriber) | {"name": subscriber.name, "organisation": subscriber.organisation}
    changed = [what for what in after if after[what] != before[what]]
    if changed:
        record_wish(
            session,
            subscriber,
            Step.CHANGED,
            by,
            source,
            now,
            detail={"changed": changed} | _chosen(subscriber),
        )


def _chosen(subscriber: Subscriber) -> dict[str, object]:
    """What a reader chose, for the ledger of consent."""
    return {
        "language": subscriber.language,
        "segments": sorted(membership.segment.slug for membership in subscriber.memberships),
        "topics": sorted(topic.slug for topic in subscriber.topics),
    }


def _choose(session: Session, subscriber: Subscriber, choices: Choices, now: datetime) -> None:
    subscriber.name = choices.name
    subscriber.organisation = choices.organisation
    subscriber.language = choices.language
    choose_segments(session, subscriber, choices.segment_ids, now)
    subscriber.topics = list(session.scalars(select(Topic).where(Topic.id.in_(choices.topic_ids))))
    session.flush()


def leave(
    session: Session, subscriber: Subscriber, now: datetime, source: str = Place.LEAVE, by: By = READER
) -> bool:
    """End the subscription and stop editions that are still on their way; False if it had ended already."""
    if subscriber.status != Status.ACTIVE:
        return False
    _end(session, subscriber, (Step.LEFT, by, source), now)
    return True


def _end(session: Session, subscriber: Subscriber, proof: tuple[Step, By, str], now: datetime) -> None:
    if subscriber.status == Status.ACTIVE:
        subscriber.status = Status.LEFT
        subscriber.left_at = now
        subscriber.paused_until = None
        cancel_for_subscriber(session, subscriber.id, now)
    record_wish(session, subscriber, *proof, now)


def can_undo(session: Session, subscriber: Subscriber, now: datetime) -> bool:
    """Whether who left may come back by a button."""
    return may_undo(subscriber.status, subscriber.left_at, now) and not is_suppressed(
        session, subscriber.address_hmac
    )


def undo_leave(session: Session, subscriber: Subscriber, now: datetime) -> bool:
    """Take the leaving back; False if it is too late for that, or there is nothing to take back."""
    if not can_undo(session, subscriber, now):
        return False
    come_back(session, subscriber, (Step.RETURNED, READER, Place.RETURN), now)
    return True


def come_back(session: Session, subscriber: Subscriber, proof: tuple[Step, By, str], now: datetime) -> None:
    """Go on with a subscription that had ended."""
    subscriber.status = Status.ACTIVE
    subscriber.left_at = None
    record_wish(session, subscriber, *proof, now)


def ended_by(subscriber: Subscriber, suppression: Suppression) -> bool:
    """Whether mail that came back, and no wish, ended a subscription: they are a reader again once that is mended."""
    return still_wants(subscriber.status, subscriber.left_at, suppression.reason, suppression.at)


def purge_stale(session: Session, now: datetime) -> int:
    """Delete everybody who did not confirm within CONFIRM_WITHIN; returns their number.

    Who was a reader before is so no more or less than before asking again: the earlier proof stays.
    """
    stale = session.scalars(
        select(Subscriber)
        .where(Subscriber.status == Status.PENDING, Subscriber.asked_at < now - CONFIRM_WITHIN)
        .with_for_update()
    ).all()
    for subscriber in stale:
        give_up(session, subscriber)
    return len(stale)


def give_up(session: Session, subscriber: Subscriber) -> None:
    """End a sign-up that nobody confirmed, with the mails about it; who was a reader before has left, as before."""
    erase_notices(session, subscriber.id)
    if subscriber.confirmed_at is None:
        forget_sign_up(session, subscriber)
        session.delete(subscriber)
    else:
        subscriber.status = Status.LEFT
    session.flush()


def by_address(session: Session, address: Address) -> Subscriber | None:
    """Returns whose address this is, held until the transaction ends."""
    return session.scalars(
        select(Subscriber).where(Subscriber.address == address.text).with_for_update()
    ).one_or_none()


def _added(session: Session, address: Address, hashed: str, now: datetime) -> Subscriber:
    """A new row; or, where somebody signed up the same address at this very moment, theirs."""
    subscriber = Subscriber(
        address=address.text,
        address_hmac=hashed,
        domain=address.domain,
        status=Status.PENDING,
        asked_at=now,
    )
    try:
        with session.begin_nested():
            session.add(subscriber)
    except IntegrityError:
        theirs = by_address(session, address)
        if theirs is None:
            raise
        return theirs
    return subscriber


def _ask(session: Session, subscriber: Subscriber, now: datetime) -> None:
    if subscriber.status == Status.LEFT:
        subscriber.link_key, subscriber.former_link = (
            new_key(),
            None,
        )  # links of the subscription that ended stay dead
    subscriber.status = Status.PENDING
    subscriber.asked_at = now
    session.flush()
