"""Takes values out of plain data, of a file or a form, and collects all that is wrong with them. Pure decisions."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from typing import NamedTuple, TypeVar

from newsletter_service.letters.colours import Refusal

T = TypeVar("T")
_NONE_ASKED: Mapping[str, object] = {}


class Problem(StrEnum):
    """What is wrong with a value, for wording.py to put into words."""

    MISSING = "missing"
    UNKNOWN = "unknown"
    NO_TABLE = "no_table"
    NO_LIST = "no_list"
    NO_TEXT = "no_text"
    UNPRINTABLE = "unprintable"
    TOO_LONG = "too_long"
    NO_CHOICE = "no_choice"
    NO_NUMBER = "no_number"
    NO_TIME = "no_time"
    NO_DAY = "no_day"
    NO_YES_OR_NO = "no_yes_or_no"
    TWICE = "twice"
    NO_SLUG = "no_slug"
    NO_COLOUR = "no_colour"
    CONTRAST = "contrast"
    NO_DOMAIN = "no_domain"
    PUBLIC_SUFFIX = "public_suffix"
    FOR_ANYBODY = "for_anybody"
    NO_ADDRESS = "no_address"
    NO_ZONE = "no_zone"
    CLOSES_LATE = "closes_late"
    NEVER_IN_A_FILE = "never_in_a_file"


@dataclass(frozen=True)
class Fault:
    """What is wrong, where it stands (such as `segments[2].name.nl`), and what its words have filled in.

    `pair` are the colours that cannot be told apart.
    """

    place: str
    problem: Problem
    about: Mapping[str, str] = field(default_factory=dict)
    pair: Refusal | None = None


class Words(NamedTuple):
    """A text in both languages."""

    nl: str
    en: str


class Table:
    """A table of the data; what is asked of it and is not there, or cannot be used, becomes a fault."""

    def __init__(self, given: object, place: str, faults: list[Fault]) -> None:
        self.place, self._faults = place, faults
        self._given = given if isinstance(given, Mapping) else _NONE_ASKED
        self._asked: set[str] = set()
        if not isinstance(given, Mapping):
            self.fault("", Problem.NO_TABLE)

    def fault(self, name: str, problem: Problem, **about: object) -> None:
        """Note what is wrong with `name`, or with the table itself ("")."""
        place = f"{self.place}.{name}" if self.place and name else self.place or name
        self._faults.append(Fault(place, problem, {key: str(value) for key, value in about.items()}))

    def refuse_pair(self, pair: Refusal) -> None:
        """Note two colours that cannot be told apart."""
        self._faults.append(Fault(f"{self.place}.{pair.scheme}", Problem.CONTRAST, pair=pair))

    def has(self, name: str) -> bool:
        """Whether something is given."""
        return self._given.get(name) is not None

    def text(self, name: str, longest: int, *, optional: bool = False) -> str:
        """A line of text with single blanks, of at most so many characters."""
        given = self._take(name)
        if not isinstance(given, str | None):
            self.fault(name, Problem.NO_TEXT)
            return ""
        line = " ".join((given or "").split())
        if not line and not optional:
            self.fault(name, Problem.MISSING)
        elif not line.isprintable():
            self.fault(name, Problem.UNPRINTABLE)
        elif len(line) > longest:
            self.fault(name, Problem.TOO_LONG, typed=len(line), limit=longest)
        return line

    def words(self, name: str, longest: int, *, optional: bool = False) -> Words:
        """A text in both languages: a table with `nl` and `en`."""
        if optional and not self.has(name):
            self._take(name)
            return Words("", "")
        table = self.table(name)
        found = Words(table.text("nl", longest), table.text("en", longest))
        table.close()
        return found

    def number(self, name: str, default: int, lowest: int, highest: int) -> int:
        """A whole number within bounds."""
        given = self._take(name)
        if given is None:
            return default
        if not isinstance(given, int) or isinstance(given, bool) or not lowest <= given <= highest:
            self.fault(name, Problem.NO_NUMBER, lowest=lowest, highest=highest)
            return default
        return given

    def yes(self, name: str) -> bool:
        """Whether something is wanted; it is not where nothing is said."""
        given = self._take(name)
        if not isinstance(given, bool | None):
            self.fault(name, Problem.NO_YES_OR_NO)
        return given is True

    def choice(self, name: str, options: Mapping[str, T], default: T) -> T:
        """One of `options`, by its word."""
        given = self._take(name)
        if given is None:
            return default
        if not isinstance(given, str) or given not in options:
            self.fault(name, Problem.NO_CHOICE, options=", ".join(options))
            return default
        return options[given]

    def clock_time(self, name: str, default: time) -> time:
        """A time on the clock: one of TOML, or hours and minutes as a text."""
        given = self._take(name)
        if given is None or isinstance(given, time):
            return (given or default).replace(second=0, microsecond=0)
        found = parsed(given, time.fromisoformat)
        if found is None or found.tzinfo is not None:
            self.fault(name, Problem.NO_TIME)
        return found or default

    def day(self, name: str) -> date | None:
        """A day: one of TOML, or year, month and day as a text; None where none is given."""
        given = self._take(name)
        if given is None or type(given) is date:
            return given
        found = parsed(given, date.fromisoformat)
        if found is None:
            self.fault(name, Problem.NO_DAY)
        return found

    def table(self, name: str) -> "Table":
        """A table within this one; one that is missing is empty, and a fault."""
        given = self._take(name)
        if given is None:
            self.fault(name, Problem.MISSING)
            return Table(_NONE_ASKED, self._below(name), [])
        return self.inside(given, name)

    def tables(self, name: str, *, at_least: int = 0) -> "Iterator[Table]":
        """The tables of a list, by their places from 1."""
        for place, given in self.listed(name, at_least=at_least):
            yield self.inside(given, f"{name}[{place}]")

    def inside(self, given: object, name: str) -> "Table":
        """What was given for `name`, as a table."""
        return Table(given, self._below(name), self._faults)

    def listed(self, name: str, *, at_least: int = 0) -> list[tuple[int, object]]:
        """What a list holds, with the place of each from 1."""
        given = self._take(name)
        if given is not None and not isinstance(given, list):
            self.fault(name, Problem.NO_LIST)
            return []
        found = list(enumerate(given or [], 1))
        if len(found) < at_least:
            self.fault(name, Problem.MISSING)
        return found

    def close(self) -> None:
        """Note what was given and never asked for: most likely a slip in its name."""
        for name in self._given:
            if name not in self._asked:
                known = ", ".join(sorted(self._asked))
                self.fault(str(name), Problem.UNKNOWN, known=known)

    def refuse(self, name: str, problem: Problem) -> None:
        """Note that `name` is given at all."""
        if self._take(name) is not None:
            self.fault(name, problem)

    def _take(self, name: str) -> object:
        self._asked.add(name)
        return self._given.get(name)

    def _below(self, name: str) -> str:
        return f"{self.place}.{name}" if self.place else name


def parsed(given: object, read: Callable[[str], T]) -> T | None:
    """What `read` makes of a text; None of what is no text, or none that it can read."""
    try:
        return read(given.strip()) if isinstance(given, str) else None
    except ValueError:
        return None
