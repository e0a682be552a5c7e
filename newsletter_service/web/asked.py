"""What addresses ask for, in a shape that every database takes: words without NUL, numbers that a row may have."""

from enum import StrEnum
from typing import Any, TypeVar

from flask import request
from werkzeug.routing import IntegerConverter, Map

from newsletter_service.db import LARGEST_NUMBER

_LONGEST = 320
_BLANKS = 4
"""With blanks between its words a text may be so many times as long as without."""
_Member = TypeVar("_Member", bound=StrEnum)


class RowNumber(IntegerConverter):
    """Whole numbers in paths; one that no row may have is an address that does not exist."""

    def __init__(self, url_map: Map, **options: Any) -> None:
        super().__init__(url_map, **{"max": LARGEST_NUMBER, **options})


def asked_words(name: str, longest: int = _LONGEST) -> str:
    """Returns the words behind `name` in the address, one space apart, cut where they are longer than any field."""
    return _tidy(request.args.get(name, ""), longest)


def typed_words(name: str, longest: int = _LONGEST) -> str:
    """Returns the same for a form that was sent, of which the field `name` has no form of its own."""
    return _tidy(request.form.get(name, ""), longest)


def _tidy(words: str, longest: int) -> str:
    """Of what is far too long the end is never looked at."""
    return " ".join(words[: _BLANKS * longest].replace("\0", "").split())[:longest]


def asked_number(name: str) -> int:
    """Returns the number behind `name` in the address; 0, which no row has, if it is none."""
    return min(max(request.args.get(name, 0, type=int), 0), LARGEST_NUMBER)


def asked_one_of(name: str, members: type[_Member]) -> _Member | None:
    """Returns which of `members` stands behind `name` in the address; None if it is none of them."""
    given = request.args.get(name, "")
    return members(given) if given in set(members) else None
