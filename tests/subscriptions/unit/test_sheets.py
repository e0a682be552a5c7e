import csv
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from newsletter_service.delivery.rules import Suppressed
from newsletter_service.files.csv import text_file
from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.importing.columns import is_empty
from newsletter_service.subscriptions.importing.rules import Line, Standing, StayAway, Verified
from newsletter_service.subscriptions.importing.sheets import Sheet, read_sheet, write_sheet
from newsletter_service.subscriptions.rules import BadName, clean_name
from tests.conftest import NOW

SEGMENTS = {"om": "om", "politie": "politie", "police": "politie", "de politie": "politie"}
TOPICS = {"jeugd": "jeugd", "haven": "haven"}
ANNA = Line(
    number=2,
    address=Address("anna@politie.example"),
    name="Anna in 't Veld-Çelik",
    language="en",
    segments=frozenset({"politie", "om"}),
    topics=frozenset({"jeugd"}),
    status=Standing.ACTIVE,
    confirmed_at=datetime(2026, 3, 1, 10, 30, tzinfo=UTC),
)


def read(text: str) -> Sheet:
    return read_sheet(lambda: StringIO(text, newline=""), SEGMENTS, TOPICS, NOW)


def faults(text: str) -> list[tuple[int, str]]:
    return [(fault.line, fault.what) for fault in read(text).faults.kept]


def test_a_sheet_needs_addresses_only() -> None:
    (line,) = read("address\nAnna@Politie.example\n").lines
    assert line == ANNA._replace(
        name="", language="nl", segments=frozenset(), topics=frozenset(), confirmed_at=None
    )


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_commas_and_semicolons_and_both_line_ends_are_read(delimiter: str, end: str) -> None:
    rows = ["address,name,language,segments,confirmed_at", "anna@politie.example,Anna,en,om politie,"]
    (line,) = read(end.join(rows).replace(",", delimiter)).lines
    assert (line.name, line.language, sorted(line.segments)) == ("Anna", "en", ["om", "politie"])


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("", 1, "no column with mail addresses"),
        ("name\nAnna\n", 1, "no column with mail addresses"),
        ("address,address\na@b.example,c@d.example\n", 1, "twice"),
        ("address,name\na@b.example,Anna,x\n", 2, "more cells than the header"),
        ("address\na@b.example,Anna\n", 2, "no address"),
        ("address\ngeen adres\n", 2, "no address"),
        ("address\njörg@b.example\n", 2, "local_part_not_ascii"),
        ("address,name\na@b.example,Anna\ue000\n", 2, "a name"),
        ('address,name\na@b.example,"Anna\nBcc: c@d.example"\n', 3, "a name"),
        ("address,language\na@b.example,fr\n", 2, "'fr' as language"),
        ("address,segments\na@b.example,brandweer\n", 2, "'brandweer' as segments"),
        ("address,topics\na@b.example,jeugd zorg\n", 2, "'zorg' as topics"),
        ("address,status\na@b.example,gone\n", 2, "'gone' as status"),
        ("address,confirmed_at\na@b.example,gisteren\n", 2, "not like"),
        ("address,confirmed_at\na@b.example,25-10-2026 02:30\n", 2, "came twice: add its offset"),
        ("address,confirmed_at\na@b.example,29-03-2026 02:30\n", 2, "no clock showed"),
        ("address,confirmed_at\na@b.example,2027-01-01T10:00:00+01:00\n", 2, "still to come"),
        ("address,confirmed_at\na@b.example,01-01-0001\n", 2, "not like"),
        ("address,paused_until\na@b.example,31-12-9999\n", 2, "not like"),
        ("address,paused_until\na@b.example,25-11-2027\n", 2, "more than a year away"),
        ("address,paused_until\na@b.example,0001-01-01T00:00:00+05:00\n", 2, "not like"),
        ("address,verified\na@b.example,politie (tot 31-12-9999)\n", 2, "not like"),
        ("address\na@b.example\nA@B.example\n", 3, "address of line 2"),
        ("address_hash,address,status\n0000,,left\n", 2, "a key of an address"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, line: int, what: str) -> None:
    ((where, said),) = faults(text)
    assert where == line
    assert what in said


def test_every_wrong_line_is_named_and_no_address_with_it() -> None:
    text = "address,name\ngeheim@@b.example,Anna\nb@b.example,Bea\nc@c.example,\x01\n"
    assert [line for line, _ in faults(text)] == [2, 4]
    assert [line.name for line in read(text).lines] == ["Bea"]
    assert not any("geheim" in what or "@" in what for _, what in faults(text))


def test_a_quote_that_never_closes_is_no_csv() -> None:
    ((_, said),) = faults('address\n"a@b.example\n')
    assert "no CSV" in said


