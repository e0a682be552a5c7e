"""A notice between being written down and going out: its words as JSON has them."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from newsletter_service.letters.values import Action, Notice, NoticeList


def as_words(notice: Notice) -> dict[str, Any]:
    """Returns a notice as JSON values."""
    return asdict(notice)


def from_words(words: Mapping[str, Any]) -> Notice:
    """Returns the notice that `as_words` was given; after a round trip through JSON too."""
    action = words["action"]
    return Notice(
        language=words["language"],
        subject=words["subject"],
        heading=words["heading"],
        paragraphs=tuple(words["paragraphs"]),
        action=Action(**action) if action else None,
        small_print=tuple((text, label, url) for text, label, url in words["small_print"]),
        lists=tuple(_list(one) for one in words["lists"]),
    )


def _list(words: Mapping[str, Any]) -> NoticeList:
    items = tuple((text, url) for text, url in words["items"])
    return NoticeList(words["heading"], items, words["written_in"])
