"""Use cases of what comes back: take in a message or a refusal, once for each delivery, and act on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from newsletter_service.bounces.models import Bounce
from newsletter_service.bounces.reading import Reading
from newsletter_service.bounces.rules import (
    KEPT,
    Effect,
    Sent,
    Source,
    Verdict,
    adds_up,
    is_lasting,
    status_of,
    verdict_of,
)
from newsletter_service.db import rows_changed
from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.rules import DeliveryState, bounced_delivery, returned_delivery
from newsletter_service.documents.terms.service import terms
from newsletter_service.operations.logs import without_addresses
from newsletter_service.publisher.mail_context import MailContext
from newsletter_service.retention import Term
from newsletter_service.subscriptions.consent.rules import Place
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.rules import Status
from newsletter_service.subscriptions.service import bounce_out, complain, leave

_HISTORY = 20
_REFUSALS_COUNT_FOR = timedelta(days=7)
_AT_ONCE = 500
_MOST_REASONS = 3
_PLACES = {Source.MESSAGE: Place.MAIL, Source.REPLY: Place.SMTP}


@dataclass(frozen=True)
class _Told:
    """A verdict on one delivery, from wherever it came."""

    verdict: Verdict
    status: str
    reason: str
    source: Source
    headers: str = ""


def take_in(session: Session, mail_context: MailContext, reading: Reading, now: datetime) -> Effect:
    """Write down what a message says of a delivery of ours, and act on it; a forged or foreign one changes nothing."""
    if reading.unreadable:
        return Effect.UNREADABLE
    if reading.verdict not in KEPT:
        return Effect.IGNORED
    delivery = _delivery(session, mail_context, reading)
    if delivery is None:
        return Effect.FOREIGN
    told = _Told(reading.verdict, reading.status, reading.reason, Source.MESSAGE, reading.headers)
    return _take_in(session, delivery, told, now)


def take_in_refusals(session: Session, now: datetime) -> int:
    """Take in what servers said as they refused letters for good, as if it had come back; returns the number."""
    rows = session.scalars(
        select(Delivery)
        .where(
            Delivery.state == DeliveryState.FAILED,
            Delivery.subscriber_id.is_not(None),
            Delivery.reply_code >= 400,
            Delivery.settled_at > now - _REFUSALS_COUNT_FOR,
            ~exists().where(Bounce.delivery_id == Delivery.id),
        )
        .order_by(Delivery.id)
        .limit(_AT_ONCE)
    ).all()
    for row in rows:
        _take_in(session, row, _refusal(row), now)
    return len(rows)


def _refusal(row: Delivery) -> _Told:
    """What the server's last reply means; hard only where it ended the attempts, as a reply for good does."""
    words = f"{row.reply_code} {row.reply_text}"
    status = status_of(row.reply_status, words)
    verdict = verdict_of(status, words)
    if verdict is Verdict.HARD and row.settled_at is not None and row.settled_at >= row.give_up_at:
        verdict = Verdict.SOFT
    return _Told(verdict, status, words, Source.REPLY)


def _delivery(session: Session, mail_context: MailContext, reading: Reading) -> Delivery | None:
    """The delivery that a genuine seal names, if it is there still and its subscriber was not erased."""
    keys = mail_context.keys
    by_address = (bounced_delivery(address, keys) for address in reading.addresses)
    by_id = (returned_delivery(message_id, keys) for message_id in reading.message_ids)
    named = next((id_ for id_ in (*by_address, *by_id) if id_ is not None), None)
    found = session.get(Delivery, named) if named is not None else None
    return found if found is not None and found.address else None


def _take_in(session: Session, delivery: Delivery, told: _Told, now: datetime) -> Effect:
    subscriber = _subscriber(session, delivery)
    if not _noted(session, delivery, subscriber, told, now):
        return Effect.KNOWN
    if subscriber is None or not _concerns(subscriber, delivery, told.verdict):
        return Effect.NOTED
    return _act(session, subscriber, told, now)


def _subscriber(session: Session, delivery: Delivery) -> Subscriber | None:
    """Who it went to, held until the transaction ends; None for staff and for who is forgotten."""
    mine = select(Subscriber).where(Subscriber.id == delivery.subscriber_id).with_for_update()
    return session.scalars(mine.execution_options(populate_existing=True)).one_or_none()


