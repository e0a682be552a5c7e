"""What an item said before, as plain values: how it is written down, and what differs between two versions."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from datetime import datetime
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, NamedTuple

from newsletter_service.editorial.rules import Content, Kind

TEXTS = frozenset(("title", "lead", "body", "link_url", "link_label", "image_alt", "place"))
"""What is compared word by word."""
_WORDS = re.compile(r"\S+\s*|\s+")
_MOMENTS = frozenset(("not_before", "expires_at", "starts_at", "ends_at"))
_NUMBERS = frozenset(("segment_ids", "topic_ids"))


def written(content: Content) -> dict[str, Any]:
    """`content` as it can be kept in JSON."""
    return {name: _plain(value) for name, value in asdict(content).items()}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return sorted(value) if isinstance(value, frozenset) else value


def read(kept: Mapping[str, Any]) -> Content:
    """The content that `written` wrote down; what is no part of an item any more is left out."""
    known = {field.name for field in fields(Content)}
    return Content(**{name: _value(name, value) for name, value in kept.items() if name in known})


def _value(name: str, value: Any) -> Any:
    if name == "kind":
        return Kind(value)
    if name in _MOMENTS and value is not None:
        return datetime.fromisoformat(value)
    return frozenset(value) if name in _NUMBERS else value


class Fate(StrEnum):
    """What became of a piece of text from one version to the next."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


class Piece(NamedTuple):
    """Some words, and what became of them."""

    fate: Fate
    text: str


def word_by_word(before: str, after: str) -> tuple[Piece, ...]:
    """How `before` became `after`: all words of both, in their order."""
    return tuple(_pieces(_WORDS.findall(before), _WORDS.findall(after)))


def _pieces(before: list[str], after: list[str]) -> Iterator[Piece]:
    for tag, first, last, begin, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece(Fate.SAME, "".join(before[first:last]))
            continue
        for fate, words in ((Fate.GONE, before[first:last]), (Fate.NEW, after[begin:end])):
            if words:
                yield Piece(fate, "".join(words))


def changed(before: Content, after: Content) -> tuple[str, ...]:
    """The names of what differs, in the order of an item's fields."""
    return tuple(
        field.name for field in fields(Content) if getattr(before, field.name) != getattr(after, field.name)
    )
