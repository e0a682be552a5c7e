"""What the cells of one row say, as values that cannot be wrong; Unusable where one cannot be read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from newsletter_service.clock import AmbiguousTime, NonexistentTime, in_zone, local_moment
from newsletter_service.files.csv import unguarded
from newsletter_service.languages import Language
from newsletter_service.subscriptions.addresses import Address, BadAddress, parse_address
from newsletter_service.subscriptions.importing import columns
from newsletter_service.subscriptions.importing.rules import (
    NOTHING,
    SOURCE_LENGTH,
    Problem,
    Standing,
    Unusable,
    Verified,
)
from newsletter_service.subscriptions.pausing.rules import latest_end
from newsletter_service.subscriptions.rules import BadName, clean_name

_DUTCH_MOMENT = re.compile(
    r"(\d\d?)-(\d\d?)-(\d{4})(?:[ T](\d\d?):(\d\d)(?::(\d\d))?)?(?: ([+-]\d\d:?\d\d))?", re.ASCII
)
_IN_FULL = re.compile(r"\d\d-\d\d-\d{4} \d\d:\d\d:\d\d", re.ASCII)
"""What we write ourselves, and is read in one go."""
_NAMED_ZONE = re.compile(r"(\.\d{1,6})?(?: ([+-]\d{4}))?(?: [A-Z]{2,5})?(?: m=\S+)?$")
_VERIFIED = re.compile(r"(?P<segment>[^()]+?)\s*(?:\((?P<more>[^()]*)\))?")
_UNTIL = re.compile(r"(?:tot|until)\s+(?P<until>\S+(?: \d\d:\d\d(?::\d\d)?)?(?: [+-]\d{4})?)\s*,?\s*")
_AS_WRITTEN = frozenset({"address", "name"})
_DAMAGED = re.compile("[ÃÂ][\x80-\xbf]|â€|\ufffd|[ÃÂ][€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")


_YEARS = range(1900, 2200)
"""What a moment may lie in: near the first and the last day that a computer knows no clock can be asked."""


@dataclass(frozen=True)
class Vocabulary:
    """What may stand in cells: segments and topics as slugs by whatever may name them, in lower case."""

    segments: Mapping[str, str]
    topics: Mapping[str, str]
    now: datetime
    zone: str
    read: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    """What was read before of segments and topics: the same few cells come again and again, and are kept once."""


@dataclass(slots=True)
class Cells:
    """The cells of a row by their column; one that is empty, or not there, is in none."""

    texts: Mapping[str, str]
    words: Vocabulary

    @classmethod
    def of(cls, row: tuple[str, ...], places: Mapping[str, int], words: Vocabulary) -> "Cells":
        """The cells of a row; what programs write for nothing is empty, but where a person may be called so."""
        texts = {}
        for column, place in places.items():
            cell = row[place].strip()
            if "'" in cell:
                cell = unguarded(cell)
            if cell and (
                len(cell) > columns.LONGEST_EMPTY or column in _AS_WRITTEN or not columns.is_empty(cell)
            ):
                texts[column] = cell
        return cls(texts, words)

    def text(self, column: str) -> str:
        """What stands in a cell."""
        return self.texts.get(column, "")

    def words_of(self, column: str) -> str:
        """What stands in a cell, kept as it is; without NUL, which no text in PostgreSQL may hold."""
        cell = self.texts.get(column, "")
        return cell.replace("\0", "") if cell else ""

    def address(self) -> Address:
        """The address of the row."""
        try:
            return parse_address(self.texts.get("address", ""))
        except BadAddress as error:
            raise Unusable(Problem.BAD_ADDRESS, about=error.problem) from error

    def typed_name(self) -> str:
        """The name as it is written, put together where it has columns of its own."""
        return self.texts.get("name") or " ".join(
            part for column in ("first_name", "infix", "last_name") if (part := self.text(column))
        )

    def cleaned(self, column: str, typed: str) -> str:
        """A name, of a person or an organisation, that may stand in a mail."""
        try:
            return _once_cleaned(typed) if typed else ""
        except BadName as error:
            raise Unusable(Problem.BAD_NAME, column=column, about=error.problem) from error

    def language(self) -> Language:
        """The language of the reader."""
        return columns.language_of(self.text("language"))

    def status(self) -> Standing:
        """Where the reader stood; a moment of leaving says it too, where no word does."""
        if said := self.text("status"):
            return columns.status_of(said)
        if self.text("bounced_at"):
            return Standing.BOUNCED
        return Standing.LEFT if self.text("left_at") else Standing.ACTIVE

    def slugs(self, column: str, known: Mapping[str, str]) -> frozenset[str]:
        """The segments or topics that a cell names."""
        cell = self.texts.get(column)
        if not cell:
            return NOTHING
        found = self.words.read.get((column, cell))
        if found is None:
            found = self.words.read[column, cell] = columns.slugs_of(column, cell, known)
        return found

    def any_moment(self, column: str) -> datetime | None:
        """An aware moment, past or to come."""
        cell = self.texts.get(column)
        return moment(column, cell, self.words.zone) if cell else None

    def moment(self, column: str) -> datetime | None:
        """An aware moment in the past."""
        cell = self.texts.get(column)
        found = moment(column, cell, self.words.zone) if cell else None
        if found is not None and found > self.words.now:
            raise Unusable(Problem.FUTURE, column=column)
        return found

    def end_of_pause(self) -> datetime | None:
        """The moment at which a pause ends, or ended; not later than readers may choose it to."""
        found = self.any_moment("paused_until")
        if found is not None and found > latest_end(self.words.now):
            raise Unusable(Problem.LONG_PAUSE, column="paused_until")
        return found

    def verified(self) -> tuple[Verified, ...]:
        """What the reader was verified for: "politie (tot 01-03-2027, politie.example), om"."""
        cell = self.words_of("verified")
        if not cell:
            return ()
        parts = (part.strip() for part in re.split(r"[,;|\n](?![^(]*\))", cell))
        return tuple(sorted((self._verified(part) for part in parts if part), key=lambda one: one.segment))

    def _verified(self, part: str) -> Verified:
        found = _VERIFIED.fullmatch(part)
        segment = self.words.segments.get(found["segment"].casefold()) if found else None
        if found is None or segment is None:
            raise Unusable(Problem.NOT_VERIFIED, about=part)
        more = found["more"] or ""
        term = _UNTIL.match(more)
        until = moment("verified", term["until"].rstrip(","), self.words.zone) if term else None
        source = more[term.end() :] if term else more
        return Verified(segment, source.strip()[:SOURCE_LENGTH], until)


_once_cleaned = lru_cache(maxsize=5_000)(clean_name)
"""Many work for the same organisation: its name is kept once."""


def is_damaged(name: str) -> bool:
    """Whether a name was once saved in a wrong encoding."""
    return not name.isascii() and _DAMAGED.search(name) is not None


def written(moment: datetime, zone: str) -> str:
    """On the clocks of `zone`; with the offset in the hour that comes twice, for there they do not tell."""
    steady = _steady_offset(moment.date(), zone)
    local = in_zone(moment, zone) if steady is None else moment + steady
    iso = local.isoformat(" ")
    text = f"{iso[8:10]}-{iso[5:7]}-{iso[:4]} {iso[11:19]}"
    if steady is not None:
        return text
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{text} {local:%z}" if twice else text


@lru_cache(maxsize=10_000)
def _steady_offset(day: date, zone: str) -> timedelta | None:
    """How far clocks of `zone` are from UTC all of that day and of those around it; None where they change.

    Of 100,000 moments nearly all lie on such days, and adding is ten times as quick as asking the zone.
    """
    there = ZoneInfo(zone)
    offsets = {
        datetime.combine(day + timedelta(days=days), time(), there).utcoffset() for days in (-1, 0, 1, 2)
    }
    return offsets.pop() if len(offsets) == 1 else None


def moment(column: str, cell: str, zone: str) -> datetime:
    """The aware moment that a cell names, as people and programs write one."""
    try:
        local = _parsed(cell)
    except ValueError as error:
        raise Unusable(Problem.NOT_A_MOMENT, column=column) from error
    if local.year not in _YEARS:
        raise Unusable(Problem.NOT_A_MOMENT, column=column)
    if local.tzinfo is not None:
        return local.astimezone(UTC)
    steady = _steady_offset(local.date(), zone)
    if steady is not None:
        return (local - steady).replace(tzinfo=UTC)
    try:
        return local_moment(local.date(), local.time(), zone)
    except NonexistentTime as error:
        raise Unusable(Problem.NO_SUCH_TIME, column=column, about=zone) from error
    except AmbiguousTime as error:
        raise Unusable(Problem.TWICE_THAT_HOUR, column=column) from error


def _parsed(cell: str) -> datetime:
    """Dutch, ISO 8601, or as Go prints it ("2026-03-01 10:30:00.1 +0000 UTC"); without an offset it is local."""
    if _IN_FULL.fullmatch(cell):
        return datetime.fromisoformat(f"{cell[6:10]}-{cell[3:5]}-{cell[:2]}{cell[10:]}")
    found = _DUTCH_MOMENT.fullmatch(cell)
    if found is None:
        return datetime.fromisoformat(_NAMED_ZONE.sub(lambda rest: rest[2] or "", cell))
    day, month, year, hour, minute, second, offset = found.groups()
    zone = datetime.strptime(offset.replace(":", ""), "%z").tzinfo if offset else None
    return datetime(
        int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=zone
    )
