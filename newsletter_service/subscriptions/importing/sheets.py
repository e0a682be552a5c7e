"""Readers as a table: read into values that cannot be wrong, written so that they come back unchanged."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from newsletter_service.clock import DEFAULT_ZONE
from newsletter_service.delivery.rules import Suppressed
from newsletter_service.files.csv import (
    BEGINNING,
    Opener,
    Row,
    UnreadableFile,
    bare_csv_line,
    csv_line,
    guarded,
    rows_from,
)
from newsletter_service.subscriptions.addresses import BadAddress, parse_address
from newsletter_service.subscriptions.importing import columns
from newsletter_service.subscriptions.importing.cells import Cells, Vocabulary, is_damaged, written
from newsletter_service.subscriptions.importing.columns import HEADINGS, Columns
from newsletter_service.subscriptions.importing.rules import (
    MOST_COLUMNS,
    MOST_ROWS,
    Line,
    Problem,
    Remark,
    Standing,
    StayAway,
    Unusable,
    Verified,
)

REMARKS_KEPT = 1000
"""Of what is wrong, or odd, so much is kept to be told; the rest is counted."""
_EVERY = 1000
_LONGEST_WORD = 200
_HASH = re.compile(r"[0-9a-f]{16}:[0-9a-f]{64}")
_REASON = re.compile(r"[a-z_]{1,20}")
_PLAIN_LIST = ("address", "name")


@dataclass
class Remarks:
    """What is to be told of a list, up to a limit, and the number of all there is."""

    kept: list[Remark] = field(default_factory=list)
    number: int = 0

    def add(self, line: int, problem: Problem, about: Mapping[str, str] | None = None) -> None:
        """Keep one more, or only count it. A word that may be an address stands in the wrong column: it is left out."""
        self.number += 1
        if len(self.kept) < REMARKS_KEPT:
            told = {
                name: "…" if "@" in word else word[:_LONGEST_WORD] for name, word in (about or {}).items()
            }
            self.kept.append(Remark(line, problem, told))

    def __bool__(self) -> bool:
        return self.number > 0


@dataclass
class Sheet:
    """What a file holds: its good lines, what is wrong with the others, and what is odd but no reason to refuse."""

    lines: list[Line] = field(default_factory=list)
    stay_away: list[StayAway] = field(default_factory=list)
    faults: Remarks = field(default_factory=Remarks)
    remarks: Remarks = field(default_factory=Remarks)
    program: str = ""


@dataclass(frozen=True)
class Heading:
    """The header of a file as it stands there and on which line (0: nowhere), what its columns are taken for, and the
    first rows below it.
    """

    line: int
    titles: tuple[str, ...]
    columns: Columns
    first: tuple[tuple[str, ...], ...]


def heading_of(opener: Opener, rows: int) -> Heading | None:
    """The header of a file and its first rows; None where it has none. UnreadableFile."""
    table = _table(opener)
    header = next(table, None)
    if header is None:
        return None
    first = tuple(row.cells for row, _number in zip(table, range(rows), strict=False))
    try:
        guessed = columns.columns_of(header.cells)
    except Unusable:
        guessed = columns.chosen_columns(header.cells, ())
    return Heading(header.line, header.cells[:MOST_COLUMNS], guessed, first)


def read_sheet(
    opener: Opener,
    segments: Mapping[str, str],
    topics: Mapping[str, str],
    now: datetime,
    *,
    chosen: Iterable[str] | None = None,
    keep: Callable[[Line], None] | None = None,
    progress: Callable[[int], None] = lambda _rows: None,
) -> Sheet:
    """The readers in a table with a header, as spreadsheets and other programs write it.

    Only the addresses must be there. `segments` and `topics` give a slug by whatever may name it, in lower case.
    `chosen` says what each column is, where somebody did. Moments without an offset are meant on our clocks, or on
    those of the program that wrote the file. Lines go to `keep`, or into the sheet. `progress` hears the number of
    rows every now and then.
    """
    sheet = Sheet()
    try:
        rows = _table(opener)
        header = next(rows, None)
        if header is None:
            sheet.faults.add(1, Problem.NO_ADDRESSES)
            return sheet
        words = Vocabulary(segments, topics, now, DEFAULT_ZONE)
        reading = _begun(sheet, header, words, chosen, keep or sheet.lines.append)
        if reading is not None:
            reading.add_all(rows, progress)
    except UnreadableFile as error:
        sheet.faults.add(0, Problem.UNREADABLE, {"about": str(error)})
    except UnicodeDecodeError:
        sheet.faults.add(0, Problem.UNREADABLE, {"about": "the file changed while it was read"})
    return sheet


def write_sheet(
    lines: Iterable[Line], stay_away: Iterable[StayAway] = (), zone: str = DEFAULT_ZONE
) -> Iterator[str]:
    """A file of readers and of hashes, row by row, for Dutch spreadsheets; read_sheet reads it back unchanged."""
    yield BEGINNING + csv_line(HEADINGS.values())
    for line in lines:
        yield bare_csv_line(_cells_of(line, zone))
    for one in stay_away:
        word = (
            columns.SUPPRESSED_WORD
            if one.scope is Suppressed.ALL_MAIL
            else columns.STATUS_WORDS[Standing.LEFT]
        )
        cells = {
            "status": word,
            "address_hash": one.key,
            "reason": one.reason,
            "since": written(one.since, zone),
        }
        yield csv_line([cells.get(column, "") for column in HEADINGS])


def _cells_of(line: Line, zone: str) -> tuple[str, ...]:
    """The cells of a reader, in the order of HEADINGS; those that are ours need no guard."""
    return (
        guarded(line.address.text),
        guarded(line.name),
        guarded(line.organisation),
        columns.LANGUAGE_WORDS[line.language],
        guarded(" ".join(sorted(line.segments))) if line.segments else "",
        guarded(" ".join(sorted(line.topics))) if line.topics else "",
        columns.STATUS_WORDS[line.status],
        written(line.asked_at, zone) if line.asked_at else "",
        written(line.confirmed_at, zone) if line.confirmed_at else "",
        written(line.left_at, zone) if line.left_at else "",
        written(line.paused_until, zone) if line.paused_until else "",
        guarded(", ".join(_verified(one, zone) for one in line.verified)) if line.verified else "",
        *_NO_HASH,
    )


_NO_HASH = ("", "", "")


def _verified(one: Verified, zone: str) -> str:
    until = f"tot {written(one.until, zone)}" if one.until else ""
    more = ", ".join(part for part in (until, re.sub(r"[()]", " ", one.source).strip()) if part)
    return f"{one.segment} ({more})" if more else one.segment


def _table(opener: Opener) -> Iterator[Row]:
    """The header and the rows below it; a list of addresses without a header gets one."""
    rows = rows_from(opener, columns.has_addresses)
    header = next(rows, None)
    if header is not None:
        yield header
        yield from rows
    elif _is_plain_list(opener):
        yield Row(0, _PLAIN_LIST)
        yield from _plain_list(opener)


def _plain_list(opener: Opener) -> Iterator[Row]:
    """One address a line, some behind a name, as Mailman's command prints them."""
    with opener() as text:
        for number, line in enumerate(text, 1):
            name, bracket, _rest = line.removeprefix(BEGINNING).strip().partition("<")
            if line.strip():
                yield Row(number, (line.strip(), name.strip().strip('"') if bracket else ""))


