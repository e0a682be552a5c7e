"""What can be chosen when two items become one, and what comes of it: pure decisions."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from newsletter_service.editorial.rules import LEAD_LENGTH, Content, Kind


class Part(StrEnum):
    """A part of an item in which two can differ, and of which one of the two is chosen."""

    KIND = "kind"
    TITLE = "title"
    LEAD = "lead"
    WHEN = "when"
    PLACE = "place"
    LINK = "link"
    AUDIENCE = "audience"
    PICTURE = "picture"


class Side(StrEnum):
    """Which of two items a part comes from, or both."""

    FIRST = "first"
    SECOND = "second"
    BOTH = "both"


FIELDS: dict[Part, tuple[str, ...]] = {
    Part.KIND: ("kind",),
    Part.TITLE: ("title",),
    Part.LEAD: ("lead",),
    Part.WHEN: ("starts_at", "ends_at"),
    Part.PLACE: ("place",),
    Part.LINK: ("link_url", "link_label"),
    Part.AUDIENCE: ("segment_ids", "restricted"),
}
"""What belongs together: half a link of one and half of the other is none."""


@dataclass(frozen=True)
class Choice:
    """What goes into the joint item: a side for each part that differs, and paragraphs as (side, place from 0)."""

    sides: Mapping[Part, Side]
    paragraphs: Collection[tuple[Side, int]]

    def side(self, part: Part) -> Side:
        """The side that a part comes from: the first unless somebody chose."""
        return self.sides.get(part, Side.FIRST)


def differing(first: Content, second: Content) -> tuple[Part, ...]:
    """The parts that somebody has to choose: where only one says something, that is taken, and so is what is equal."""
    return tuple(part for part in FIELDS if _differs(part, first, second))


def _differs(part: Part, first: Content, second: Content) -> bool:
    mine, theirs = _values(part, first), _values(part, second)
    said = part is Part.AUDIENCE or (any(mine) and any(theirs))
    return said and mine != theirs


def can_be_both(part: Part, first: Content, second: Content) -> bool:
    """Whether a part can be taken from both: leads one after the other, and readers of both if all may see it."""
    if part is Part.LEAD:
        return len(first.lead) + len(second.lead) < LEAD_LENGTH
    return part is Part.AUDIENCE and not (first.restricted or second.restricted)


def paragraphs(body: str) -> tuple[str, ...]:
    """The passages of a text that can be chosen one by one."""
    return tuple(one for part in body.replace("\r\n", "\n").split("\n\n") if (one := part.strip("\n")))


def joined(first: Content, second: Content, choice: Choice) -> Content:
    """One item made of two, as somebody chose; what nobody has to choose is taken from whichever says it."""
    values: dict[str, Any] = {}
    for part, names in FIELDS.items():
        source = _source(part, first, second, choice)
        values |= {name: getattr(source, name) for name in names}
    if choice.side(Part.LEAD) is Side.BOTH and can_be_both(Part.LEAD, first, second):
        values["lead"] = f"{first.lead} {second.lead}".strip()
    if choice.side(Part.AUDIENCE) is Side.BOTH and can_be_both(Part.AUDIENCE, first, second):
        values["segment_ids"] = _everybody(first.segment_ids, second.segment_ids)
    made = replace(first, **values, **_unasked(first, second))
    made = replace(made, body=_body(first, second, choice.paragraphs))
    return made if made.kind is Kind.EVENT else replace(made, starts_at=None, ends_at=None, place="")


def _values(part: Part, content: Content) -> tuple[object, ...]:
    return tuple(getattr(content, name) for name in FIELDS[part])


def _source(part: Part, first: Content, second: Content, choice: Choice) -> Content:
    if part in differing(first, second):
        return second if choice.side(part) is Side.SECOND else first
    return first if any(_values(part, first)) else second


def _everybody(first: frozenset[int], second: frozenset[int]) -> frozenset[int]:
    """The segments that reach all whom either reaches; none stands for everybody."""
    return first | second if first and second else frozenset()


def _unasked(first: Content, second: Content) -> dict[str, Any]:
    """What needs no choosing: every topic, the higher priority, and the time in which both make sense."""
    return {
        "joint": True,
        "topic_ids": first.topic_ids | second.topic_ids,
        "priority": max(first.priority, second.priority),
        "not_before": max(filter(None, (first.not_before, second.not_before)), default=None),
        "expires_at": min(filter(None, (first.expires_at, second.expires_at)), default=None),
    }


def _body(first: Content, second: Content, chosen: Collection[tuple[Side, int]]) -> str:
    sources = ((Side.FIRST, first.body), (Side.SECOND, second.body))
    kept = [
        text for side, body in sources for at, text in enumerate(paragraphs(body)) if (side, at) in chosen
    ]
    return "\n\n".join(kept)
