"""Readers brought from elsewhere, with the proof of their consent, and taken along."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Segment, Topic
from newsletter_service.audience.service import segments, topics
from newsletter_service.delivery.rules import address_hmac
from newsletter_service.delivery.service import suppressed_hmacs
from newsletter_service.staff.service import record
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.models import Consent, Membership, Subscriber
from newsletter_service.subscriptions.rules import Source, Status, Step
from newsletter_service.subscriptions.sheets import Line, Sheet, read_sheet

_ROWS_AT_ONCE = 500
_EVERYBODY = 0


@dataclass
class Imported:
    """What became of the lines of a sheet; who is `known` already stays as they are, also if they left."""

    added: int = 0
    known: int = 0
    suppressed: int = 0
    not_active: int = 0


def read(session: Session, text: str, now: datetime) -> Sheet:
    """The readers in a CSV file, checked against the segments and topics there are."""
    return read_sheet(
        text, (segment.slug for segment in segments(session)), (topic.slug for topic in topics(session)), now
    )


def import_readers(
    session: Session, lines: Iterable[Line], consent: str, secret_key: str, now: datetime
) -> Imported:
    """Add who is in `lines`, confirmed; `consent` says where and how they agreed, and is kept as proof.

    Nobody is mailed. An address that is not to be mailed any more, and one that stands as pending or left
    in the sheet or with us, is passed over: an import brings nobody back.
    """
    offers = _Offers.of(session)
    known, suppressed = set(session.scalars(select(Subscriber.address))), suppressed_hmacs(session)
    result = Imported()
    for line in lines:
        if line.address.text in known:
            result.known += 1
        elif address_hmac(line.address.text, secret_key) in suppressed:
            result.suppressed += 1
        elif line.status is not Status.ACTIVE:
            result.not_active += 1
        else:
            _add(session, line, offers, consent, now)
            result.added += 1
    record(
        session,
        None,
        "subscribers.import",
        "subscriber",
        _EVERYBODY,
        now,
        added=result.added,
        consent=consent,
    )
    return result


def all_readers(session: Session, now: datetime) -> Iterator[Line]:
    """Everybody, by address, for a sheet; the audit trail says that it was taken along."""
    record(session, None, "subscribers.export", "subscriber", _EVERYBODY, now)
    query = select(Subscriber).order_by(Subscriber.address).execution_options(yield_per=_ROWS_AT_ONCE)
    for number, reader in enumerate(session.scalars(query), 2):
        yield Line(
            number=number,
            address=Address(reader.address),
            name=reader.name,
            language=reader.language,
            segments=frozenset(membership.segment.slug for membership in reader.memberships),
            topics=frozenset(topic.slug for topic in reader.topics),
            status=Status(reader.status),
            confirmed_at=reader.confirmed_at,
        )


@dataclass(frozen=True)
class _Offers:
    """Segments and topics by slug."""

    segments: dict[str, Segment]
    topics: dict[str, Topic]

    @classmethod
    def of(cls, session: Session) -> "_Offers":
        return cls(
            {segment.slug: segment for segment in segments(session)},
            {topic.slug: topic for topic in topics(session)},
        )


def _add(session: Session, line: Line, offers: _Offers, consent: str, now: datetime) -> None:
    confirmed = line.confirmed_at or now
    reader = Subscriber(
        address=line.address.text,
        domain=line.address.domain,
        name=line.name,
        language=line.language,
        status=Status.ACTIVE,
        asked_at=confirmed,
        confirmed_at=confirmed,
        memberships=[Membership(segment=offers.segments[slug]) for slug in sorted(line.segments)],
        topics=[offers.topics[slug] for slug in sorted(line.topics)],
    )
    session.add(reader)
    session.flush()
    session.add(
        Consent(
            subscriber_id=reader.id, step=Step.CONFIRMED, source=Source.IMPORT, wording=consent, at=confirmed
        )
    )
