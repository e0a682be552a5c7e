"""Releasing editions: from what was composed to one delivery per reader, and to the end of it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from newsletter_service.delivery import service as delivery
from newsletter_service.delivery.ledger.due import MAY_BE_CLAIMED
from newsletter_service.delivery.models import Delivery, Mailing
from newsletter_service.editions import rules
from newsletter_service.editions.content import content_hash, item_views, locked_items
from newsletter_service.editions.models import Edition
from newsletter_service.editions.notices import tell_held
from newsletter_service.editions.releasing.addressing import Addressing
from newsletter_service.editions.rules import EditionState, Empty, HoldReason, Move, Reason, Unsigned
from newsletter_service.editions.service import (
    hold,
    keep_statement,
    lock,
    missing_sign_offs,
    note,
    set_status,
    status_of,
)
from newsletter_service.editions.texts import PersonalLink, in_edition, refuse_personal_links
from newsletter_service.editorial.models import Item
from newsletter_service.editorial.rules import ItemState
from newsletter_service.letters.errors import LetterError
from newsletter_service.publisher.mail_context import MailContext
from newsletter_service.staff.models import User


def release_due(session: Session, mail_context: MailContext, now: datetime) -> list[Edition]:
    """Release or, where it may not go out by itself, hold every composed edition whose time has come."""
    due = select(Edition).where(Edition.state == EditionState.COMPOSED, Edition.sends_at <= now)
    editions = list(session.scalars(due.order_by(Edition.number)))
    for edition in editions:
        lock(session, edition)
        if edition.state == EditionState.COMPOSED:
            _release_or_hold(session, mail_context, edition, now)
    return editions


def release(
    session: Session, mail_context: MailContext, edition: Edition, user: User | None, now: datetime
) -> None:
    """Freeze an edition and write down one letter per variant and one delivery per reader.

    Raises WrongState (also when somebody released it first), Empty, Unsigned, PersonalLink;
    letters.errors.LetterError.
    """
    lock(session, edition)
    items = locked_items(session, edition)
    views, content = item_views(items), content_hash(edition, items)
    status, missing = status_of(edition), missing_sign_offs(session, edition, content)
    released = rules.release(status, items=len(items), missing=missing)
    refuse_personal_links(in_edition(edition, items), mail_context.links.base_url)
    set_status(edition, released)
    edition.released_at, edition.hold_reason, edition.hold_words = now, None, ""
    delivery.block_unsubscribes(session)
    edition.mailing = delivery.open_mailing(session, now)
    addressing = Addressing(session, mail_context, edition, edition.mailing, items, views, now)
    edition.intended = addressing.write_down()
    _close_items(session, edition, items)
    _keep_pictures(items)
    note(session, edition, Move.RELEASE, user, now, readers=edition.intended, content=content)


def _keep_pictures(items: Sequence[Item]) -> None:
    """Letters name them from now on, whatever becomes of the items."""
    for item in items:
        if item.image is not None:
            item.image.sent = True


def finish_due(session: Session, mail_context: MailContext, now: datetime) -> list[Edition]:
    """The editions whose deliveries are all settled are sent; those that delivery paused are held.

    Letters of cancelled ones that were being written down when that happened, and came back, are cancelled too.
    """
    running = select(Edition).where(Edition.state == EditionState.SENDING).order_by(Edition.number)
    finished = []
    for edition in session.scalars(running).all():
        lock(session, edition)
        if edition.state != EditionState.SENDING or edition.mailing is None:
            continue
        if edition.mailing.paused_at is not None:
            _hold(session, mail_context, edition, HoldReason.PAUSED, now, edition.mailing.pause_reason)
        elif not delivery.open_count(session, edition.mailing.id):
            _finish(session, edition, now)
            finished.append(edition)
    for mailing in session.scalars(_LEFT_OVER).all():
        delivery.cancel_mailing(session, mailing, now)
    return finished


_LEFT_OVER = (
    select(Mailing)
    .join(Edition, Edition.mailing_id == Mailing.id)
    .where(
        Edition.state == EditionState.CANCELLED,
        exists().where(Delivery.mailing_id == Mailing.id, MAY_BE_CLAIMED),
    )
)


def _release_or_hold(session: Session, mail_context: MailContext, edition: Edition, now: datetime) -> None:
    reason = _released_or_why_not(session, mail_context, edition, now)
    if reason is not None:
        _hold(session, mail_context, edition, reason, now)


def _released_or_why_not(
    session: Session, mail_context: MailContext, edition: Edition, now: datetime
) -> HoldReason | None:
    if rules.is_late(edition.sends_at, now):
        return HoldReason.LATE
    try:
        with session.begin_nested():
            release(session, mail_context, edition, None, now)
    except Empty:
        return HoldReason.EMPTY
    except Unsigned:
        return HoldReason.UNSIGNED
    except LetterError:
        return HoldReason.UNPRINTABLE
    except PersonalLink:
        return HoldReason.PERSONAL_LINK
    return None


def _hold(
    session: Session,
    mail_context: MailContext,
    edition: Edition,
    reason: HoldReason,
    now: datetime,
    words: str = "",
) -> None:
    hold(session, edition, None, now, reason=reason)
    tell_held(session, mail_context, edition, reason, now, words)


def _finish(session: Session, edition: Edition, now: datetime) -> None:
    set_status(edition, rules.finish(status_of(edition), open_deliveries=0))
    edition.sent_at = now
    keep_statement(session, edition)
    note(session, edition, Move.FINISH, None, now)


def _close_items(session: Session, edition: Edition, items: Sequence[Item]) -> None:
    """What went out is sent; what found no room has been passed over once more.

    Counted here and not on composing, so that composing again and a cancelled edition count nothing.
    """
    for item in items:
        item.state = ItemState.SENT
    left = [
        one.item_id for one in edition.placements if one.position is None and one.reason == Reason.NO_ROOM
    ]
    if left:
        session.execute(update(Item).where(Item.id.in_(left)).values(passed_over=Item.passed_over + 1))