@pytest.mark.parametrize(
    "name",
    [
        "=1+1",
        "+31",
        "-Anna",
        "'=1+1",
        "''=1+1",
        "Jan;=cmd|' /C calc'!A0",
        "Jan,=1",
        "Jan|+1",
        'Jan,"=1"',
        "＝1",
    ],
)
@pytest.mark.parametrize("split_by", ";,\t|")
def test_no_cell_runs_in_a_spreadsheet_whatever_it_splits_by_and_all_come_back(
    name: str, split_by: str
) -> None:
    line = ANNA._replace(name=name)
    rows = list(write_sheet([line]))
    cells = next(csv.reader([rows[1]], delimiter=split_by))
    assert not any(cell.startswith(tuple("=+-@＝\t\r")) for cell in cells)
    assert read("".join(rows)).lines == [line]


def test_an_apostrophe_that_belongs_to_a_name_is_left_alone() -> None:
    rows = list(write_sheet([ANNA._replace(name="'t Hart")]))
    assert ";'t Hart;" in rows[1]
    assert read("".join(rows)).lines[0].name == "'t Hart"


def test_the_file_opens_in_a_dutch_spreadsheet_with_dutch_words_and_local_time() -> None:
    header, row = write_sheet([ANNA])
    assert header.startswith(
        "\ufeffE-mailadres;Naam;Organisatie;Taal;Doelgroepen;Thema's;Status;Aangemeld op;"
    )
    assert row.startswith(
        "anna@politie.example;Anna in 't Veld-Çelik;;Engels;om politie;jeugd;actief;;01-03-2026 11:30:00;"
    )


@pytest.mark.parametrize("hour", [0, 1])
def test_a_moment_in_the_hour_that_comes_twice_is_read_back(hour: int) -> None:
    line = ANNA._replace(confirmed_at=datetime(2026, 10, 25, hour, 30, tzinfo=UTC))
    assert read("".join(write_sheet([line]))).lines == [line]


def test_an_address_that_looks_like_a_formula_is_guarded_too() -> None:
    line = ANNA._replace(address=Address("=anna@politie.example"))
    _header, row = write_sheet([line])
    assert row.startswith("'=anna@politie.example;")


past = st.integers(0, 10**8).map(lambda seconds: NOW - timedelta(seconds=seconds))
sources = st.sampled_from(["", "politie.example", "redactie", "ledenlijst, deel 2; van 1 juni"])
lines = st.builds(
    ANNA._replace,
    name=st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), max_size=30),
    language=st.sampled_from(["nl", "en"]),
    segments=st.frozensets(st.sampled_from(["om", "politie"])),
    topics=st.frozensets(st.sampled_from(["jeugd", "haven"])),
    status=st.sampled_from(Standing),
    organisation=st.sampled_from(["", "Gemeente Drie", "Stichting 't Anker; afdeling Zuid"]),
    asked_at=st.none() | past,
    confirmed_at=st.none() | past,
    left_at=st.none() | past,
    paused_until=st.none() | past.map(lambda at: at + timedelta(days=365)),
    verified=st.dictionaries(
        st.sampled_from(["om", "politie"]), st.tuples(sources, past.map(lambda at: at + timedelta(days=9999)))
    ).map(lambda found: tuple(Verified(slug, *more) for slug, more in sorted(found.items()))),
)


def refused(name: str) -> bool:
    try:
        return clean_name(name) != name
    except BadName:
        return True


@given(lines)
def test_what_is_written_is_read_back_unchanged(line: Line) -> None:
    line = line._replace(name=normalize("NFC", line.name))
    assume(not is_empty(line.name) and not refused(line.name))
    sheet = read("".join(write_sheet([line])))
    assert (sheet.lines, sheet.faults.kept) == ([line], [])


@given(st.text(max_size=200))
def test_any_text_at_all_is_a_sheet_or_has_faults(text: str) -> None:
    sheet = read(text)
    assert sheet.lines or sheet.faults or not text.partition("\n")[2].strip()


def addresses(text: str) -> list[str]:
    sheet = read(text)
    assert not sheet.faults
    return [line.address.text for line in sheet.lines]


