"""The readers that an edition is for, with what the rule of who sees which item needs to know of each."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter_service.audience.rules import ReaderView, reader_view, visible
from newsletter_service.audience.service import segment_domains
from newsletter_service.editions.content import item_view
from newsletter_service.editorial.models import Item
from newsletter_service.subscriptions.models import Membership, Subscriber, subscriber_topic
from newsletter_service.subscriptions.rules import Status

ACTIVE = Subscriber.status == Status.ACTIVE


@dataclass(frozen=True, slots=True)
class Reader:
    """An active reader as a release sees one."""

    id: int
    generation: int
    address: str
    name: str
    language: str
    view: ReaderView


def active_readers(session: Session) -> Iterator[Reader]:
    """All active readers, by id; three queries however many there are."""
    claims, chosen, domains = _claims(session), _topics(session), segment_domains(session)
    columns = (
        Subscriber.id,
        Subscriber.generation,
        Subscriber.address,
        Subscriber.name,
        Subscriber.language,
        Subscriber.domain,
    )
    for row in session.execute(select(*columns).where(ACTIVE).order_by(Subscriber.id)):
        view = reader_view(claims.get(row.id, {}), chosen.get(row.id, ()), row.domain, domains)
        yield Reader(row.id, row.generation, row.address, row.name, row.language, view)


def profiles(session: Session) -> Counter[ReaderView]:
    """How many active readers there are of each kind that the rule can tell apart."""
    return Counter(reader.view for reader in active_readers(session))


def readers_per_segment(session: Session) -> dict[int, int]:
    """How many active readers claim each segment (by id; segments of nobody are left out)."""
    counted = (
        select(Membership.segment_id, func.count())
        .join(Subscriber, Subscriber.id == Membership.subscriber_id)
        .where(ACTIVE)
        .group_by(Membership.segment_id)
    )
    return {segment_id: number for segment_id, number in session.execute(counted)}  # noqa: C416  (rows are no pairs to mypy)


def _claims(session: Session) -> dict[int, dict[int, bool]]:
    """Per reader: the claimed segments, and whether a communicator vouched for each."""
    found: defaultdict[int, dict[int, bool]] = defaultdict(dict)
    claims = (
        select(Membership.subscriber_id, Membership.segment_id, Membership.approved_at.is_not(None))
        .join(Subscriber, Subscriber.id == Membership.subscriber_id)
        .where(ACTIVE)
    )
    for reader_id, segment_id, approved in session.execute(claims):
        found[reader_id][segment_id] = bool(approved)
    return found


def _topics(session: Session) -> dict[int, list[int]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    chosen = (
        select(subscriber_topic.c.subscriber_id, subscriber_topic.c.topic_id)
        .join(Subscriber, Subscriber.id == subscriber_topic.c.subscriber_id)
        .where(ACTIVE)
    )
    for reader_id, topic_id in session.execute(chosen):
        found[reader_id].append(topic_id)
    return found


@dataclass(frozen=True)
class Reach:
    """Numbers of readers: `intended` active ones, `reached` by anything here, and `per_item` (by item id)."""

    intended: int
    reached: int
    per_item: dict[int, int]


def reach(session: Session, items: Sequence[Item]) -> Reach:
    """How many readers would see these items, by the one rule of who sees what."""
    views = [item_view(item) for item in items]
    per_item = Counter({item.id: 0 for item in items})
    intended = reached = 0
    for profile, readers in profiles(session).items():
        seen = visible(views, profile)
        intended += readers
        reached += readers if seen else 0
        for item_id in seen:
            per_item[item_id] += readers
    return Reach(intended, reached, dict(per_item))
