"""Readers as a CSV file: read into values that cannot be wrong, written so that no spreadsheet runs what is in it."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from io import StringIO

from newsletter_service.subscriptions.addresses import Address, BadAddress, parse_address
from newsletter_service.subscriptions.rules import BadName, Status, clean_name

COLUMNS = ("address", "name", "language", "segments", "topics", "status", "confirmed_at")
LANGUAGES = frozenset({"nl", "en"})
_RUNS_IN_A_SPREADSHEET = ("=", "+", "-", "@", "\t", "\r")
_GUARD = "'"
_Row = Mapping[str, str]


@dataclass(frozen=True)
class Line:
    """One reader of a sheet; `segments` and `topics` are slugs, `confirmed_at` is aware."""

    number: int
    address: Address
    name: str
    language: str
    segments: frozenset[str]
    topics: frozenset[str]
    status: Status
    confirmed_at: datetime | None


@dataclass(frozen=True)
class Fault:
    """What is wrong with a line, for the person at the command; never quotes an address."""

    line: int
    what: str


@dataclass
class Sheet:
    """What a file holds: its good lines, and what is wrong with the others."""

    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


class _Wrong(ValueError):
    """A cell that cannot be used; the message says why."""


def read_sheet(text: str, segments: Iterable[str], topics: Iterable[str], now: datetime) -> Sheet:
    """The readers in a CSV file with a header line, separated by commas or (as Dutch spreadsheets do) semicolons.

    Only `address` must be there. `segments` and `topics` are the slugs there are; a cell holds any of them,
    separated by blanks.
    """
    sheet = Sheet()
    header, _, _ = text.partition("\n")
    rows = csv.DictReader(StringIO(text, newline=""), delimiter=";" if ";" in header else ",", strict=True)
    known = {"segments": frozenset(segments), "topics": frozenset(topics)}
    seen: dict[Address, int] = {}
    try:
        sheet.faults += [Fault(1, what) for what in _wrong_with_header(rows.fieldnames or ())]
        for row in rows if not sheet.faults else ():
            _add(sheet, rows.line_num, row, known, seen, now)
    except csv.Error as error:
        sheet.faults.append(Fault(rows.reader.line_num, f"is no CSV: {error}"))
    return sheet


def write_sheet(lines: Iterable[Line]) -> Iterator[str]:
    """A CSV file of `lines`, header first, row by row; read_sheet reads it back unchanged."""
    yield csv_line(COLUMNS)
    for line in lines:
        confirmed = line.confirmed_at.isoformat(timespec="seconds") if line.confirmed_at else ""
        choices = (" ".join(sorted(line.segments)), " ".join(sorted(line.topics)))
        cells = (line.address.text, line.name, line.language, *choices, line.status.value, confirmed)
        yield guarded_line(cells)


def guarded_line(cells: Iterable[str]) -> str:
    """One line of CSV in which no cell runs as a formula when a spreadsheet opens it."""
    return csv_line([_guarded(cell) for cell in cells])


def csv_line(cells: Iterable[str]) -> str:
    """One line of CSV."""
    out = StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()


def _guarded(cell: str) -> str:
    """With an apostrophe before what a spreadsheet would take for a formula, or for such an apostrophe."""
    return f"{_GUARD}{cell}" if cell.startswith((*_RUNS_IN_A_SPREADSHEET, _GUARD)) else cell


def _unguarded(cell: str) -> str:
    bare = cell.removeprefix(_GUARD)
    return bare if _guarded(bare) == cell else cell


def _wrong_with_header(names: Iterable[str]) -> Iterator[str]:
    names = list(names)
    if "address" not in names:
        yield "names no column 'address'"
    for name in dict.fromkeys(names):
        if name not in COLUMNS:
            yield f"names a column {name!r}; there are: {', '.join(COLUMNS)}"
        elif names.count(name) > 1:
            yield f"names the column {name!r} twice"


def _add(
    sheet: Sheet,
    number: int,
    row: _Row,
    known: Mapping[str, frozenset[str]],
    seen: dict[Address, int],
    now: datetime,
) -> None:
    try:
        line = _line(number, row, known, now)
        before = seen.setdefault(line.address, number)
        if before != number:
            raise _Wrong(f"has the address of line {before} again")
        sheet.lines.append(line)
    except _Wrong as wrong:
        sheet.faults.append(Fault(number, str(wrong)))


def _line(number: int, row: _Row, known: Mapping[str, frozenset[str]], now: datetime) -> Line:
    if None in row or None in row.values():
        raise _Wrong("has more or fewer cells than the header")
    cells = {name: _unguarded(cell.strip()) for name, cell in row.items()}
    return Line(
        number=number,
        address=_address(cells["address"]),
        name=_name(cells.get("name", "")),
        language=_one_of("language", cells.get("language") or "nl", LANGUAGES),
        segments=_slugs("segments", cells, known),
        topics=_slugs("topics", cells, known),
        status=Status(_one_of("status", cells.get("status") or Status.ACTIVE.value, frozenset(Status))),
        confirmed_at=_moment(cells.get("confirmed_at", ""), now),
    )


def _address(cell: str) -> Address:
    try:
        return parse_address(cell)
    except BadAddress as error:
        raise _Wrong(f"has no address that can be written to ({error.problem})") from error


def _name(cell: str) -> str:
    try:
        return clean_name(cell)
    except BadName as error:
        raise _Wrong(f"has a name that cannot be used ({error.problem})") from error


def _one_of(column: str, cell: str, possible: frozenset[str]) -> str:
    if cell not in possible:
        raise _Wrong(f"has {cell!r} as {column}; there are: {', '.join(sorted(possible))}")
    return cell


def _slugs(column: str, cells: _Row, known: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return frozenset(_one_of(column, slug, known[column]) for slug in cells.get(column, "").split())


def _moment(cell: str, now: datetime) -> datetime | None:
    """Aware and past; without its offset a moment could be meant in any zone."""
    if not cell:
        return None
    try:
        moment = datetime.fromisoformat(cell)
    except ValueError as error:
        raise _Wrong("has a confirmed_at that is not like 2026-11-23T09:00:00+01:00") from error
    if moment.tzinfo is None:
        raise _Wrong("has a confirmed_at without its offset from UTC, such as +01:00")
    if moment > now:
        raise _Wrong("has a confirmed_at that is still to come")
    return moment
