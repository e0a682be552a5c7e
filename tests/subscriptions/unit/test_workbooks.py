"""Workbooks come in as they stand, and one that was packed to harm harms nothing."""

from pathlib import Path

import pytest

from newsletter_service.files.csv import UnreadableFile
from newsletter_service.subscriptions.importing.files import table_in
from newsletter_service.subscriptions.importing.rules import Problem
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


def test_merged_cells_count_for_each_row_that_they_cover(tmp_path: Path) -> None:
    file = tmp_path / "lezers.xlsx"
    rows = [
        ["Lezers van 2026"],
        ["Organisatie", "E-mailadres", "Naam"],
        ["Gemeente Drie", "anna@b.example", "Anna"],
        ["", "bea@b.example", "Bea"],
        ["", "", ""],
        ["Gemeente Vier", "cas@b.example", "Cas"],
    ]
    save_workbook(file, {"Lezers": rows}, merged=["A1:C1", "A3:A5"])
    sheet = read(file)
    assert not sheet.faults
    assert [(one.number, one.name, one.organisation) for one in sheet.lines] == [
        (3, "Anna", "Gemeente Drie"),
        (4, "Bea", "Gemeente Drie"),
        (6, "Cas", "Gemeente Vier"),
    ]


def test_an_address_merged_over_two_rows_is_said_to_stand_there_twice(tmp_path: Path) -> None:
    file = tmp_path / "lezers.xlsx"
    rows = [["E-mailadres", "Naam"], ["anna@b.example", "Anna"], ["", "Bea"]]
    save_workbook(file, {"Lezers": rows}, merged=["A2:A3"])
    assert [(one.line, one.problem, one.about) for one in read(file).faults.kept] == [
        (3, Problem.AGAIN, {"about": "2"})
    ]


def test_a_title_merged_over_two_columns_is_named(tmp_path: Path) -> None:
    file = tmp_path / "lezers.xlsx"
    rows = [["Naam", "", "E-mailadres"], ["Anna", "Bos", "anna@b.example"]]
    save_workbook(file, {"Lezers": rows}, merged=["A1:B1"])
    assert [(one.line, one.problem, one.about) for one in read(file).faults.kept] == [
        (1, Problem.TWICE_NAMED, {"about": "naam"})
    ]


def test_of_a_header_in_two_rows_the_lower_one_counts(tmp_path: Path) -> None:
    file = tmp_path / "lezers.xlsx"
    rows = [
        ["E-mailadres", "Naam", "", "Organisatie"],
        ["", "Voornaam", "Achternaam", ""],
        ["anna@b.example", "Anna", "Bos", "Gemeente Drie"],
    ]
    save_workbook(file, {"Lezers": rows}, merged=["A1:A2", "B1:C1"])
    sheet = read(file)
    assert not sheet.faults
    assert not sheet.remarks
    assert [(one.number, one.name, one.organisation) for one in sheet.lines] == [
        (3, "Anna Bos", "Gemeente Drie")
    ]


def test_cells_are_merged_where_they_stand_though_columns_before_them_are_empty(tmp_path: Path) -> None:
    file = tmp_path / "lezers.xlsx"
    cell = '<c r="{}" t="inlineStr"><is><t>{}</t></is></c>'
    rows = [("C3", "Organisatie"), ("D3", "Email"), ("C4", "Gemeente Drie"), ("D4", "anna@b.example")]
    header, first = ("".join(cell.format(*one) for one in some) for some in (rows[:2], rows[2:]))
    second = cell.format("D5", "bea@b.example")
    xml = f'<row r="3">{header}</row><row r="4">{first}</row><row r="5">{second}</row>'
    save_raw_workbook(file, {"Lezers": xml}, merged=["C4:C5"])
    assert [(one.number, one.organisation) for one in read(file).lines] == [
        (4, "Gemeente Drie"),
        (5, "Gemeente Drie"),
    ]


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
