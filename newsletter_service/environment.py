"""Reads values out of the environment, whatever they are for."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple, TypeVar

from jellyfish import damerau_levenshtein_distance

from newsletter_service.hosts import is_address

Option = TypeVar("Option", bound=str)
_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_SHORTEST = 5
_LONG = 8
_OURS_ALONE = ("SMTP_", "BOUNCE_", "FORM_", "SECRET_KEY", "DKIM_", "SUPPRESSION_", "OIDC_", "SECOND_FACTOR")


class Environment:
    """Takes values out of the environment, and collects what is wrong with them and which names there are."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[str] = []
        self.names: set[str] = set()

    def text(self, name: str, default: str = "") -> str:
        """Returns what stands there, or `default`."""
        self.names.add(name)
        return self.environ.get(name, "").strip() or default

    def required(self, name: str, what: str, demo_value: str | None) -> str:
        """Returns a value that nothing works without; `what` says what to give."""
        value = self.text(name) or demo_value or ""
        if not value:
            self.problems.append(f"{name} is not set: {what}.")
        return value

    def number(self, name: str, default: float, low: float, high: float) -> float:
        """Returns a number from `low` to `high`."""
        raw = self.text(name, str(default))
        try:
            value = float(raw)
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            self.problems.append(f"{name} is {raw!r}: give a number from {low:g} to {high:g}.")
            return default
        return value

    def listed(self, name: str) -> list[str]:
        """Returns values with blanks or commas between."""
        return self.text(name).replace(",", " ").split()

    def whole(self, name: str, default: int, low: int, high: int) -> int:
        """Returns a whole number from `low` to `high`."""
        return int(self.number(name, default, low, high))

    def choice(self, name: str, *options: Option) -> Option:
        """Returns the option that was chosen; the first if none was."""
        raw = self.text(name, options[0])
        chosen = next((option for option in options if option == raw), None)
        if chosen is None:
            *others, last = options
            self.problems.append(f"{name} is {raw!r}: give {', '.join(others)} or {last}.")
            return options[0]
        return chosen

    def address(self, name: str, value: str) -> str:
        """Returns `value`, which must be one bare mail address if it is anything."""
        local, at, domain = value.rpartition("@")
        if value and (not at or not local or not domain or any(c.isspace() or c in '<>",' for c in value)):
            self.problems.append(f"{name} is {value!r}: give one bare mail address.")
        return value

    def host(self, name: str, default: str = "") -> str:
        """Returns the bare name or address of a server, without scheme or port."""
        value = self.text(name)
        if value and not _is_name(value) and not is_address(value):
            self.problems.append(
                f"{name} is {value!r}: give the name or address of a server, and nothing else."
            )
        return value or default

    def domain(self, name: str, default: str = "") -> str:
        """Returns the name of a domain."""
        value = self.text(name)
        if value and not _is_name(value):
            self.problems.append(f"{name} is {value!r}: give a domain, such as nieuwsbrief.example.")
        return value or default


def _is_name(value: str) -> bool:
    return len(value) <= 253 and all(_LABEL.fullmatch(label) for label in value.split("."))


class Misspelt(NamedTuple):
    """A name that is no setting, and the setting that it is near to; "" where it only begins as ours do."""

    given: str
    meant: str


def misspelt(given: Iterable[str], known: Collection[str]) -> list[Misspelt]:
    """Returns the names among those `given` that somebody seems to have meant as a setting, in order."""
    others = sorted(name for name in given if name not in known and len(name) >= _SHORTEST)
    looked_at = (Misspelt(name, _nearest(name, known)) for name in others)
    return [one for one in looked_at if one.meant or one.given.upper().startswith(_OURS_ALONE)]


def _nearest(name: str, known: Collection[str]) -> str:
    """The setting that is one or two slips away: two letters that changed places are one."""
    written = name.upper().replace("-", "_")
    distance, nearest = min((damerau_levenshtein_distance(written, one), one) for one in known)
    return nearest if distance <= (1 if len(nearest) < _LONG else 2) else ""
