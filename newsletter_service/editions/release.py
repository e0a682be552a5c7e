"""Releasing editions: from what was composed to one delivery per reader, and to the end of it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from newsletter_service.audience.rules import ReaderView, visible
from newsletter_service.delivery import service as delivery
from newsletter_service.delivery.rules import address_hmac
from newsletter_service.delivery.service import Recipient
from newsletter_service.editions import rules
from newsletter_service.editions.composing_rules import Reason
from newsletter_service.editions.content import content_for, content_hash, item_view, items_in
from newsletter_service.editions.models import Edition, Exclusion
from newsletter_service.editions.notices import tell_held
from newsletter_service.editions.readership import Reader, active_readers
from newsletter_service.editions.rules import ExclusionReason, HoldReason, Move, State
from newsletter_service.editions.service import hold, lock, missing_sign_offs, note, stand, standing
from newsletter_service.editorial.models import Item
from newsletter_service.editorial.rules import ItemState
from newsletter_service.letters.errors import LetterError
from newsletter_service.letters.values import PreparedLetter
from newsletter_service.publisher.press import Press
from newsletter_service.publisher.service import sender_for
from newsletter_service.staff.models import User

Variant = tuple[tuple[int, ...], str]
"""What tells one letter of an edition from another: the items in it, in order, and the language."""


def release_due(session: Session, press: Press, now: datetime) -> list[Edition]:
    """Release or, where it may not go out by itself, hold every composed edition whose time has come."""
    due = select(Edition).where(Edition.state == State.COMPOSED.value, Edition.sends_at <= now)
    editions = list(session.scalars(due.order_by(Edition.number)))
    for edition in editions:
        lock(session, edition)
        if edition.state == State.COMPOSED.value:
            _release_or_hold(session, press, edition, now)
    return editions


def release(session: Session, press: Press, edition: Edition, user: User | None, now: datetime) -> None:
    """Freeze an edition and write down one letter per variant and one delivery per reader.

    Raises WrongState (also when somebody released it first), Empty, Unsigned; letters.errors.LetterError.
    """
    lock(session, edition)
    items = _locked_items(session, edition)
    missing = missing_sign_offs(session, edition)
    stand(edition, rules.release(standing(edition), items=len(items), missing=missing))
    edition.released_at, edition.hold_reason = now, ""
    edition.mailing = delivery.open_mailing(session, now)
    variants, exclusions = _address(session, press, items)
    for (item_ids, language), recipients in variants.items():
        prepared = _letter(session, press, edition, item_ids, language)
        letter = delivery.add_letter(session, edition.mailing, prepared, now)
        delivery.add_deliveries(session, edition.mailing, letter, recipients, now)
    _exclude(session, edition, exclusions)
    edition.intended = sum(map(len, variants.values())) + len(exclusions)
    _close_items(session, edition, items)
    note(session, edition, Move.RELEASE, user, now, readers=edition.intended, content=content_hash(edition))


def finish_due(session: Session, press: Press, now: datetime) -> list[Edition]:
    """The editions whose deliveries are all settled are sent; those that delivery paused are held."""
    running = select(Edition).where(Edition.state == State.SENDING.value).order_by(Edition.number)
    finished = []
    for edition in session.scalars(running).all():
        lock(session, edition)
        if edition.state != State.SENDING.value or edition.mailing is None:
            continue
        if edition.mailing.paused_at is not None:
            _hold(session, press, edition, HoldReason.PAUSED, now, edition.mailing.pause_reason)
        elif not delivery.open_count(session, edition.mailing.id):
            _finish(session, edition, now)
            finished.append(edition)
    return finished


def _release_or_hold(session: Session, press: Press, edition: Edition, now: datetime) -> None:
    reason = rules.reason_to_hold(
        sends_at=edition.sends_at,
        now=now,
        items=len(items_in(edition)),
        missing=missing_sign_offs(session, edition),
    )
    if reason is None:
        try:
            with session.begin_nested():
                release(session, press, edition, None, now)
        except LetterError:
            reason = HoldReason.UNPRINTABLE
    if reason is not None:
        _hold(session, press, edition, reason, now)


def _hold(
    session: Session, press: Press, edition: Edition, reason: HoldReason, now: datetime, words: str = ""
) -> None:
    hold(session, edition, None, now, reason.value)
    tell_held(session, press, edition, reason, now, words)


def _finish(session: Session, edition: Edition, now: datetime) -> None:
    stand(edition, rules.finish(standing(edition), open_deliveries=0))
    edition.sent_at = now
    note(session, edition, Move.FINISH, None, now)


def _locked_items(session: Session, edition: Edition) -> list[Item]:
    """The edition's items as they are now; nobody changes them until the transaction ends."""
    ids = [placement.item_id for placement in edition.placements]
    lines = select(Item).where(Item.id.in_(ids)).order_by(Item.id).with_for_update(of=Item)
    session.scalars(lines.execution_options(populate_existing=True)).all()
    return items_in(edition)


def _address(
    session: Session, press: Press, items: Sequence[Item]
) -> tuple[dict[Variant, list[Recipient]], dict[int, ExclusionReason]]:
    """Who gets which variant, and which readers (by id) get none."""
    views = [item_view(item) for item in items]
    seen: dict[ReaderView, tuple[int, ...]] = {}
    suppressed = delivery.suppressed_hmacs(session)
    variants: defaultdict[Variant, list[Recipient]] = defaultdict(list)
    exclusions: dict[int, ExclusionReason] = {}
    for reader in active_readers(session):
        if reader.view not in seen:
            seen[reader.view] = visible(views, reader.view)
        if suppressed and address_hmac(reader.address, press.secret_key) in suppressed:
            exclusions[reader.id] = ExclusionReason.SUPPRESSED
        elif not seen[reader.view]:
            exclusions[reader.id] = ExclusionReason.NOTHING_VISIBLE
        else:
            variants[seen[reader.view], reader.language].append(_recipient(reader))
    return variants, exclusions


def _recipient(reader: Reader) -> Recipient:
    return Recipient(
        reader_id=reader.id, generation=reader.generation, address=reader.address, name=reader.name
    )


def _letter(
    session: Session, press: Press, edition: Edition, item_ids: tuple[int, ...], language: str
) -> PreparedLetter:
    items = [item for item in items_in(edition) if item.id in item_ids]
    sender = sender_for(session, language, press.mail_from, press.reply_to, press.links.base_url)
    content = content_for(edition, items, language, press.links)
    return press.renderer.edition(content, sender)


def _exclude(session: Session, edition: Edition, exclusions: dict[int, ExclusionReason]) -> None:
    rows = [
        {"edition_id": edition.id, "reader_id": reader_id, "reason": reason.value}
        for reader_id, reason in exclusions.items()
    ]
    if rows:
        session.execute(insert(Exclusion), rows)


def _close_items(session: Session, edition: Edition, items: Sequence[Item]) -> None:
    """What went out is sent; what found no room has been passed over once more.

    Counted here and not on composing, so that composing anew and a cancelled edition count nothing.
    """
    for item in items:
        item.state = ItemState.SENT.value
    left = [
        one.item_id for one in edition.placements if one.position is None and one.reason == Reason.NO_ROOM
    ]
    if left:
        session.execute(update(Item).where(Item.id.in_(left)).values(passed_over=Item.passed_over + 1))
