"""Workbooks of spreadsheet programs as text: read by a process of its own, for what strangers packed may be anything.

A small file can claim to hold seventeen billion cells. A process that may use only so much memory and time ends at
that, and nothing else does.
"""

import csv
import errno
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import cast

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from newsletter_service.files.csv import DELIMITER, UnreadableFile
from newsletter_service.files.full_disk import is_full_disk
from newsletter_service.files.locations import PACKAGE
from newsletter_service.subscriptions.importing.columns import has_addresses
from newsletter_service.subscriptions.importing.merging import Range, with_merged
from newsletter_service.subscriptions.importing.rules import MOST_BYTES, MOST_COLUMNS, MOST_ROWS

_BEGINNINGS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""Of .xlsx and .ods, and of .xls."""
_MEMORY = 700 * 1024 * 1024
_SECONDS = 60
_TEXT = 2 * MOST_BYTES
"""What the text may take on disk: one word that stands in every cell is packed once, and written each time."""
_TITLES_WITHIN = 10
_ROWS = MOST_ROWS + _TITLES_WITHIN + 1
_MODULE = "newsletter_service.subscriptions.importing.workbooks"
_UNREADABLE = "the workbook cannot be read: it is damaged, locked with a password, or too large"


def is_workbook(path: Path) -> bool:
    """Whether a file is a workbook of a spreadsheet program, by how it begins."""
    with path.open("rb") as file:
        return file.read(4) in _BEGINNINGS


def write_as_text(workbook: Path, text: Path) -> None:
    """Write the readers' sheet of a workbook as CSV, line by line as it stands there; UnreadableFile.

    The text is there whole or not at all: who was ended on the way finds no beginning of it that looks like all.
    """
    beginning = text.with_name(f"{text.name}.new")
    with workbook.open("rb") as read, beginning.open("wb") as written:
        try:
            done = subprocess.run(  # noqa: S603  # our own module, on a file of ours
                [sys.executable, "-m", _MODULE],
                stdin=read,
                stdout=written,
                stderr=subprocess.DEVNULL,
                env={"PYTHONPATH": str(PACKAGE.parent)},
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise UnreadableFile(_UNREADABLE) from error
    if done.returncode:
        beginning.unlink()
        if done.returncode == os.EX_IOERR:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        raise UnreadableFile(_UNREADABLE)
    beginning.replace(text)


def main() -> None:
    """Read a workbook from standard input, and write its readers' sheet to standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_TEXT, _TEXT))
    workbook = CalamineWorkbook.from_filelike(sys.stdin.buffer)
    try:
        _write(workbook)
    except OSError as error:
        if not is_full_disk(error):
            raise
        os._exit(os.EX_IOERR)  # and no word more: what is left of the text has no room either


def _write(workbook: CalamineWorkbook) -> None:
    sheet = _readers_sheet(workbook)
    out = TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="")
    rows = with_merged(islice(_rows(sheet), _ROWS), _merged(sheet))
    csv.writer(out, delimiter=DELIMITER).writerows(rows)
    out.flush()


def _readers_sheet(workbook: CalamineWorkbook) -> CalamineSheet:
    """The first sheet in sight that has addresses; the first of all if none has."""
    names = [
        one.name
        for one in workbook.sheets_metadata
        if one.typ is SheetTypeEnum.WorkSheet and one.visible is SheetVisibleEnum.Visible
    ]
    sheets = [workbook.get_sheet_by_name(name) for name in names]
    return next(
        (sheet for sheet in sheets if any(map(has_addresses, islice(_rows(sheet), _TITLES_WITHIN)))),
        sheets[0],
    )


def _rows(sheet: CalamineSheet) -> Iterator[list[str]]:
    read = cast(Iterator[list[object]], sheet.iter_rows())  # from the first row on, also where that is empty
    return ([_cell(one) for one in row[:MOST_COLUMNS]] for row in read)


def _merged(sheet: CalamineSheet) -> Iterator[Range]:
    """What is merged, by the columns that rows are read with: from the first on that has a cell."""
    first = sheet.start[1] if sheet.start else 0
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if right >= first:
            yield (top, max(left - first, 0)), (bottom, right - first)


def _cell(value: object) -> str:
    """As people would have typed it, on one line."""
    if isinstance(value, datetime):
        return f"{value:%d-%m-%Y %H:%M:%S}"
    if isinstance(value, date):
        return f"{value:%d-%m-%Y}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, time | timedelta):
        return str(value)
    return " ".join(str(value).split("\n"))


if __name__ == "__main__":
    main()
