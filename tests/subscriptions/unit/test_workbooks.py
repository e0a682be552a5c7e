"""Workbooks come in as they stand, and one that was packed to harm harms nothing."""

from pathlib import Path

import pytest

from newsletter_service.files.csv import UnreadableFile
from newsletter_service.subscriptions.importing.files import table_in
from newsletter_service.subscriptions.importing.sheets import Sheet, read_sheet
from tests.conftest import NOW
from tests.workbooks import save_raw_workbook, save_workbook


def read(path: Path) -> Sheet:
    return read_sheet(table_in(path, path.with_suffix(".text")), {"politie": "politie"}, {}, NOW)


def test_the_readers_of_a_workbook_are_read_with_the_lines_that_they_stand_on(tmp_path: Path) -> None:
    file = tmp_path / "lezers.xlsx"
    rows = [
        [],
        ["Naam", "E-mailadres", "Doelgroep"],
        ["Anna", "anna@b.example", "Politie"],
        ["Bea\nBos", "bea@b.example", ""],
    ]
    save_workbook(file, {"Lezers": rows})
    sheet = read(file)
    assert not sheet.faults
    assert [(one.number, one.address.text, one.name, sorted(one.segments)) for one in sheet.lines] == [
        (3, "anna@b.example", "Anna", ["politie"]),
        (4, "bea@b.example", "Bea Bos", []),
    ]


def test_the_sheet_with_addresses_is_found_behind_others_and_none_that_is_hidden(tmp_path: Path) -> None:
    file = tmp_path / "lezers.xlsx"
    save_workbook(
        file,
        {
            "Toelichting": [["Dit is de lijst van 2026"]],
            "Oud": [["E-mail"], ["oud@b.example"]],
            "Lezers": [["E-mail", "Telefoon"], ["nieuw@b.example", 612345678.0]],
        },
        hidden="Oud",
    )
    assert [one.address.text for one in read(file).lines] == ["nieuw@b.example"]


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1" t="inlineStr"><is><t>email</t></is></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="inlineStr"><is><t>' + "email" * 100_000_000 + "</t></is></c></row>",
    ],
    ids=["seventeen billion cells", "one cell of half a gigabyte"],
)
def test_a_small_file_that_claims_to_be_enormous_cannot_be_read(tmp_path: Path, rows: str) -> None:
    file = tmp_path / "bom.xlsx"
    save_raw_workbook(file, {"Lezers": rows})
    assert file.stat().st_size < 2_000_000
    with pytest.raises(UnreadableFile, match="too large"):
        read(file)


def test_what_only_begins_like_a_workbook_cannot_be_read(tmp_path: Path) -> None:
    file = tmp_path / "kapot.xlsx"
    file.write_bytes(b"PK\x03\x04 en verder niets")
    with pytest.raises(UnreadableFile, match="damaged"):
        read(file)


def test_a_word_that_is_packed_once_and_stands_everywhere_fills_no_disk(tmp_path: Path) -> None:
    file, text = tmp_path / "bom.xlsx", tmp_path / "bom.text"
    cells = "".join(f'<c r="{column}{{0}}" t="s"><v>0</v></c>' for column in "ABCDEFGHIJKLMNOPQRST")
    rows = "".join(f'<row r="{number}">{cells.format(number)}</row>' for number in range(1, 1_200))
    save_raw_workbook(file, {"Lezers": rows}, words=["email" + "x" * 3_000])
    assert file.stat().st_size < 100_000
    with pytest.raises(UnreadableFile, match="too large"):
        table_in(file, text)
    assert [*tmp_path.iterdir()] == [file]


def test_a_text_that_was_only_begun_is_not_taken_for_all_of_it(tmp_path: Path) -> None:
    file = tmp_path / "lezers.xlsx"
    save_workbook(file, {"Lezers": [["email"], *([f"lezer{n}@b.example"] for n in range(50))]})
    (tmp_path / "lezers.text.new").write_text("email\nlezer0@b.example\n")
    assert len(read(file).lines) == 50
