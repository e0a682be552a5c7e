"""Tables as people's spreadsheets save and open them: CSV in whatever form they have it, and in the one we write."""

import csv
import re
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from io import StringIO
from itertools import dropwhile, islice
from pathlib import Path
from typing import NamedTuple, TextIO, cast

BEGINNING = "\ufeff"
"""The byte order mark: without it Excel takes UTF-8 for the encoding of the machine."""
DELIMITER = ";"
"""What Excel splits by where the comma is a decimal point."""

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_DELIMITERS = ";,\t|"
_SEP_LINE = re.compile(r"\ufeff?\"?sep=(.)\"?\r?\n", re.IGNORECASE)
_PROBED = 20_000
_MOST_CELLS = 2_000
_PIECE = 1 << 20
_TITLES_WITHIN = 10
_FORMULA = r"'*[=+\-@＝＋－＠\t\r]"
_CELL_BEGINS = r"(^|[;,\t|\n\r\"])"
_MAY_RUN = re.compile(f'^{_FORMULA}|[;,\\t|\\n\\r"]')
"""What only few cells have: all others are left as they are at a glance."""
_UNGUARDED = re.compile(f"{_CELL_BEGINS}(?={_FORMULA})")
_GUARDED = re.compile(f"{_CELL_BEGINS}'(?={_FORMULA})")


class UnreadableFile(ValueError):
    """No table: the message says why, for the person at the command."""


class Row(NamedTuple):
    """The cells of one row, and the line of the file that it ends on."""

    line: int
    cells: tuple[str, ...]


Opener = Callable[[], TextIO]
"""Opens a text from its beginning, its line ends as they are."""


def text_file(path: Path) -> Opener:
    """Opens the text of a file: UTF-8, UTF-16 where it says so, and else the code page of Windows; UnreadableFile."""
    with path.open("rb") as file:
        named = file.read(2) in _UTF_16
    for encoding in ["utf-16"] if named else ["utf-8-sig", "cp1252"]:
        if _is_in(path, encoding):
            return partial(path.open, encoding=encoding, newline="")
    raise UnreadableFile("the file is no text (in a spreadsheet, save it as “CSV UTF-8”)")


def _is_in(path: Path, encoding: str) -> bool:
    """Whether a whole file can be read in an encoding; a piece at a time, as it may be large."""
    decoder = getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def rows_from(opener: Opener, is_header: Callable[[tuple[str, ...]], bool]) -> Iterator[Row]:
    """The header and what follows it, whichever delimiter they are split by; rows without any text are passed over.

    `is_header` knows a header when it sees one: what stands above it (a title, an export's date) is no part of
    the table. Nothing comes out where there is no header within the first rows. Raises UnreadableFile.
    """
    with opener() as text:
        probed = text.read(_PROBED).removeprefix(BEGINNING)
    named = _SEP_LINE.match(probed)
    body, skipped = (probed[named.end() :], 1) if named else (probed, 0)
    delimiters = named[1] if named else _DELIMITERS
    headers = {
        delimiter: _header(StringIO(body, newline=""), delimiter, is_header) for delimiter in delimiters
    }
    found = {delimiter: header for delimiter, header in headers.items() if header is not None}
    if found:
        delimiter = max(found, key=lambda one: len(found[one].cells))
        with opener() as text:
            if skipped:
                text.readline()
            above = found[delimiter].line + skipped
            rows = _split(text, delimiter, skipped, strict=True)
            yield from dropwhile(lambda row: row.line < above, rows)


def _header(text: TextIO, delimiter: str, is_header: Callable[[tuple[str, ...]], bool]) -> Row | None:
    """The header, if `text` is split by `delimiter`."""
    first = islice(_split(text, delimiter, strict=False), _TITLES_WITHIN)
    return next((row for row in first if is_header(row.cells)), None)


class _Echo:
    """A file that gives back what is written to it."""

    @staticmethod
    def write(line: str) -> str:
        return line


_LINES = csv.writer(_Echo(), delimiter=DELIMITER, lineterminator="\r\n")


def csv_line(cells: Iterable[str]) -> str:
    """One line of CSV in which no cell runs as a formula, by whichever delimiter a spreadsheet splits it."""
    return bare_csv_line([guarded(cell) if cell else cell for cell in cells])


def bare_csv_line(cells: Iterable[str]) -> str:
    """One line of CSV of cells that are guarded where they have to be."""
    return cast(str, _LINES.writerow(cells))  # the writer answers with what its file does


def guarded(cell: str) -> str:
    """`cell` with an apostrophe before whatever a spreadsheet would take for the beginning of a formula.

    That is looked for behind every delimiter, for a program that splits by another one finds a cell there.
    """
    return _UNGUARDED.sub(r"\1'", cell) if _MAY_RUN.search(cell) else cell


def unguarded(cell: str) -> str:
    """What `guarded` was given."""
    return _GUARDED.sub(r"\1", cell) if "'" in cell else cell


def _split(text: TextIO, delimiter: str, skipped: int = 0, *, strict: bool) -> Iterator[Row]:
    reader = csv.reader(_without_beginning(text), delimiter=delimiter, strict=strict)
    try:
        for cells in reader:
            if len(cells) > _MOST_CELLS:
                raise UnreadableFile(f"line {reader.line_num} has more than {_MOST_CELLS} cells")
            if any(map(str.strip, cells)):
                yield Row(reader.line_num + skipped, tuple(cells))
    except csv.Error as error:
        raise UnreadableFile(f"line {reader.line_num} is no CSV: {error}") from error


def _without_beginning(text: TextIO) -> Iterator[str]:
    """The lines of a text, without the byte order mark that may stand before the first."""
    yield from (line.removeprefix(BEGINNING) for line in islice(text, 1))
    yield from text
