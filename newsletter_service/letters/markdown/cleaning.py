"""Takes out of people's texts what no letter can carry, before anything is made of them."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x0e\x1c\x1d\x85\u2028\u2029]")
"""Also the soft breaks of word processors: deleted, they would glue words together."""
_INSIDE_LINES = str.maketrans({"\x07": " ", "\x1e": "-"})
"""Word's end of a cell, and its hyphen that does not break."""
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")

T = TypeVar("T")


def cleaned(value: T) -> T:
    """`value` with every text in it, however deep in tuples and dataclasses, free of unprintable characters.

    Those are control characters, halves of surrogate pairs, and noncharacters, which mark slots in our
    templates. Lines end in LF.
    """
    result: Any = value
    if isinstance(value, str):
        result = _UNPRINTABLE.sub("", _LINE_ENDS.sub("\n", value).translate(_INSIDE_LINES))
    elif isinstance(value, tuple):
        result = tuple(cleaned(item) for item in value)
    elif is_dataclass(value) and not isinstance(value, type):
        result = replace(
            value, **{field.name: cleaned(getattr(value, field.name)) for field in fields(value)}
        )
    return cast(T, result)


def texts_in(value: object) -> Iterator[str]:
    """Every text in `value`, however deep in tuples, dictionaries and dataclasses."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from texts_in(tuple(value.values()))
    elif isinstance(value, tuple):
        for item in value:
            yield from texts_in(item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts_in(getattr(value, field.name))
