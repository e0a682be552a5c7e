"""What organisations get over many editions, from queues of which one may be long and the other short.

`python -m benchmarks.fairness [EDITIONS]` (10,000): how far shares come apart in four editions, how leads alternate.
"""

import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random

from newsletter_service.editions.composing.room import Group, groups_of
from newsletter_service.editions.composing.rules import (
    SECTIONS,
    Candidate,
    Decision,
    Terms,
    ahead_after,
    compose,
)
from newsletter_service.editions.rules import Reason

NORTH, SOUTH = 1, 2
_FORTNIGHT = timedelta(days=14)
_START = datetime(2026, 1, 1, 8, tzinfo=UTC)
_WINDOW = 4
_KINDS_OF_READERS = 3


@dataclass(frozen=True)
class Outcome:
    """One edition: places that both had items for (north's and south's), who led (None: both), who could have."""

    north: int
    south: int
    led: int | None
    could_lead: frozenset[int]


@dataclass(frozen=True)
class Fairness:
    """The most by which north's share differed from half of the contested places of four editions; leads repeated."""

    editions: int
    furthest: float
    repeated_leads: int


def simulated(editions: int, seed: int) -> Iterator[Outcome]:
    """Editions in a row; now and then one organisation queues a great deal, a little or nothing."""
    chance = Random(seed)  # the same editions every time
    terms = Terms(_START, _START + _FORTNIGHT, 8, (NORTH, SOUTH))
    waiting: list[Candidate] = []
    for _edition in range(editions):
        waiting += _queued(chance, terms, len(waiting))
        terms = replace(terms, limit=chance.choice((3, 4, 7, 8)), readers=_readers(chance, waiting))
        decisions = compose(waiting, terms, (), {}, terms.sends_at - timedelta(days=2))
        yield _outcome(waiting, decisions)
        terms = _next(terms, waiting, decisions)
        waiting = _left(waiting, decisions)


def fairness(outcomes: Iterator[Outcome]) -> Fairness:
    """How fair these editions were, one after the other."""
    window: deque[Outcome] = deque(maxlen=_WINDOW)
    editions, furthest, repeated, led = 0, 0.0, 0, None
    for outcome in outcomes:
        editions += 1
        window.append(outcome)
        north, south = sum(one.north for one in window), sum(one.south for one in window)
        furthest = max(furthest, abs(north - (north + south) / 2))
        if outcome.led is not None:
            repeated += outcome.led == led and len(outcome.could_lead) > 1
            led = outcome.led
    return Fairness(editions, furthest, repeated)


def _queued(chance: Random, terms: Terms, known: int) -> list[Candidate]:
    if known > 60:  # no queue grows for ever
        return []
    numbers = [(organisation, chance.choice((0, 0, 1, 3, 5, 12))) for organisation in (NORTH, SOUTH)]
    return [
        _item_of(chance, organisation, terms) for organisation, number in numbers for _item in range(number)
    ]


def _item_of(chance: Random, organisation: int, terms: Terms) -> Candidate:
    return Candidate(
        id=chance.getrandbits(48),
        organisation=organisation,
        joint=chance.random() < 0.1,
        kind=chance.choice(SECTIONS),
        priority=chance.choice((0, 1, 1, 2)),
        queued_at=terms.sends_at - timedelta(days=chance.randint(2, 13)),
    )


def _readers(chance: Random, waiting: list[Candidate]) -> tuple[Group, ...]:
    return groups_of(
        ([item.id for item in waiting if chance.random() < 0.6], chance.randint(1, 200))
        for _kind in range(_KINDS_OF_READERS)
    )


def _outcome(waiting: list[Candidate], decisions: list[Decision]) -> Outcome:
    of = {item.id: item for item in waiting}
    places = [of[one.item_id].organisation for one in decisions if one.contested]
    inside = [of[one.item_id] for one in decisions if one.position is not None]
    lead = inside[0] if inside and not inside[0].joint else None
    return Outcome(
        places.count(NORTH),
        places.count(SOUTH),
        lead.organisation if lead else None,
        frozenset(item.organisation for item in inside if not item.joint),
    )


def _next(terms: Terms, waiting: list[Candidate], decisions: list[Decision]) -> Terms:
    led = _outcome(waiting, decisions).led
    return replace(
        terms,
        sends_at=terms.next_sends_at,
        next_sends_at=terms.next_sends_at + _FORTNIGHT,
        ahead=ahead_after(terms, waiting, decisions),
        led=led if led is not None else terms.led,
    )


def _left(waiting: list[Candidate], decisions: list[Decision]) -> list[Candidate]:
    out = {one.item_id: one.reason is Reason.NO_ROOM for one in decisions if one.position is None}
    return [replace(item, passed_over=item.passed_over + out[item.id]) for item in waiting if item.id in out]


if __name__ == "__main__":
    print(fairness(simulated(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, seed=1)))
