"""What became of each edition for one reader, and by which rule each item was in their letter or was not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Segment, Topic
from newsletter_service.audience.rules import LETS_THROUGH, SubscriberView, Why, subscriber_view, why
from newsletter_service.audience.service import segments, topics
from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.rules import DeliveryState
from newsletter_service.editions.content import item_view, items_in
from newsletter_service.editions.models import Correction, Edition, Exclusion, LetterItem
from newsletter_service.editions.rules import ExclusionReason
from newsletter_service.editorial.models import Item
from newsletter_service.registry.why.rules import chosen_at, stopped_by
from newsletter_service.subscriptions.consent.models import Consent
from newsletter_service.subscriptions.consent.rules import Step
from newsletter_service.subscriptions.consent.service import steps_of
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.verification.rules import ClaimState

_SHOWN = 20


@dataclass(frozen=True)
class Told:
    """An item and the one rule by which a reader got it or not; `matched` is what of their choices let it through.

    The rule is None for an item that was in the letter though what is known of that time does not tell why.
    """

    item: Item
    why: Why | None
    matched: Sequence[Segment | Topic] = ()


@dataclass(frozen=True)
class Fate:
    """What became of an edition for one reader: a letter (`stopped` by one of their steps), or why there is none."""

    edition: Edition
    delivery: Delivery | None = None
    excluded: ExclusionReason | None = None
    stopped: Step | None = None
    items: Sequence[Told] = ()


def fates(session: Session, subscriber: Subscriber) -> list[Fate]:
    """The last editions that were meant for a reader, the newest first; with the items of the letters that they got."""
    deliveries, excluded = _deliveries(session, subscriber), _exclusions(session, subscriber)
    editions = select(Edition).where(
        Edition.mailing_id.in_(list(deliveries)) | Edition.id.in_(list(excluded))
    )
    found = session.scalars(editions.order_by(Edition.number.desc()).limit(_SHOWN)).all()
    steps = steps_of(session, subscriber)
    return [_fate(session, subscriber, one, deliveries.get(one.mailing_id), excluded, steps) for one in found]


def _deliveries(session: Session, subscriber: Subscriber) -> dict[int | None, Delivery]:
    mine = select(Delivery).where(Delivery.subscriber_id == subscriber.id, Delivery.mailing_id.is_not(None))
    rows = session.scalars(mine.order_by(Delivery.id.desc()).limit(2 * _SHOWN))
    return {row.mailing_id: row for row in rows}


def _exclusions(session: Session, subscriber: Subscriber) -> dict[int, ExclusionReason]:
    mine = select(Exclusion.edition_id, Exclusion.reason).where(Exclusion.subscriber_id == subscriber.id)
    newest = mine.order_by(Exclusion.edition_id.desc()).limit(_SHOWN)
    return {row.edition_id: row.reason for row in session.execute(newest)}


def _fate(
    session: Session,
    subscriber: Subscriber,
    edition: Edition,
    delivery: Delivery | None,
    excluded: Mapping[int, ExclusionReason],
    steps: Sequence[Consent],
) -> Fate:
    if delivery is None:
        return Fate(edition, excluded=excluded.get(edition.id))
    return Fate(
        edition,
        delivery=delivery,
        stopped=stopped_by(steps, delivery.cancel_asked_at)
        if delivery.state is DeliveryState.CANCELLED
        else None,
        items=_in_letter(session, subscriber, edition, delivery, steps),
    )


def _in_letter(
    session: Session, subscriber: Subscriber, edition: Edition, delivery: Delivery, steps: Sequence[Consent]
) -> list[Told]:
    """The items of a letter, each with its rule; where nothing says which those were, those that the rules let in."""
    got = set(session.scalars(select(LetterItem.item_id).where(LetterItem.letter_id == delivery.letter_id)))
    told = _told(items_in(edition), view_at(session, subscriber, edition.released_at, steps))
    if not got:
        return [one for one in told if one.why in LETS_THROUGH]
    return [one if one.why in LETS_THROUGH else Told(one.item, None) for one in told if one.item.id in got]


def reasons(session: Session, edition: Edition, subscriber: Subscriber) -> list[Told]:
    """For each item of an edition, by what the reader gets it or not: as things stood at its release, or stand now."""
    steps = steps_of(session, subscriber)
    return _told(items_in(edition), view_at(session, subscriber, edition.released_at, steps))


def _told(items: Sequence[Item], view: SubscriberView) -> list[Told]:
    return [Told(item, reason := why(view, item_view(item)), _matched(item, view, reason)) for item in items]


def _matched(item: Item, view: SubscriberView, reason: Why) -> Sequence[Segment | Topic]:
    if reason is Why.SEGMENT:
        counts = view.verified if item.restricted else view.segments
        return [segment for segment in item.segments if segment.id in counts]
    return [topic for topic in item.topics if topic.id in view.topics] if reason is Why.TOPIC else []


def view_at(
    session: Session, subscriber: Subscriber, moment: datetime | None, steps: Sequence[Consent]
) -> SubscriberView:
    """What mattered of a reader at `moment`, by the consent ledger; as it is now for None, and where it is silent."""
    chosen = chosen_at(steps, moment) if moment is not None else None
    if chosen is None:
        claims = {one.segment_id: one.state is ClaimState.VERIFIED for one in subscriber.memberships}
        return subscriber_view(claims, [topic.id for topic in subscriber.topics])
    claims = {one.id: one.slug in chosen.verified for one in segments(session) if one.slug in chosen.segments}
    return subscriber_view(claims, [one.id for one in topics(session) if one.slug in chosen.topics])


def corrected_editions(session: Session, mailing_ids: Sequence[int]) -> dict[int, int]:
    """The number of the edition that each of these mailings corrects; without those that are no corrections."""
    query = select(Correction.mailing_id, Edition.number).join(Edition, Edition.id == Correction.edition_id)
    found = session.execute(query.where(Correction.mailing_id.in_(mailing_ids)))
    return {mailing_id: number for mailing_id, number in found if mailing_id is not None}


def editions_to_ask_about(session: Session) -> Sequence[Edition]:
    """The editions of which staff may ask who gets what: the last that were composed or released, the newest first."""
    query = select(Edition).where(Edition.composed_at.is_not(None)).order_by(Edition.number.desc())
    return session.scalars(query.limit(_SHOWN)).all()
