"""Where a page of claims begins: at a place in their order, which no decision on other claims moves."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_KEY = re.compile(r"(\d{1,9})-(\d{1,9})")
_PLACE = re.compile(r"(\d{1,17})-(\d{1,9})-(\d{1,9})")
MOST_AT_ONCE = 100
"""Claims that are decided with one press."""


@dataclass(frozen=True)
class Place:
    """A place in the order of claims: when it was claimed, by which reader, to which segment."""

    claimed_at: datetime
    subscriber_id: int
    segment_id: int

    def __str__(self) -> str:
        """As addresses of pages say it."""
        return f"{(self.claimed_at - _EPOCH) // _MICROSECOND}-{self.subscriber_id}-{self.segment_id}"


def parsed_place(typed: str) -> Place | None:
    """The place that an address names; None if it names none."""
    found = _PLACE.fullmatch(typed)
    if found is None:
        return None
    micros, subscriber_id, segment_id = (int(part) for part in found.groups())
    return Place(_EPOCH + micros * _MICROSECOND, subscriber_id, segment_id)


def parsed_keys(typed: list[str]) -> list[tuple[int, int]]:
    """The claims that a form names, by numbers of readers and segments, MOST_AT_ONCE; others are passed over."""
    found = [match for one in typed[:MOST_AT_ONCE] if (match := _KEY.fullmatch(one))]
    return [(int(match[1]), int(match[2])) for match in found]