def _is_plain_list(opener: Opener) -> bool:
    first = next(_plain_list(opener), None)
    try:
        return first is not None and bool(parse_address(first.cells[0]))
    except BadAddress:
        return False


def _begun(
    sheet: Sheet,
    header: Row,
    words: Vocabulary,
    chosen: Iterable[str] | None,
    keep: Callable[[Line], None],
) -> "_Reading | None":
    """What reads the rows below a header; None if that cannot be."""
    cells = header.cells
    try:
        found = columns.columns_of(cells) if chosen is None else columns.chosen_columns(cells, chosen)
    except Unusable as problem:
        sheet.faults.add(header.line, problem.problem, problem.about)
        return None
    if "address" not in found.places:
        sheet.faults.add(header.line, Problem.NO_ADDRESSES)
        return None
    for title in columns.unused(cells, found):
        sheet.remarks.add(header.line, Problem.UNUSED, {"about": title})
    if found.program:
        sheet.program = found.program.name
        words = Vocabulary(words.segments, words.topics, words.now, found.program.zone)
    return _Reading(sheet, found.places, len(cells), words, keep)


@dataclass
class _Reading:
    """A sheet while it is read: where its columns are, and which addresses were there before."""

    sheet: Sheet
    places: Mapping[str, int]
    width: int
    words: Vocabulary
    keep: Callable[[Line], None]
    seen: dict[str, int] = field(default_factory=dict)

    def add_all(self, rows: Iterable[Row], progress: Callable[[int], None]) -> None:
        for number, row in enumerate(rows):
            if number == MOST_ROWS:
                self.sheet.faults.add(row.line, Problem.TOO_MANY, {"about": str(MOST_ROWS)})
                return
            self.add(row)
            if number % _EVERY == 0:
                progress(number)

    def add(self, row: Row) -> None:
        try:
            if len(row.cells) > self.width and any(map(str.strip, row.cells[self.width :])):
                raise Unusable(Problem.TOO_WIDE)
            padded = row.cells if len(row.cells) >= self.width else (*row.cells, *[""] * self.width)
            cells = Cells.of(padded, self.places, self.words)
            if not cells.text("address") and cells.text("address_hash"):
                self._add_stay_away(row.line, cells)
            else:
                self._add_line(row.line, cells)
        except Unusable as error:
            self.sheet.faults.add(row.line, error.problem, error.about)

    def _add_line(self, number: int, cells: Cells) -> None:
        line = Line(
            number=number,
            address=cells.address(),
            name=self._name(number, cells),
            organisation=cells.cleaned("organisation", cells.text("organisation")),
            language=cells.language(),
            segments=cells.slugs("segments", self.words.segments),
            topics=cells.slugs("topics", self.words.topics),
            status=cells.status(),
            asked_at=cells.moment("asked_at"),
            confirmed_at=cells.moment("confirmed_at"),
            left_at=cells.moment("left_at") or cells.moment("bounced_at"),
            paused_until=cells.end_of_pause(),
            verified=cells.verified(),
            source=cells.words_of("source"),
        )
        self._once(line.address.text, number)
        self.keep(line)

    def _add_stay_away(self, number: int, cells: Cells) -> None:
        key, reason, since = cells.text("address_hash"), cells.text("reason"), cells.moment("since")
        if not _HASH.fullmatch(key):
            raise Unusable(Problem.BAD_KEY)
        if not _REASON.fullmatch(reason):
            raise Unusable(Problem.BAD_REASON)
        never = cells.text("status").casefold() == columns.SUPPRESSED_WORD
        scope = Suppressed.ALL_MAIL if never else Suppressed.IMPORTS
        self._once(key, number)
        self.sheet.stay_away.append(StayAway(number, key, scope, reason, since or self.words.now))

    def _once(self, which: str, number: int) -> None:
        before = self.seen.setdefault(which, number)
        if before != number:
            raise Unusable(Problem.AGAIN, about=str(before))

    def _name(self, number: int, cells: Cells) -> str:
        typed = cells.typed_name()
        if typed and columns.is_empty(typed):
            self.sheet.remarks.add(number, Problem.NO_NAME, {"about": typed})
            return ""
        if is_damaged(typed):
            self.sheet.remarks.add(number, Problem.DAMAGED)
        return cells.cleaned("name", typed)
