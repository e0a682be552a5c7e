"""Which waiting items make the next edition, in what order, and why: a pure, deterministic decision.

How the wishes go together. Items are ranked: those passed over at least twice, in the order in which they
were queued; then those that are due, for which the next edition comes too late; then by priority; then by
waiting time. Places are given out one at a time, each to the best-ranked item that keeps the
organisations within one item of each other. An organisation holds others back only while it has items of
its own that could go in; a joint item counts for all, so it never tips the balance and is never held
back. Who got one place more of those that several wanted (`ahead`) lets others go first at the next tie,
so that the balance holds over editions too; and the featured item is of another organisation than the
last one, where there is one. How many go in is up to the letters: see `room`. The rank decides also which
of an edition's items a full letter shows in full.

Nothing starves: of two editions each organisation gets a place in one at least while it has items that waited
too long, for then no joint item takes the place that it leaves to another. Its first is the item passed over
twice that was queued first, and only finitely many were queued before any other. Ranking those by urgency as
well would break this, as would putting due items before them. What it costs is said, not hidden: a due item
that finds no room is marked in its decision, and staff are told while they can still put it in by hand.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from newsletter_service.editions.composing.room import Group, Room
from newsletter_service.editions.letter_rules import keeps_balance
from newsletter_service.editions.rules import Reason

PATIENCE = 2
SECTIONS = ("news", "publication", "event", "call")
HIGH = 2
_PLACE = 2
"""What a place counts where being ahead from earlier editions counts one: that decides only where places are even."""


@dataclass(frozen=True)
class Candidate:
    """A queued item as composing sees it; `starts_at` is None for all but events.

    One is `unagreed` that would speak for an organisation that does not stand behind it yet.
    """

    id: int
    organisation: int
    joint: bool
    kind: str
    priority: int
    queued_at: datetime
    not_before: datetime | None = None
    expires_at: datetime | None = None
    starts_at: datetime | None = None
    passed_over: int = 0
    unagreed: bool = False

    @property
    def deadline(self) -> datetime | None:
        """The moment from which there is no sense in sending it."""
        moments = [moment for moment in (self.expires_at, self.starts_at) if moment is not None]
        return min(moments, default=None)


@dataclass(frozen=True)
class Terms:
    """What an edition allows: when it and the next one go out, and who speaks in it and who reads it.

    `limit` is the number of items that one reader gets in full. `ahead` are the organisations that got a place more
    than others up to now where several had items, `led` is whose item was featured last.
    """

    sends_at: datetime
    next_sends_at: datetime
    limit: int
    organisations: tuple[int, ...]
    readers: tuple[Group, ...] = ()
    ahead: frozenset[int] = frozenset()
    led: int | None = None


@dataclass(frozen=True)
class Decision:
    """What was decided about an item: its position (0 is first; None: not in), why, and what explains it.

    `detail` holds JSON values: `times` (waited_long), `deadline` (due, expired, started; ISO 8601), `days`
    waited (turn), `until` (embargoed), `item` (look_alike, sent_before: the other's id), `few` items that `readers`
    would get without it (fills), `limit`, `due`, `until` and of its `readers` those whose letters are `full` (no_room).
    `rank` is the order in which items stand in full in letters (0 is first), of those that are in. A place was
    `contested` if several organisations had an item for it.
    """

    item_id: int
    position: int | None
    reason: Reason
    detail: dict[str, Any] = field(default_factory=dict)
    rank: int = 0
    contested: bool = False


def compose(
    candidates: Iterable[Candidate],
    terms: Terms,
    look_alikes: Iterable[Collection[int]],
    sent_before: Mapping[int, int],
    now: datetime,
) -> list[Decision]:
    """One decision for every candidate: first those that are in, in reading order, then the others by rank.

    `look_alikes` are pairs of ids that nobody has settled yet; `sent_before` names, by the id of a candidate, the item
    that told the same and was sent. The order of all input is irrelevant.
    """
    moment = max(terms.sends_at, now)
    ranked = sorted(candidates, key=lambda item: _rank(item, terms))
    out = [decision for item in ranked if (decision := untimely(item, moment) or _told(item, sent_before))]
    barred = {decision.item_id for decision in out}
    chosen = _choose([item for item in ranked if item.id not in barred], terms, _twins(look_alikes))
    order = {item.id: position for position, item in enumerate(_reading_order(chosen.items, terms.led))}
    inside = [
        replace(
            _reason_in(item, order[item.id], chosen, terms, now),
            rank=rank,
            contested=item.id in chosen.contested,
        )
        for rank, item in enumerate(chosen.items)
    ]
    inside.sort(key=lambda decision: order[decision.item_id])
    left = [item for item in ranked if item.id not in barred and item.id not in order]
    return inside + [_reason_out(item, chosen, terms) for item in left] + out


def ahead_after(
    terms: Terms, candidates: Iterable[Candidate], decisions: Iterable[Decision]
) -> frozenset[int]:
    """The organisations that got a place more than others, up to and with this edition, where several had items."""
    contested = {decision.item_id for decision in decisions if decision.contested}
    places = Counter({one: int(one in terms.ahead) for one in terms.organisations})
    places.update(item.organisation for item in candidates if item.id in contested)
    fewest = min(places.values(), default=0)
    return frozenset(one for one, number in places.items() if number > fewest)


def untimely(item: Candidate, moment: datetime) -> Decision | None:
    """Why an item cannot go out at `moment`, whatever room there is; None if it can."""
    if item.unagreed:
        return Decision(item.id, None, Reason.UNAGREED)
    if item.not_before is not None and item.not_before > moment:
        return Decision(item.id, None, Reason.EMBARGOED, {"until": item.not_before.isoformat()})
    if item.expires_at is not None and item.expires_at <= moment:
        return Decision(item.id, None, Reason.EXPIRED, {"deadline": item.expires_at.isoformat()})
    if item.starts_at is not None and item.starts_at <= moment:
        return Decision(item.id, None, Reason.STARTED, {"deadline": item.starts_at.isoformat()})
    return None


def _told(item: Candidate, sent_before: Mapping[int, int]) -> Decision | None:
    if item.id not in sent_before:
        return None
    return Decision(item.id, None, Reason.SENT_BEFORE, {"item": sent_before[item.id]})


def is_due(item: Candidate, next_sends_at: datetime) -> bool:
    """Whether the next edition would come too late for it."""
    return item.deadline is not None and item.deadline <= next_sends_at


def section(kind: str) -> int:
    """Where items of a kind stand in a letter, counted from the top."""
    return SECTIONS.index(kind)


@dataclass(frozen=True)
class _Choice:
    """The items that are in, by rank; those that a look-alike keeps out; how many letters each of some fills."""

    items: list[Candidate]
    blocked: dict[int, int]
    fills: dict[int, int]
    contested: set[int]
    room: Room


def _rank(item: Candidate, terms: Terms) -> tuple[Any, ...]:
    if item.passed_over >= PATIENCE:
        return (0, False, 0, item.queued_at, item.id)
    return (1, not is_due(item, terms.next_sends_at), -item.priority, item.queued_at, item.id)


def _choose(ranked: list[Candidate], terms: Terms, twins: dict[int, set[int]]) -> _Choice:
    chosen = _Choice([], {}, {}, set(), Room(terms.readers, terms.limit))
    counts = Counter({one: int(one in terms.ahead) for one in terms.organisations})
    ready = _with_room(ranked, chosen)
    while ready:
        others = {other.organisation for other in ready if not other.joint}
        item = _best(ready, others, counts)
        _take(item, chosen)
        if not item.joint and len(others) > 1:
            chosen.contested.add(item.id)
        counts.update(_PLACE * (terms.organisations if item.joint else (item.organisation,)))
        for twin in twins.get(item.id, ()):
            chosen.blocked.setdefault(twin, item.id)
        ready = _with_room([other for other in ready if other is not item], chosen)
    return chosen


def _best(ready: list[Candidate], others: Collection[int], counts: Counter[int]) -> Candidate:
    """The best-ranked item that may have the next place.

    Where one that waited too long leaves it to another organisation, that gets it, and no joint item: while joint
    items came, the turn would never change.
    """
    first = ready[0]
    patient = keeps_balance(_speaker(first), others, counts) or first.passed_over <= PATIENCE
    return next(
        item
        for item in ready
        if (patient or not item.joint) and keeps_balance(_speaker(item), others, counts)
    )


def _with_room(items: Iterable[Candidate], chosen: _Choice) -> list[Candidate]:
    room = chosen.room
    return [
        item
        for item in items
        if item.id not in chosen.blocked and (room.fits(item.id) or room.fills(item.id))
    ]


def _take(item: Candidate, chosen: _Choice) -> None:
    if not chosen.room.fits(item.id):
        chosen.fills[item.id] = chosen.room.thin(item.id)
    chosen.items.append(item)
    chosen.room.take(item.id)


def _speaker(item: Candidate) -> int | None:
    return None if item.joint else item.organisation


def _twins(pairs: Iterable[Collection[int]]) -> dict[int, set[int]]:
    twins: dict[int, set[int]] = {}
    for first, second in pairs:
        twins.setdefault(first, set()).add(second)
        twins.setdefault(second, set()).add(first)
    return twins


def _reading_order(items: list[Candidate], led: int | None) -> list[Candidate]:
    """The featured item, of another organisation than the last if it can be; then by section, and events by date."""
    if not items:
        return []
    may_lead = [item for item in items if item.joint or item.organisation != led] or items
    featured = min(may_lead, key=lambda item: (not item.joint, item.priority < HIGH))
    if not featured.joint and featured.priority < HIGH:
        featured = min(may_lead, key=lambda item: section(item.kind))
    rest = [item for item in items if item is not featured]
    return [featured, *sorted(rest, key=_place_in_letter)]


def _place_in_letter(item: Candidate) -> tuple[int, float]:
    return section(item.kind), item.starts_at.timestamp() if item.starts_at is not None else 0.0


def _reason_in(item: Candidate, position: int, chosen: _Choice, terms: Terms, now: datetime) -> Decision:
    if item.id in chosen.fills:
        detail = {"readers": chosen.fills[item.id], "few": chosen.room.most_of_thin}
        return Decision(item.id, position, Reason.FILLS, detail)
    if item.passed_over >= PATIENCE:
        return Decision(item.id, position, Reason.WAITED_LONG, {"times": item.passed_over})
    if item.deadline is not None and is_due(item, terms.next_sends_at):
        return Decision(item.id, position, Reason.DUE, {"deadline": item.deadline.isoformat()})
    if item.priority >= HIGH:
        return Decision(item.id, position, Reason.PRIORITY)
    return Decision(item.id, position, Reason.TURN, {"days": max(0, (now - item.queued_at).days)})


def _reason_out(item: Candidate, chosen: _Choice, terms: Terms) -> Decision:
    if item.id in chosen.blocked:
        return Decision(item.id, None, Reason.LOOK_ALIKE, {"item": chosen.blocked[item.id]})
    detail = {
        "limit": terms.limit,
        "due": is_due(item, terms.next_sends_at),
        "until": terms.next_sends_at.isoformat(),
        "readers": chosen.room.readers(item.id),
        "full": chosen.room.full(item.id),
    }
    return Decision(item.id, None, Reason.NO_ROOM, detail)
