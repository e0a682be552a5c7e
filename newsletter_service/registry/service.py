"""Finding readers, and what staff read about one of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from newsletter_service.bounces.models import Bounce
from newsletter_service.delivery.models import Delivery, Suppression
from newsletter_service.delivery.rules import BOUNCED, Suppressed
from newsletter_service.errors import NotFound
from newsletter_service.languages import Language
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.models import Membership, Subscriber, subscriber_topic
from newsletter_service.subscriptions.rules import Status, folded

_LETTERS_SHOWN = 20


@dataclass(frozen=True)
class Wanted:
    """Which readers: with all of these words in name or address, and what else they are; nothing said is any."""

    words: str = ""
    segment_id: int | None = None
    topic_id: int | None = None
    status: Status | None = None
    suppressed: bool = False
    bounced: bool = False
    language: Language | None = None
    domain: str = ""


def find(session: Session, wanted: Wanted, after: str, limit: int) -> Sequence[Subscriber]:
    """Up to `limit` readers by name and address, those beyond `after` (what the last one is searched by)."""
    # By number first: what is searched lies in an index of its own, and whole rows are read for one page only.
    some = _conditioned(select(Subscriber.id), wanted).where(Subscriber.search > after)
    some = some.order_by(Subscriber.search).limit(limit)
    query = select(Subscriber).where(Subscriber.id.in_(some)).order_by(Subscriber.search)
    return session.scalars(query).all()


def _conditioned(query: Select[int], wanted: Wanted) -> Select[int]:
    if wanted.segment_id is not None:
        query = query.where(_has(Membership.subscriber_id, Membership.segment_id == wanted.segment_id))
    if wanted.topic_id is not None:
        chosen = subscriber_topic.c
        query = query.where(_has(chosen.subscriber_id, chosen.topic_id == wanted.topic_id))
    if wanted.status is not None:
        query = query.where(Subscriber.status == wanted.status)
    if wanted.suppressed or wanted.bounced:
        query = query.where(_suppressed(bounced=wanted.bounced))
    if wanted.language is not None:
        query = query.where(Subscriber.language == wanted.language)
    if wanted.domain:
        query = query.where(Subscriber.domain == wanted.domain)
    return query.where(*(_bears(word) for word in folded(wanted.words).split()))


def _bears(word: str) -> ColumnElement[bool]:
    """Whether a reader is found by a word, wherever it stands; a plain search through 100,000 takes 15 ms."""
    return Subscriber.search.contains(word, autoescape=True)


def _has(
    column: ColumnElement[int] | InstrumentedAttribute[int], *which: ColumnElement[bool]
) -> ColumnElement[bool]:
    return exists().where(column == Subscriber.id, *which)


def _suppressed(*, bounced: bool) -> ColumnElement[bool]:
    mine = exists().where(
        Suppression.address_hmac == Subscriber.address_hmac, Suppression.scope == Suppressed.ALL_MAIL
    )
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
