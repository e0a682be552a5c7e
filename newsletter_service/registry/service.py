"""Finding readers, and what staff read about one of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from newsletter_service.bounces.models import Bounce
from newsletter_service.bounces.rules import Verdict
from newsletter_service.db import holds
from newsletter_service.delivery.models import Delivery, Suppression
from newsletter_service.delivery.rules import BOUNCED, Suppressed
from newsletter_service.errors import NotFound
from newsletter_service.languages import Language
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.models import Membership, Subscriber, subscriber_topic
from newsletter_service.subscriptions.rules import Status, folded
from newsletter_service.subscriptions.verification.rules import ClaimState

_LETTERS_SHOWN = 20


@dataclass(frozen=True)
class Wanted:
    """Which readers: with all of these words in name, organisation or address, and what else they are.

    Nothing said is any. `claim` is where a claim stands: the one to `segment_id`, or any without one.
    """

    words: str = ""
    segment_id: int | None = None
    claim: ClaimState | None = None
    topic_id: int | None = None
    status: Status | None = None
    suppressed: bool = False
    bounced: bool = False
    came_back: Verdict | None = None
    language: Language | None = None
    domain: str = ""


def find(session: Session, wanted: Wanted, after: str, limit: int) -> Sequence[Subscriber]:
    """Up to `limit` readers by name, organisation and address, beyond `after` (what the last one is searched by)."""
    # By number first: what is searched lies in an index of its own, and whole rows are read for one page only.
    some = _conditioned(select(Subscriber.id), wanted).where(Subscriber.search > after)
    some = some.order_by(Subscriber.search).limit(limit)
    query = select(Subscriber).where(Subscriber.id.in_(some)).order_by(Subscriber.search)
    return session.scalars(query).all()


def _conditioned(query: Select[int], wanted: Wanted) -> Select[int]:
    columns = (
        (Subscriber.status, wanted.status),
        (Subscriber.language, wanted.language),
        (Subscriber.domain, wanted.domain or None),
    )
    query = query.where(*(column == value for column, value in columns if value is not None))
    query = query.where(*(holds(Subscriber.search, word) for word in folded(wanted.words).split()))
    return query.where(*_in_other_tables(wanted))


def _in_other_tables(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    """Conditions on what other tables know, as sets of readers: a database looks such a set up once."""
    if wanted.segment_id is not None or wanted.claim is not None:
        yield Subscriber.id.in_(_claimants(wanted))
    if wanted.topic_id is not None:
        chosen = subscriber_topic.c
        yield Subscriber.id.in_(select(chosen.subscriber_id).where(chosen.topic_id == wanted.topic_id))
    if wanted.came_back is not None:
        yield Subscriber.id.in_(select(Bounce.subscriber_id).where(Bounce.verdict == wanted.came_back))
    if wanted.suppressed or wanted.bounced:
        yield Subscriber.address_hmac.in_(_suppressed(bounced=wanted.bounced))


def _claimants(wanted: Wanted) -> Select[int]:
    claims = select(Membership.subscriber_id)
    if wanted.segment_id is not None:
        claims = claims.where(Membership.segment_id == wanted.segment_id)
    return claims.where(Membership.state == wanted.claim) if wanted.claim is not None else claims


def _suppressed(*, bounced: bool) -> Select[str]:
    mine = select(Suppression.address_hmac).where(Suppression.scope == Suppressed.ALL_MAIL)
    return mine.where(Suppression.reason == BOUNCED) if bounced else mine


def subscriber_numbered(session: Session, number: int) -> Subscriber:
    """A reader by number; NotFound."""
    found = session.get(Subscriber, number)
    if found is None:
        raise NotFound(f"no subscriber {number}")
    return found


def subscriber_to_change(session: Session, number: int) -> Subscriber:
    """A reader by number, held until the transaction ends; NotFound."""
    held = select(Subscriber).where(Subscriber.id == number).with_for_update()
    found = session.scalars(held.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound(f"no subscriber {number}")
    return found


def number_of(session: Session, address: Address) -> int:
    """The number of the reader with an address; NotFound."""
    found = session.scalar(select(Subscriber.id).where(Subscriber.address == address.text))
    if found is None:
        raise NotFound("nobody has this address")
    return found


def is_gone(session: Session, number: int) -> bool:
    """Whether there is no reader of this number (any more)."""
    return session.get(Subscriber, number) is None


def letters_to(session: Session, subscriber: Subscriber) -> Sequence[Delivery]:
    """The last letters to a reader, the newest first."""
    mine = select(Delivery).where(Delivery.subscriber_id == subscriber.id)
    return session.scalars(mine.order_by(Delivery.id.desc()).limit(_LETTERS_SHOWN)).all()


def bounces_of(session: Session, subscriber: Subscriber) -> Sequence[Bounce]:
    """What came back of letters to a reader, the newest first."""
    mine = select(Bounce).where(Bounce.subscriber_id == subscriber.id)
    return session.scalars(mine.order_by(Bounce.id.desc()).limit(_LETTERS_SHOWN)).all()
