"""Everybody in a table, a page at a time, so that 100,000 take no more memory than a few."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count, islice
from typing import Any

from sqlalchemy import Connection, String, exists, or_, select, type_coerce
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Segment, Topic
from newsletter_service.db import among
from newsletter_service.delivery.models import Suppression
from newsletter_service.delivery.rules import Suppressed
from newsletter_service.keys.secret_keys import fingerprint
from newsletter_service.staff.models import User
from newsletter_service.staff.service import record
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.importing.rules import NOTHING, Line, Standing, StayAway, Verified
from newsletter_service.subscriptions.importing.sheets import write_sheet
from newsletter_service.subscriptions.models import Membership, Subscriber, subscriber_topic
from newsletter_service.subscriptions.rules import Status
from newsletter_service.subscriptions.verification.rules import ClaimState, Evidence

_AT_ONCE = 2000
_ROWS_IN_A_PIECE = 200
_EVERYBODY = 0
_STANDINGS = {status.value: Standing(status) for status in Status}
_VERIFIED, _BY_PERSON = ClaimState.VERIFIED.value, Evidence.PERSON.value
_BY_STAFF = "redactie"
"""What a verification by a person goes by where it is taken along: their name stays here."""
_COLUMNS = (
    Subscriber.id,
    Subscriber.address,
    Subscriber.name,
    Subscriber.organisation,
    Subscriber.language,
    type_coerce(Subscriber.status, String).label("status"),
    Subscriber.asked_at,
    Subscriber.confirmed_at,
    Subscriber.left_at,
    Subscriber.paused_until,
)


def record_export(session: Session, now: datetime, actor: User | None = None) -> None:
    """Write down in the audit trail that everybody's data were taken along; `actor` is None at a command."""
    record(session, actor, "subscribers.export", "subscriber", _EVERYBODY, now)


def export(session: Session, suppression_key: str) -> Iterator[str]:
    """The table of everybody, some rows at a time, and of those who stay away as hashes."""
    rows = write_sheet(all_subscribers(session), all_who_stay_away(session, suppression_key))
    while piece := "".join(islice(rows, _ROWS_IN_A_PIECE)):
        yield piece


def all_subscribers(session: Session) -> Iterator[Line]:
    """Everybody, by address."""
    numbers = count(2)
    after = ""
    connection = session.connection()  # rows as they are: the session would look at each of them once more
    query = select(*_COLUMNS).order_by(Subscriber.address).limit(_AT_ONCE)
    while page := connection.execute(query.where(Subscriber.address > after)).all():
        chosen = _chosen(connection, [row.id for row in page])
        yield from (_line(next(numbers), row, chosen) for row in page)
        after = page[-1].address


def all_who_stay_away(session: Session, suppression_key: str) -> Iterator[StayAway]:
    """The keyed hashes of addresses that no list may bring in, for a copy of this service with the same key.

    Who signed up and confirmed after a list had named them as having left came back by their own wish.
    """
    mine = fingerprint(suppression_key)
    back = exists().where(
        Subscriber.address_hmac == Suppression.address_hmac, Subscriber.status == Status.ACTIVE
    )
    columns = (Suppression.address_hmac, Suppression.scope, Suppression.reason, Suppression.at)
    query = select(*columns).where(or_(Suppression.scope == Suppressed.ALL_MAIL, ~back))
    query = query.order_by(Suppression.scope, Suppression.address_hmac).execution_options(yield_per=_AT_ONCE)
    for row in session.execute(query):
        yield StayAway(0, f"{mine}:{row.address_hmac}", row.scope, row.reason, row.at)


@dataclass(frozen=True)
class _Chosen:
    """What some readers belong to and chose, by their numbers."""

    segments: defaultdict[int, set[str]]
    topics: defaultdict[int, set[str]]
    verified: defaultdict[int, list[Verified]]


def _chosen(connection: Connection, numbers: Sequence[int]) -> _Chosen:
    chosen = _Chosen(defaultdict(set), defaultdict(set), defaultdict(list))
    claims = (
        select(
            Membership.subscriber_id,
            Segment.slug,
            type_coerce(Membership.state, String),
            type_coerce(Membership.evidence, String),
            Membership.source,
            Membership.until,
        )
        .join(Segment, Segment.id == Membership.segment_id)
        .where(among(Membership.subscriber_id, numbers))
        .order_by(Segment.slug)
    )
    for number, slug, state, evidence, source, until in connection.execute(claims):
        chosen.segments[number].add(slug)
        if state == _VERIFIED:
            by = _BY_STAFF if evidence == _BY_PERSON else source
            chosen.verified[number].append(Verified(slug, by, until))
    picked = select(subscriber_topic.c.subscriber_id, Topic.slug).join(
        Topic, Topic.id == subscriber_topic.c.topic_id
    )
    mine = among(subscriber_topic.c.subscriber_id, numbers)
    for number, slug in connection.execute(picked.where(mine)):
        chosen.topics[number].add(slug)
    return chosen


def _line(place: int, row: Any, chosen: _Chosen) -> Line:
    number, address, name, organisation, language, status, asked_at, confirmed_at, left_at, paused_until = row
    return Line(
        place,
        Address(address),
        name,
        organisation,
        language,
        frozenset(chosen.segments.get(number, NOTHING)),
        frozenset(chosen.topics.get(number, NOTHING)),
        _STANDINGS[status],
        asked_at,
        confirmed_at,
        left_at,
        paused_until,
        tuple(chosen.verified.get(number, ())),
    )
