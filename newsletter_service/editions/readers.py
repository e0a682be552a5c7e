"""The readers that an edition is for, with what the rule of who sees which item needs to know of each."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, not_, select
from sqlalchemy.orm import Session

from newsletter_service.audience.rules import ItemView, subscriber_view, visible
from newsletter_service.delivery.suppressions import suppressed
from newsletter_service.editions.content import item_views
from newsletter_service.editions.models import ReaderKind
from newsletter_service.editorial.models import Item
from newsletter_service.languages import Language
from newsletter_service.subscriptions.models import Membership, Subscriber, subscriber_topic
from newsletter_service.subscriptions.pausing.rules import is_paused
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
GOOD_FOR = timedelta(minutes=15)
"""How old the kept count of many readers may be for a page: the scheduler counts three times in that time."""
_MANY = 5_000
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
    only because nobody verified them. `counted_at` is null where they were counted just now; `kinds` is what was
    counted.
    """

    intended: int
    reached: int
    paused: int
    per_item: dict[int, int]
    unverified: dict[int, int]
    counted_at: datetime | None = None
    kinds: "Mapping[Kind, int]" = field(default_factory=dict)


class Kind(NamedTuple):
    """What readers chose who chose the same, and until when they are paused."""

    claims: tuple[tuple[int, bool], ...]
    topics: tuple[int, ...]
    paused_until: datetime | None


def reach(
    session: Session, items: Sequence[Item], at: datetime, counted_since: datetime | None = None
) -> Reach:
    """The number of readers who would see these items at `at`, by the one rule of who sees what.

    Where readers are many, a count of them that the scheduler made after `counted_since` is good enough.
    """
    counted_at, kinds = _kinds(session, counted_since)
    views = item_views(items)
    seen = _seen(kinds, views, at)
    per_item = _per_item(seen, items)
    were_all_verified = per_item
    if any(view.restricted for view in views):
        open_to_all = [replace(view, restricted=False) for view in views]
        were_all_verified = _per_item(_seen(kinds, open_to_all, at), items)
    return Reach(
        intended=seen.total(),
        reached=sum(readers for ids, readers in seen.items() if ids),
        paused=seen[None],
        per_item=per_item,
        unverified={item_id: were_all_verified[item_id] - number for item_id, number in per_item.items()},
        counted_at=counted_at,
        kinds=kinds,
    )


def seen_by(
    session: Session, items: Sequence[Item], at: datetime, counted_since: datetime
) -> Iterator[tuple[tuple[int, ...], int]]:
    """What readers who get letters at `at` may see of these items (by id), and how many they are; as `reach` counts."""
    _at, kinds = _kinds(session, counted_since)
    for ids, readers in _seen(kinds, item_views(items), at).items():
        if ids is not None:
            yield ids, readers


def _kinds(session: Session, counted_since: datetime | None) -> tuple[datetime | None, "Mapping[Kind, int]"]:
    counted_at, kinds = kept_kinds(session, counted_since) if counted_since is not None else (None, {})
    return (counted_at, kinds) if counted_at is not None else (None, count_kinds(session))


def are_many(session: Session) -> bool:
    """Whether there are so many active readers that counting them is not for a page to do."""
    some = select(Subscriber.id).where(ACTIVE).limit(_MANY + 1).subquery()
    return session.scalars(select(func.count()).select_from(some)).one() > _MANY


def count_kinds(session: Session) -> Counter[Kind]:
    """The number of active readers of each kind. It reads them all: a second for a hundred thousand."""
    connection = session.connection()
    query = select(Subscriber.id, Subscriber.paused_until).where(ACTIVE).order_by(Subscriber.id)
    found = connection.execute(query, execution_options={"yield_per": _READERS_AT_ONCE})
    kinds: Counter[Kind] = Counter()
    for rows in found.partitions():
        first, last = rows[0].id, rows[-1].id
        claims, chosen = _claims(connection, first, last), _topics(connection, first, last)
        kinds.update(
            Kind(tuple(sorted(claims.get(id_, ()))), tuple(sorted(chosen.get(id_, ()))), until)
            for id_, until in rows
        )
    return kinds


def kept_kinds(session: Session, since: datetime) -> tuple[datetime | None, Mapping[Kind, int]]:
    """When readers were counted last, and the number of each kind; None and nothing if that was before `since`."""
    kept = session.execute(select(*_KEPT).where(ReaderKind.counted_at > since)).all()
    if not kept:
        return None, {}
    kinds = {
        Kind(tuple((segment, bool(verified)) for segment, verified in claims), tuple(topics), until): readers
        for claims, topics, until, readers, _at in kept
    }
    return kept[0].counted_at, kinds


_KEPT = (
    ReaderKind.claims,
    ReaderKind.topics,
    ReaderKind.paused_until,
    ReaderKind.readers,
    ReaderKind.counted_at,
)


def keep_kinds(session: Session, kinds: Mapping[Kind, int], now: datetime) -> None:
    """Keep what was counted in place of what was kept before."""
    session.execute(delete(ReaderKind))
    rows = [
        {"claims": kind.claims, "topics": kind.topics, "paused_until": kind.paused_until, "readers": readers}
        for kind, readers in kinds.items()
    ]
    if rows:
        session.execute(insert(ReaderKind), [row | {"counted_at": now} for row in rows])


_Seen = Counter[tuple[int, ...] | None]
"""The number of readers by what they see; None for those who paused."""


def _seen(kinds: Mapping[Kind, int], views: Sequence[ItemView], at: datetime) -> _Seen:
    seen: _Seen = Counter()
    for kind, readers in kinds.items():
        view = subscriber_view(dict(kind.claims), kind.topics)
        seen[None if is_paused(kind.paused_until, at) else visible(views, view)] += readers
    return seen


def _per_item(seen: _Seen, items: Sequence[Item]) -> dict[int, int]:
    per_item = Counter({item.id: 0 for item in items})
    for ids, readers in seen.items():
        for item_id in ids or ():
            per_item[item_id] += readers
    return dict(per_item)
