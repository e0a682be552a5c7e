"""The readers that an edition is for, with what the rule of who sees which item needs to know of each."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, not_, select
from sqlalchemy.orm import Session

from newsletter_service.audience.rules import ItemView, subscriber_view, visible
from newsletter_service.delivery.suppressions import suppressed
from newsletter_service.editions.content import item_views
from newsletter_service.editorial.models import Item
from newsletter_service.languages import Language
from newsletter_service.subscriptions.models import Membership, Subscriber, subscriber_topic
from newsletter_service.subscriptions.pausing.service import paused
from newsletter_service.subscriptions.rules import Status
from newsletter_service.subscriptions.verification.rules import ClaimState

ACTIVE = Subscriber.status == Status.ACTIVE
_SUPPRESSED = suppressed(Subscriber.address_hmac)
VERIFIED = Membership.state == ClaimState.VERIFIED
RECIPIENT = (
    Subscriber.id,
    Subscriber.link_key,
    Subscriber.address,
    Subscriber.domain,
    Subscriber.name,
)
"""What delivery takes over into its ledger, in that order."""
_READERS_AT_ONCE = 500
_KINDS_KEPT = 10_000


class ActiveSubscriber(NamedTuple):
    """An active reader as a release sees one; `seen` are the ids of the items that are for this reader, in order."""

    id: int
    suppressed: bool
    paused: bool
    language: Language
    seen: tuple[int, ...]


def may_be_mailed(now: datetime) -> ColumnElement[bool]:
    """Whether a subscriber gets letters at `now`: active, not suppressed, and without a pause."""
    return and_(ACTIVE, ~_SUPPRESSED, not_(paused(now)))


_Choices = tuple[tuple[tuple[int, bool], ...], tuple[int, ...]]
"""What a reader sees depends on: claimed segments and whether each is verified, and topics."""


def active_subscribers(
    session: Session, items: Sequence[ItemView], at: datetime
) -> Iterator[Sequence[ActiveSubscriber]]:
    """All active readers as they stand at `at`, by id, some hundreds at a time.

    The caller's transaction lasts until the last of them.
    """

    @lru_cache(_KINDS_KEPT)  # readers are many, what they choose is not
    def seen(choices: _Choices) -> tuple[int, ...]:
        claims, topics = choices
        return visible(items, subscriber_view(dict(claims), topics))

    columns = (Subscriber.id, _SUPPRESSED, paused(at), Subscriber.language)
    query = select(*columns).where(ACTIVE).order_by(Subscriber.id)
    # A connection and not the session: what the ORM does for each row takes as long as all the rest.
    connection = session.connection()
    found = connection.execute(query, execution_options={"yield_per": _READERS_AT_ONCE})
    for rows in found.partitions():
        first, last = rows[0].id, rows[-1].id
        claims, chosen = _claims(connection, first, last), _topics(connection, first, last)
        yield [
            ActiveSubscriber(
                id_,
                unwanted,
                pauses,
                language,
                seen((tuple(claims.get(id_, ())), tuple(chosen.get(id_, ())))),
            )
            for id_, unwanted, pauses, language in rows
        ]


def _claims(connection: Connection, first: int, last: int) -> dict[int, list[tuple[int, bool]]]:
    """Per reader: the claimed segments, and whether each is verified."""
    found: defaultdict[int, list[tuple[int, bool]]] = defaultdict(list)
    claims = select(Membership.subscriber_id, Membership.segment_id, VERIFIED)
    for subscriber_id, segment_id, verified in connection.execute(
        claims.where(Membership.subscriber_id.between(first, last))
    ):
        found[subscriber_id].append((segment_id, bool(verified)))
    return found


def _topics(connection: Connection, first: int, last: int) -> dict[int, list[int]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    chosen = select(subscriber_topic).where(subscriber_topic.c.subscriber_id.between(first, last))
    for subscriber_id, topic_id in connection.execute(chosen):
        found[subscriber_id].append(topic_id)
    return found


@dataclass(frozen=True)
class Reach:
    """Numbers of readers: `intended` active ones, `reached` by anything here, and `per_item` (by item id).

    `paused` ones are reached by nothing. `unverified` are those who miss a restricted item (by its id)
    only because nobody verified them.
    """

    intended: int
    reached: int
    paused: int
    per_item: dict[int, int]
    unverified: dict[int, int]


def reach(session: Session, items: Sequence[Item], at: datetime) -> Reach:
    """The number of readers who would see these items at `at`, by the one rule of who sees what."""
    views = item_views(items)
    kinds = _kinds(session, views, at)
    per_item = _per_item(kinds, items)
    were_all_verified = per_item
    if any(view.restricted for view in views):
        were_all_verified = _per_item(
            _kinds(session, [replace(view, restricted=False) for view in views], at), items
        )
    return Reach(
        intended=kinds.total(),
        reached=sum(readers for seen, readers in kinds.items() if seen),
        paused=kinds[None],
        per_item=per_item,
        unverified={item_id: were_all_verified[item_id] - number for item_id, number in per_item.items()},
    )


_Kinds = Counter[tuple[int, ...] | None]
"""The number of readers by what they see; None for those who paused."""


def _kinds(session: Session, views: Sequence[ItemView], at: datetime) -> _Kinds:
    streams = active_subscribers(session, views, at)
    return Counter(None if reader.paused else reader.seen for readers in streams for reader in readers)


def _per_item(kinds: _Kinds, items: Sequence[Item]) -> dict[int, int]:
    per_item = Counter({item.id: 0 for item in items})
    for seen, readers in kinds.items():
        for item_id in seen or ():
            per_item[item_id] += readers
    return dict(per_item)
