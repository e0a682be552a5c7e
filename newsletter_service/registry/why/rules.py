"""Pure: what a reader had chosen at a moment, and what stopped a letter, by the steps of the consent ledger."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from newsletter_service.subscriptions.consent.rules import Step

_CHOSEN = frozenset({"segments", "topics"})
_UNVERIFIED = frozenset({Step.DECLINED, Step.REOPENED, Step.LAPSED})
_STOPS = frozenset({Step.PAUSED, Step.LEFT, Step.BOUNCED, Step.COMPLAINED})


class Taken(Protocol):
    """A step of consent; `detail` has what was chosen then, or which segment was checked."""

    @property
    def step(self) -> Step:
        """What was done."""

    @property
    def at(self) -> datetime:
        """When that was."""

    @property
    def detail(self) -> Mapping[str, Any] | None:
        """What was chosen, or checked."""


@dataclass(frozen=True)
class Chosen:
    """What a reader had chosen, by slugs, and of which segments that had been checked."""

    segments: frozenset[str]
    verified: frozenset[str]
    topics: frozenset[str]


def chosen_at(steps: Iterable[Taken], moment: datetime) -> Chosen | None:
    """What a reader had chosen at `moment`, by the steps in their order; None where they tell nothing of that time."""
    chosen, verified = None, set[str]()
    for taken in steps:
        detail = taken.detail or {}
        if taken.at > moment:
            break
        if detail.keys() >= _CHOSEN:
            chosen = detail
        elif taken.step is Step.VERIFIED:
            verified.add(detail.get("segment", ""))
        elif taken.step in _UNVERIFIED:
            verified.discard(detail.get("segment", ""))
    if chosen is None:
        return None
    segments = frozenset(chosen["segments"])
    return Chosen(segments, segments & verified, frozenset(chosen["topics"]))


def stopped_by(steps: Iterable[Taken], stopped_at: datetime | None) -> Step | None:
    """The step at whose very moment a letter was stopped; None where staff stopped it, or it was not."""
    stops = (taken.step for taken in steps if taken.at == stopped_at and taken.step in _STOPS)
    return next(stops, None)