def test_blank_rows_and_columns_and_line_breaks_in_cells_are_no_trouble() -> None:
    rows = [
        "E-mail;Naam ;Telefoon;;",
        "anna@b.example;Anna;Drie;;",
        ";;;;",
        'bas@b.example;"Bas\nvan Dam";;;',
        ";",
    ]
    sheet = read("\ufeff" + "\r\n".join(rows))
    assert [(line.address.text, line.name) for line in sheet.lines] == [
        ("anna@b.example", "Anna"),
        ("bas@b.example", "Bas van Dam"),
    ]
    assert [(remark.line, remark.what) for remark in sheet.remarks.kept] == [
        (1, "the column 'Telefoon' is not used")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\r\naddress;name\r\nanna@b.example;Anna\r\n",
        "ADDRESS\tNAME\nanna@b.example\tAnna\n",
        "E-MAILADRES,NAAM\nanna@b.example,Anna\n",
        "Deelnemers netwerkdag;\r\n;\r\nNaam;E-mailadres\r\nAnna;anna@b.example\r\n",
        "Voornaam;Tussenvoegsel;Achternaam;Email Address\nAnna;;;anna@b.example\n",
        "Adres;E-mailadres;Naam\nDijkweg 12;anna@b.example;Anna\n",
        "Name,E-mail 1 - Value\nAnna,anna@b.example\n",
        "Voornaam;Middelste naam;E-mail (werk)\nAnna;;anna@b.example\n",
    ],
)
def test_a_header_is_known_whatever_it_is_split_by_and_stands_under(text: str) -> None:
    (line,) = read(text).lines
    assert (line.address.text, line.name) == ("anna@b.example", "Anna")


def test_lines_are_counted_as_the_file_has_them() -> None:
    assert faults("sep=;\naddress\ngeen adres\n")[0][0] == 3
    assert faults("Titel\n\naddress\ngeen adres\n")[0][0] == 4


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_encoding_that_spreadsheets_save_is_read(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "lezers.csv"
    file.write_bytes("Naam;E-mail\nZoë Çelik;zoe@b.example\n".encode(encoding))
    (line,) = read_sheet(text_file(file), SEGMENTS, TOPICS, NOW).lines
    assert line.name == "Zoë Çelik"


@pytest.mark.parametrize("nothing", ["NULL", "-", "n.v.t.", "#N/A"])
def test_what_programs_write_for_nothing_is_no_name_and_is_remarked_on(nothing: str) -> None:
    sheet = read(
        f"address,name,language,status,confirmed_at\na@b.example,{nothing},{nothing},{nothing},{nothing}\n"
    )
    (line,) = sheet.lines
    assert (line.name, line.language, line.status, line.confirmed_at) == ("", "nl", Standing.ACTIVE, None)
    assert [remark.line for remark in sheet.remarks.kept] == [2]
    assert nothing in sheet.remarks.kept[0].what


@pytest.mark.parametrize("name", ["ZoÃ«", "Zo\ufffd", "Françoise".encode().decode("cp1252"), "Dâ€™Haese"])
def test_damaged_letters_are_remarked_on(name: str) -> None:
    ((remark),) = read(f"address,name\na@b.example,{name}\n").remarks.kept
    assert (remark.line, "damaged" in remark.what) == (2, True)


@pytest.mark.parametrize("name", ["Âdne", "Ãlvaro", "São", "Zoë"])
def test_letters_that_belong_to_a_name_are_not(name: str) -> None:
    assert read(f"address,name\na@b.example,{name}\n").remarks.kept == []


def test_segments_go_by_short_name_or_name() -> None:
    (line,) = read('address;segments\na@b.example;"Police, OM"\n').lines
    assert line.segments == {"politie", "om"}
    (line,) = read("address;segments\na@b.example;De politie|om\n").lines
    assert line.segments == {"politie", "om"}


@pytest.mark.parametrize(
    ("word", "status"),
    [("Actief", "active"), ("AFGEMELD", "left"), ("unsubscribed", "left"), ("pending", "pending")],
)
def test_a_status_is_known_in_dutch_and_english(word: str, status: str) -> None:
    assert [line.status for line in read(f"address,status\na@b.example,{word}\n").lines] == [Standing(status)]


def test_keys_of_who_stays_away_are_written_and_read_back() -> None:
    gone = StayAway(3, f"{'0' * 16}:{'a' * 64}", scope=Suppressed.IMPORTS, reason="left", since=NOW)
    never = StayAway(
        4, f"{'0' * 16}:{'b' * 64}", scope=Suppressed.ALL_MAIL, reason="asked", since=NOW - timedelta(days=9)
    )
    assert read("".join(write_sheet([ANNA], [gone, never]))) == Sheet([ANNA], [gone, never])


def test_a_row_of_very_many_cells_is_no_table() -> None:
    (fault,) = read("email" + ";" * 5_000 + "\na@b.example\n").faults.kept
    assert fault.what == "line 1 has more than 2000 cells"


def test_a_file_that_becomes_another_while_it_is_read_is_unreadable(tmp_path: Path) -> None:
    file = tmp_path / "lezers.csv"
    file.write_text("email;naam\na@b.example;Zoë\n", "utf-8")
    opener = text_file(file)
    file.write_bytes("email;naam\na@b.example;Zoë\n".encode("cp1252"))
    (fault,) = read_sheet(opener, SEGMENTS, TOPICS, NOW).faults.kept
    assert fault.what == "the file changed while it was read"