def _concerns(subscriber: Subscriber, delivery: Delivery, verdict: Verdict) -> bool:
    """Whether it is about the address as it is now, and about this subscription: only a complaint outlives one."""
    same = subscriber.link_key == delivery.subscriber_key or verdict is Verdict.COMPLAINT
    return same and subscriber.address == delivery.address


def _noted(
    session: Session, delivery: Delivery, subscriber: Subscriber | None, told: _Told, now: datetime
) -> bool:
    """Write it down; False if this was known of the delivery, also where another process is just writing it."""
    row = Bounce(
        delivery_id=delivery.id,
        subscriber_id=subscriber.id if subscriber else None,
        verdict=told.verdict,
        status=told.status[:12],
        reason=without_addresses(told.reason)[:500],
        source=told.source,
        at=now,
        headers=told.headers,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True


def _act(session: Session, subscriber: Subscriber, told: _Told, now: datetime) -> Effect:
    if told.verdict is Verdict.UNSUBSCRIBE:
        return Effect.UNSUBSCRIBED if leave(session, subscriber, now, Place.MAIL) else Effect.NOTED
    if told.verdict is Verdict.COMPLAINT:
        complain(session, subscriber, now)
        return Effect.STOPPED
    if told.verdict is Verdict.HARD or (
        told.verdict is Verdict.SOFT and _is_lasting(session, subscriber, now)
    ):
        bounce_out(session, subscriber, now, _PLACES[told.source], told.status[:12])
        return Effect.STOPPED
    return Effect.NOTED


def _is_lasting(session: Session, subscriber: Subscriber, now: datetime) -> bool:
    if subscriber.status != Status.ACTIVE:
        return False
    deliveries = session.scalars(
        select(Delivery)
        .where(
            Delivery.subscriber_id == subscriber.id,
            Delivery.address == subscriber.address,
            Delivery.mailing_id.is_not(None),
            Delivery.state.in_((DeliveryState.SENT, DeliveryState.FAILED)),
        )
        .order_by(Delivery.id.desc())
        .limit(_HISTORY)
    ).all()
    bounces = session.scalars(
        select(Bounce).where(Bounce.delivery_id.in_([row.id for row in deliveries]))
    ).all()
    return is_lasting([_sent(row, bounces) for row in reversed(deliveries)], now)


def _sent(delivery: Delivery, bounces: Sequence[Bounce]) -> Sent:
    """What became of one edition; a refusal counts no more where staff sent the letter again and it went."""
    resent = delivery.state == DeliveryState.SENT
    mine = [
        one
        for one in bounces
        if one.delivery_id == delivery.id and not (resent and one.source == Source.REPLY)
    ]
    bounced = delivery.state == DeliveryState.FAILED or any(
        one.verdict in (Verdict.HARD, Verdict.SOFT, Verdict.POLICY) for one in mine
    )
    counts = any(adds_up(one.verdict, one.status, one.reason) for one in mine if one.undone_at is None)
    return Sent(delivery.created_at, bounced, counts)


@dataclass(frozen=True)
class PolicyRefusals:
    """The number of letters that mail servers refused for policy, and what those said most."""

    number: int
    said: Sequence[str]


def refused_for_policy(session: Session, since: datetime) -> PolicyRefusals:
    """What mail servers refused since a moment for who we are or what we say."""
    which = (Bounce.verdict == Verdict.POLICY, Bounce.at > since)
    number = session.scalars(select(func.count()).select_from(Bounce).where(*which)).one()
    often = select(Bounce.reason).where(*which).group_by(Bounce.reason)
    often = often.order_by(func.count().desc(), Bounce.reason).limit(_MOST_REASONS)
    return PolicyRefusals(number, session.scalars(often).all())


def forget_old(session: Session, now: datetime) -> tuple[int, int]:
    """Forgets headers of messages, and what came back, after their terms; returns how many of each."""
    kept = terms(session)
    old = (Bounce.at < now - kept[Term.BOUNCE_HEADERS], Bounce.headers != "")
    headers = rows_changed(session, update(Bounce).where(*old).values(headers=""))
    bounces = rows_changed(session, delete(Bounce).where(Bounce.at < now - kept[Term.BOUNCES]))
    return headers, bounces
