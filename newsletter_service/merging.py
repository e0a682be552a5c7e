"""Two people on one form: what each of them changed, and where they changed the same.

The form takes along fingerprints of what it showed when it was opened. With them nobody has to remember old
versions, and a form that comes back after a day is compared as well as one of a minute ago.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

_LENGTH = 12


@dataclass(frozen=True)
class Merge:
    """`taken` are values of others in fields that I left alone, `collisions` the fields that both changed."""

    taken: dict[str, Any] = field(default_factory=dict)
    collisions: list[str] = field(default_factory=list)


def fingerprints(values: Mapping[str, Any]) -> str:
    """What `values` are, by name, short enough for a hidden field."""
    return " ".join(f"{name}={_fingerprint(value)}" for name, value in values.items())


def merge(began: str, mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Merge:
    """Compare what I filled in with what is stored now; `began` are the `fingerprints` of what I started from.

    Names that are not in `mine` are left alone, those that are not in `began` count as changed by both.
    """
    seen, merged = _read(began), Merge()
    for name in mine:
        typed, stored = _fingerprint(mine[name]), _fingerprint(theirs[name])
        if typed == stored:
            continue
        if seen.get(name) == typed:
            merged.taken[name] = theirs[name]
        elif seen.get(name) != stored:
            merged.collisions.append(name)
    return merged


def _read(began: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in began.split())
    return {name: value for name, _, value in pairs}


def _fingerprint(value: Any) -> str:
    return sha256(_plain(value).encode("utf-8", "surrogatepass")).hexdigest()[:_LENGTH]


def _plain(value: Any) -> str:
    """Nothing is the same as an empty text; the order of what is ticked says nothing."""
    if value is None:
        return ""
    if isinstance(value, Collection) and not isinstance(value, str | bytes | tuple):
        return "\n".join(sorted(map(str, value)))
    return str(value)
