"""Small workbooks as spreadsheet programs save them (Office Open XML), made by hand."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
Cell = str | int | float


def save_workbook(
    path: Path,
    sheets: Mapping[str, Sequence[Sequence[Cell]]],
    hidden: str = "",
    merged: Sequence[str] = (),
) -> None:
    """Save tables as the sheets of a workbook; the sheet `hidden` is out of sight, `merged` are cells as "A2:A4"."""
    save_raw_workbook(path, {name: _sheet(rows) for name, rows in sheets.items()}, hidden, merged=merged)


def save_raw_workbook(
    path: Path,
    sheets: Mapping[str, str],
    hidden: str = "",
    words: Sequence[str] = (),
    merged: Sequence[str] = (),
) -> None:
    """The same of sheets whose rows are XML; `words` are what cells may name by number."""
    listed, linked = "", ""
    for number, name in enumerate(sheets, 1):
        state = ' state="hidden"' if name == hidden else ""
        listed += f'<sheet name="{escape(name)}" sheetId="{number}"{state} r:id="r{number}"/>'
        linked += (
            f'<Relationship Id="r{number}" Type="{_LINKS}/worksheet" Target="worksheets/s{number}.xml"/>'
        )
    linked += f'<Relationship Id="words" Type="{_LINKS}/sharedStrings" Target="sharedStrings.xml"/>'
    together = "".join(f'<mergeCell ref="{ref}"/>' for ref in merged)
    together = f"<mergeCells>{together}</mergeCells>" if together else ""
    kept = "".join(f"<si><t>{escape(word)}</t></si>" for word in words)
    with ZipFile(path, "w", ZIP_DEFLATED) as file:
        file.writestr("xl/sharedStrings.xml", f'<sst xmlns="{_MAIN}">{kept}</sst>')
        file.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{_TYPES}"><Default Extension="xml" ContentType="application/xml"/></Types>',
        )
        file.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r1" Type="{_LINKS}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        file.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>{listed}</sheets></workbook>',
        )
        file.writestr(
            "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{_PACKAGE}">{linked}</Relationships>'
        )
        for number, rows in enumerate(sheets.values(), 1):
            file.writestr(
                f"xl/worksheets/s{number}.xml",
                f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData>{together}</worksheet>',
            )


def _sheet(rows: Sequence[Sequence[Cell]]) -> str:
    return "".join(
        f'<row r="{number}">{"".join(_cell(number, place, cell) for place, cell in enumerate(row))}</row>'
        for number, row in enumerate(rows, 1)
        if row
    )


def _cell(row: int, place: int, cell: Cell) -> str:
    at = f'r="{chr(ord("A") + place)}{row}"'
    if isinstance(cell, str):
        return f'<c {at} t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
    return f"<c {at}><v>{cell}</v></c>"
