"""Readers as a spreadsheet: read into values that cannot be wrong, written so that they come back unchanged."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from newsletter_service.clock import DEFAULT_ZONE, AmbiguousTime, NonexistentTime, in_zone, local_moment
from newsletter_service.delivery.rules import Suppressed
from newsletter_service.files.csv import BEGINNING, Row, UnreadableFile, csv_line, rows_from, unguarded
from newsletter_service.languages import Language
from newsletter_service.subscriptions.addresses import Address, BadAddress, parse_address
from newsletter_service.subscriptions.importing import columns
from newsletter_service.subscriptions.importing.columns import HEADINGS, UnknownWord
from newsletter_service.subscriptions.rules import BadName, Status, clean_name

_DUTCH_MOMENTS = ("%d-%m-%Y %H:%M:%S", "%d-%m-%Y %H:%M", "%d-%m-%Y %H:%M:%S %z", "%d-%m-%Y")
_HASH = re.compile(r"[0-9a-f]{16}:[0-9a-f]{64}")
_REASON = re.compile(r"[a-z_]{1,20}")
_DAMAGED = re.compile("[ÃÂ][\x80-\xbf]|â€|�|[ÃÂ][€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
T = TypeVar("T")
_Cells = Mapping[str, str]
_Known = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Line:
    """One reader of a sheet; `segments` and `topics` are slugs, `confirmed_at` is aware."""

    number: int
    address: Address
    name: str
    language: Language
    segments: frozenset[str]
    topics: frozenset[str]
    status: Status
    confirmed_at: datetime | None


@dataclass(frozen=True)
class StayAway:
    """An address, as its keyed hash, that is not to come in by a list; for some `scope` also not to be mailed at all.

    `key` is the hash behind the fingerprint of the key that made it.
    """

    number: int
    key: str
    scope: Suppressed
    reason: str
    since: datetime


@dataclass(frozen=True)
class Remark:
    """What is wrong or odd about a line, for the person at the command; never quotes an address."""

    line: int
    what: str


@dataclass
class Sheet:
    """What a file holds: its good lines, what is wrong with the others, and what is odd but no reason to refuse."""

    lines: list[Line] = field(default_factory=list)
    stay_away: list[StayAway] = field(default_factory=list)
    faults: list[Remark] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


class _Wrong(ValueError):
    """A cell that cannot be used; the message says why."""


def read_sheet(
    text: str, segments: Mapping[str, str], topics: Mapping[str, str], now: datetime, zone: str = DEFAULT_ZONE
) -> Sheet:
    """The readers in a table with a header, as spreadsheets and other programs write it.

    Only the addresses must be there. `segments` and `topics` give a slug by whatever may name it, in lower
    case. Moments without an offset are meant in `zone`.
    """
    sheet = Sheet()
    reading = _Reading(sheet, {"segments": segments, "topics": topics}, now, zone)
    try:
        rows = rows_from(text, columns.has_addresses)
        header = next(rows, None)
        if header is None:
            sheet.faults.append(Remark(1, "names no column with mail addresses, such as 'address'"))
            return sheet
        places = reading.places(header)
        for row in rows if not sheet.faults else ():
            reading.add(row, places, len(header.cells))
    except UnreadableFile as error:
        sheet.faults.append(Remark(0, str(error)))
    return sheet


def write_sheet(
    lines: Iterable[Line], stay_away: Iterable[StayAway] = (), zone: str = DEFAULT_ZONE
) -> Iterator[str]:
    """A file of readers and of hashes, row by row, for Dutch spreadsheets; read_sheet reads it back unchanged."""
    yield BEGINNING + csv_line(HEADINGS.values())
    for line in lines:
        yield _row(
            address=line.address.text,
            name=line.name,
            language=columns.LANGUAGE_WORDS[line.language],
            segments=" ".join(sorted(line.segments)),
            topics=" ".join(sorted(line.topics)),
            status=columns.STATUS_WORDS[line.status],
            confirmed_at=_written(line.confirmed_at, zone) if line.confirmed_at else "",
        )
    for one in stay_away:
        word = (
            columns.SUPPRESSED_WORD if one.scope is Suppressed.ALL_MAIL else columns.STATUS_WORDS[Status.LEFT]
        )
        yield _row(status=word, address_hash=one.key, reason=one.reason, since=_written(one.since, zone))


def _row(**cells: str) -> str:
    return csv_line(cells.get(column, "") for column in HEADINGS)


def _written(moment: datetime, zone: str) -> str:
    """On the clocks of `zone`; with the offset in the hour that comes twice, for there they do not tell."""
    local = in_zone(moment, zone)
    written = f"{local:%d-%m-%Y %H:%M:%S}"
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{written} {local:%z}" if twice else written


@dataclass
class _Reading:
    """A sheet while it is read: what may stand in its cells, and which addresses were there before."""

    sheet: Sheet
    known: _Known
    now: datetime
    zone: str
    seen: dict[object, int] = field(default_factory=dict)

    def places(self, header: Row) -> dict[str, int]:
        try:
            places = columns.columns_of(header.cells)
        except ValueError as error:
            self.sheet.faults.append(Remark(header.line, str(error)))
            return {}
        for title in columns.unused(header.cells, places):
            self.sheet.remarks.append(Remark(header.line, f"the column {title!r} is not used"))
        return places

    def add(self, row: Row, places: Mapping[str, int], width: int) -> None:
        try:
            if any(cell.strip() for cell in row.cells[width:]):
                raise _Wrong("has more cells than the header")
            padded = (*row.cells, *[""] * width)
            cells = {column: unguarded(padded[place].strip()) for column, place in places.items()}
            if not cells["address"] and cells.get("address_hash"):
                self._add_stay_away(row.line, cells)
            else:
                self._add_line(row.line, cells)
        except _Wrong as wrong:
            self.sheet.faults.append(Remark(row.line, str(wrong)))

    def _add_line(self, number: int, cells: _Cells) -> None:
        line = Line(
            number=number,
            address=_address(cells["address"]),
            name=self._name(number, cells),
            language=_word("language", cells, columns.language_of),
            segments=self._slugs("segments", cells),
            topics=self._slugs("topics", cells),
            status=_word("status", cells, columns.status_of),
            confirmed_at=self._moment("confirmed_at", cells),
        )
        self._once(line.address, number)
        self.sheet.lines.append(line)

    def _add_stay_away(self, number: int, cells: _Cells) -> None:
        key, reason, since = cells["address_hash"], cells.get("reason", ""), self._moment("since", cells)
        if not _HASH.fullmatch(key):
            raise _Wrong("has a key of an address that this product did not write")
        if not _REASON.fullmatch(reason):
            raise _Wrong("has no reason that this product writes beside the key of an address")
        never = cells.get("status", "").casefold() == columns.SUPPRESSED_WORD
        scope = Suppressed.ALL_MAIL if never else Suppressed.IMPORTS
        self._once(key, number)
        self.sheet.stay_away.append(StayAway(number, key, scope, reason, since or self.now))

    def _once(self, which: object, number: int) -> None:
        before = self.seen.setdefault(which, number)
        if before != number:
            raise _Wrong(f"has the address of line {before} again")

    def _name(self, number: int, cells: _Cells) -> str:
        typed = cells.get("name") or " ".join(
            cells[part] for part in ("first_name", "infix", "last_name") if not _empty(cells, part)
        )
        if typed and columns.is_empty(typed):
            self.sheet.remarks.append(Remark(number, f"{typed!r} is not taken for a name"))
            return ""
        if _DAMAGED.search(typed):
            self.sheet.remarks.append(
                Remark(number, "has a name with damaged letters: the file was once saved in a wrong encoding")
            )
        try:
            return clean_name(typed)
        except BadName as error:
            raise _Wrong(f"has a name that cannot be used ({error.problem})") from error

    def _slugs(self, column: str, cells: _Cells) -> frozenset[str]:
        return _word(column, cells, lambda cell: columns.slugs_of(cell, self.known[column]))

    def _moment(self, column: str, cells: _Cells) -> datetime | None:
        """Aware and past."""
        if _empty(cells, column):
            return None
        moment = _moment(column, cells[column], self.zone)
        if moment > self.now:
            raise _Wrong(f"has a {column} that is still to come")
        return moment


def _empty(cells: _Cells, column: str) -> bool:
    return columns.is_empty(cells.get(column, ""))


def _address(cell: str) -> Address:
    try:
        return parse_address(cell)
    except BadAddress as error:
        raise _Wrong(f"has no address that can be written to ({error.problem})") from error


def _word(column: str, cells: _Cells, meaning: Callable[[str], T]) -> T:
    cell = "" if _empty(cells, column) else cells[column]
    try:
        return meaning(cell)
    except UnknownWord as error:
        raise _Wrong(f"has {error.word!r} as {column}; there are: {error}") from error


def _moment(column: str, cell: str, zone: str) -> datetime:
    local = _parsed(column, cell)
    if local.tzinfo is not None:
        return local.astimezone(UTC)
    try:
        return local_moment(local.date(), local.time(), zone)
    except NonexistentTime as error:
        raise _Wrong(f"has a {column} that no clock showed in {zone}") from error
    except AmbiguousTime as error:
        raise _Wrong(f"has a {column} in the hour that came twice: add its offset, such as +0100") from error


def _parsed(column: str, cell: str) -> datetime:
    for form in _DUTCH_MOMENTS:
        try:
            return datetime.strptime(cell, form)  # noqa: DTZ007  # without an offset it is local
        except ValueError:
            continue
    try:
        return datetime.fromisoformat(cell)
    except ValueError as error:
        raise _Wrong(f"has a {column} that is not like 23-11-2026 09:00") from error
