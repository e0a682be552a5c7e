"""Use cases of readers: sign up, confirm, choose, leave, come back.

Who changes a reader holds the row until the transaction ends: of two clicks, one sees what the other did.
"""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from newsletter_service.delivery.models import Suppression
from newsletter_service.delivery.rules import BOUNCED
from newsletter_service.delivery.service import cancel_for_subscriber, erase_notices
from newsletter_service.delivery.suppressions import (
    is_suppressed,
    let_ask_again,
    suppress,
    suppression_of,
    would_change,
)
from newsletter_service.documents.service import read_as_shown
from newsletter_service.documents.terms.service import terms
from newsletter_service.languages import Language
from newsletter_service.links.tokens import Holder
from newsletter_service.links.urls import CONFIRM_WITHIN
from newsletter_service.publisher.mail_context import MailContext
from newsletter_service.retention import Term
from newsletter_service.subscriptions import notices
from newsletter_service.subscriptions.choosing.service import choose, chosen
from newsletter_service.subscriptions.consent.rules import JOB, READER, By, Place, Step
from newsletter_service.subscriptions.consent.service import forget_sign_up, record_wish
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.reconsent.models import ReconsentRequest
from newsletter_service.subscriptions.renewing import service as renewing
from newsletter_service.subscriptions.renewing.models import Renewal
from newsletter_service.subscriptions.rules import (
    Choices,
    Status,
    may_undo,
    still_wants,
)
from newsletter_service.subscriptions.used_links.rules import Outcome
from newsletter_service.subscriptions.used_links.service import use_up
from newsletter_service.subscriptions.verification.service import settle


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
    renewal: Renewal | None = None,
    *,
    shown: str = "",
) -> bool:
    """Begin the subscription; False if it had begun already, or ended since. Who left has a `renewal` to confirm.

    `shown` as in `sign_up`.
    """
    if renewal is not None and subscriber.status is Status.LEFT:
        renewing.take_up(session, renewal, now)
    if subscriber.status != Status.PENDING:
        return False
    read = read_as_shown(session, read_in, mail_context.reply_to, shown)
    let_ask_again(session, subscriber.address_hmac)
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
        detail=chosen(subscriber),
    )
    settle(session, subscriber, now)
    notices.welcome(session, mail_context, subscriber, now)
    return True


def end_unanswered(session: Session, subscriber: Subscriber, now: datetime) -> None:
    """End the subscription of who was asked to agree to a text that changed, and did not answer."""
    _end(session, subscriber, (Step.UNANSWERED, JOB, Place.AGREE), now)


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
    again = session.get(Renewal, subscriber.id)
    if again is not None:
        _use_up(session, subscriber, again.link_key, again.choices["language"], now)
    elif subscriber.status is Status.PENDING:
        _use_up(session, subscriber, subscriber.link_key, subscriber.language, now)
    _stop(session, subscriber, (Step.LEFT, by, source), reason, now)


def _use_up(session: Session, subscriber: Subscriber, key: str, read_in: Language, now: datetime) -> None:
    """Remember what the link of a sign-up did that is forgotten."""
    hashed, until = subscriber.address_hmac, now + CONFIRM_WITHIN
    use_up(session, key, Outcome.NEVER, now, until=until, read_in=read_in, leads_to=hashed)


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
    renewing.drop(session, subscriber)
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
    before = chosen(subscriber) | {"name": subscriber.name, "organisation": subscriber.organisation}
    choose(session, subscriber, choices, now)
    after = chosen(subscriber) | {"name": subscriber.name, "organisation": subscriber.organisation}
    changed = [what for what in after if after[what] != before[what]]
    if changed:
        record_wish(
            session,
            subscriber,
            Step.CHANGED,
            by,
            source,
            now,
            detail={"changed": changed} | chosen(subscriber),
        )


def leave(
    session: Session, subscriber: Subscriber, now: datetime, source: str = Place.LEAVE, by: By = READER
) -> bool:
    """End the subscription and stop editions that are still on their way; False if it had ended already.

    Who leaves after a bounce had ended it is no reader again once that is mended: this wish is the last one.
    """
    if was_lost(session, subscriber):
        subscriber.left_at = now
    elif subscriber.status != Status.ACTIVE:
        return False
    _end(session, subscriber, (Step.LEFT, by, source), now)
    return True


def _end(session: Session, subscriber: Subscriber, proof: tuple[Step, By, str], now: datetime) -> None:
    if proof[0] is not Step.BOUNCED:  # a bounce is nobody's wish: the pause goes on once it is mended
        subscriber.paused_until = None
    if subscriber.status == Status.ACTIVE:
        subscriber.status = Status.LEFT
        subscriber.left_at = now
        cancel_for_subscriber(session, subscriber.id, now, subscriber.address)
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
    """Go on with a subscription that had ended; what its reader was asked before then is asked once more.

    Else the silence of who was gone would end it once more, before they could answer.
    """
    session.execute(delete(ReconsentRequest).where(ReconsentRequest.subscriber_id == subscriber.id))
    subscriber.status = Status.ACTIVE
    subscriber.left_at = None
    record_wish(session, subscriber, *proof, now)


def ended_by(subscriber: Subscriber, suppression: Suppression) -> bool:
    """Whether mail that came back, and no wish, ended a subscription: they are a reader again once that is mended."""
    return still_wants(subscriber.status, subscriber.left_at, suppression.reason, suppression.at)


def was_lost(session: Session, subscriber: Subscriber) -> bool:
    """Whether mail that came back, and no wish, ended a subscription."""
    found = suppression_of(session, subscriber.address_hmac) if subscriber.status == Status.LEFT else None
    return found is not None and ended_by(subscriber, found)


def purge_stale(session: Session, now: datetime) -> int:
    """Delete everybody who did not confirm within the term; returns their number.

    Who was a reader before is so no more or less than before asking again: the earlier proof stays.
    """
    kept = terms(session)[Term.UNCONFIRMED]
    stale = session.scalars(
        select(Subscriber)
        .where(Subscriber.status == Status.PENDING, Subscriber.asked_at < now - kept)
        .with_for_update()
    ).all()
    for subscriber in stale:
        give_up(session, subscriber)
    renewing.forget_stale(session, now)
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
