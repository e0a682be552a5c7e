"""Readers of a list put into the tables, many in one statement, with the proof of what they agreed to."""

from collections.abc import Sequence
from typing import cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from newsletter_service.audience.service import listed_domains, segments, topics
from newsletter_service.clock import moment_from
from newsletter_service.db import add_rows, among
from newsletter_service.sequences import next_numbers
from newsletter_service.subscriptions.consent.service import record_proofs
from newsletter_service.subscriptions.importing.rows import (
    CLAIM_COLUMNS,
    SUBSCRIBER_COLUMNS,
    Offers,
    Row,
    Values,
)
from newsletter_service.subscriptions.models import Membership, Subscriber, subscriber_topic
from newsletter_service.subscriptions.rules import Status
from newsletter_service.subscriptions.verification.service import term

_SUBSCRIBER, _MEMBERSHIP = cast(Table, Subscriber.__table__), cast(Table, Membership.__table__)


def offers(session: Session) -> Offers:
    """What readers may belong to and choose now."""
    return Offers(
        {segment.slug: segment.id for segment in segments(session)},
        {topic.slug: topic.id for topic in topics(session)},
        listed_domains(session),
        term(session),
    )


def add(session: Session, rows: Sequence[Row]) -> None:
    """Add readers whom nobody knows here."""
    if rows:
        numbers = next_numbers(session.connection(), _SUBSCRIBER.name, len(rows))
        readers = [(number, *row.subscriber) for number, row in zip(numbers, rows, strict=True)]
        add_rows(session, _SUBSCRIBER, ("id", *SUBSCRIBER_COLUMNS), readers)
        _add_choices(session, [*zip(numbers, rows, strict=True)])


def confirm(session: Session, rows: Sequence[Row]) -> None:
    """Confirm those who signed up here, and whose consent the list proves; the list says what they chose."""
    by_address = {row.address: row for row in rows}
    mine = select(Subscriber).where(among(Subscriber.address, [*by_address]))
    found = session.scalars(mine.with_for_update()).all() if rows else ()
    for subscriber in found:
        _set(
            subscriber, dict(zip(SUBSCRIBER_COLUMNS, by_address[subscriber.address].subscriber, strict=True))
        )
    session.flush()
    _add_choices(session, [(one.id, by_address[one.address]) for one in found])
    for subscriber in found:
        session.expire(subscriber)


def _set(subscriber: Subscriber, values: dict[str, str | int | None]) -> None:
    subscriber.status = Status.ACTIVE
    for name in ("name", "organisation", "language"):
        setattr(subscriber, name, values[name])
    for name in ("confirmed_at", "paused_until"):
        setattr(subscriber, name, moment_from(str(values[name])) if values[name] else None)
    subscriber.memberships, subscriber.topics = [], []


def _add_choices(session: Session, readers: Sequence[tuple[int, Row]]) -> None:
    claims: list[Values] = [(number, *claim) for number, row in readers for claim in row.claims]
    chosen: list[Values] = [(number, topic) for number, row in readers for topic in row.topics]
    if claims:
        add_rows(session, _MEMBERSHIP, ("subscriber_id", *CLAIM_COLUMNS), claims)
    if chosen:
        add_rows(session, subscriber_topic, ("subscriber_id", "topic_id"), chosen)
    record_proofs(session, [(number, proof) for number, row in readers for proof in row.proofs])
