"""The one rule of who sees which item; previews, counts and releases all ask here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

NAME_LENGTH = 80
CHOICE_LENGTH = 120
ABOUT_LENGTH = 300
NOBODY: frozenset[int] = frozenset()


@dataclass(frozen=True)
class SubscriberView:
    """What matters of a reader here, as ids: claimed segments, the verified ones of them, chosen topics."""

    segments: frozenset[int] = NOBODY
    verified: frozenset[int] = NOBODY
    topics: frozenset[int] = NOBODY


@dataclass(frozen=True)
class ItemView:
    """What matters of an item here; no segments means everyone, no topics means whatever readers chose."""

    id: int
    segments: frozenset[int] = NOBODY
    topics: frozenset[int] = NOBODY
    restricted: bool = False


ANYONE = SubscriberView()
"""A reader who claims nothing and chose nothing."""


class Why(StrEnum):
    """By what a reader gets an item, or does not."""

    EVERYBODY = "everybody"
    SEGMENT = "segment"
    TOPIC = "topic"
    NOT_IN_SEGMENT = "not_in_segment"
    NOT_VERIFIED = "not_verified"
    OTHER_TOPICS = "other_topics"


LETS_THROUGH = frozenset({Why.EVERYBODY, Why.SEGMENT, Why.TOPIC})


def why(reader: SubscriberView, item: ItemView) -> Why:
    """The one reason why `reader` gets `item` or does not.

    An item for segments needs one of them, verified where the item is restricted; an item about topics
    needs a reader who chose one of them, or none at all.
    """
    if item.segments and item.segments.isdisjoint(reader.verified if item.restricted else reader.segments):
        claimed = not item.segments.isdisjoint(reader.segments)
        return Why.NOT_VERIFIED if claimed else Why.NOT_IN_SEGMENT
    if item.topics and reader.topics and item.topics.isdisjoint(reader.topics):
        return Why.OTHER_TOPICS
    if item.segments:
        return Why.SEGMENT
    return Why.TOPIC if item.topics and reader.topics else Why.EVERYBODY


def may_see(reader: SubscriberView, item: ItemView) -> bool:
    """Whether `reader` gets `item`."""
    return why(reader, item) in LETS_THROUGH


def is_public(item: ItemView) -> bool:
    """Whether passers-by may read `item` in the archive: any reader could by claiming a segment, so they may.

    A restricted item is for verified members only, and so never public.
    """
    return not item.restricted


def visible(items: Sequence[ItemView], reader: SubscriberView) -> tuple[int, ...]:
    """Ids of the items that `reader` gets, in the order of `items`."""
    return tuple(item.id for item in items if may_see(reader, item))


def member_of(segment_id: int) -> SubscriberView:
    """A verified member of one segment who gets all topics, as previews show one."""
    return SubscriberView(segments=frozenset({segment_id}), verified=frozenset({segment_id}))


def subscriber_view(claims: Mapping[int, bool], topics: Iterable[int]) -> SubscriberView:
    """The view of a reader who claims the segments in `claims` (to whether the claim is verified)."""
    verified = frozenset(segment for segment, is_verified in claims.items() if is_verified)
    return SubscriberView(frozenset(claims), verified, frozenset(topics))


@dataclass(frozen=True)
class ListedDomain:
    """A mail domain of a segment, in lower case and A-labels; what lies below it counts too, or does not."""

    name: str
    subdomains: bool = False

    def covers(self, domain: str) -> bool:
        """Whether a confirmed address in `domain` proves membership."""
        return domain == self.name or (self.subdomains and domain.endswith(f".{self.name}"))


def proof_of(domain: str, listed: Iterable[ListedDomain]) -> ListedDomain | None:
    """The listed domain that proves membership for addresses in `domain`, the nearest of several; None without one."""
    return max((one for one in listed if one.covers(domain)), key=lambda one: len(one.name), default=None)
