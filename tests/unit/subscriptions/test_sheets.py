from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter_service.subscriptions.addresses import Address
from newsletter_service.subscriptions.rules import Status
from newsletter_service.subscriptions.sheets import COLUMNS, Line, Sheet, read_sheet, write_sheet
from tests.conftest import NOW

SEGMENTS = ("om", "politie")
TOPICS = ("jeugd", "haven")
ANNA = Line(
    number=2,
    address=Address("anna@politie.example"),
    name="Anna in 't Veld-Çelik",
    language="en",
    segments=frozenset({"politie", "om"}),
    topics=frozenset({"jeugd"}),
    status=Status.ACTIVE,
    confirmed_at=datetime(2026, 3, 1, 10, 30, tzinfo=UTC),
)


def read(text: str) -> Sheet:
    return read_sheet(text, SEGMENTS, TOPICS, NOW)


def faults(text: str) -> list[tuple[int, str]]:
    return [(fault.line, fault.what) for fault in read(text).faults]


def test_a_sheet_needs_addresses_only() -> None:
    (line,) = read("address\nAnna@Politie.example\n").lines
    assert line == replace(
        ANNA, name="", language="nl", segments=frozenset(), topics=frozenset(), confirmed_at=None
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
        ("", 1, "no column 'address'"),
        ("name\nAnna\n", 1, "no column 'address'"),
        ("address,phone\na@b.example,1\n", 1, "a column 'phone'"),
        ("address,address\na@b.example,c@d.example\n", 1, "twice"),
        ("address,name\na@b.example\n", 2, "more or fewer cells"),
        ("address\na@b.example,Anna\n", 2, "more or fewer cells"),
        ("address\ngeen adres\n", 2, "no address"),
        ("address\njörg@b.example\n", 2, "local_part_not_ascii"),
        ("address,name\na@b.example,Anna\u202e\n", 2, "a name"),
        ('address,name\na@b.example,"Anna\nBcc: c@d.example"\n', 3, "a name"),
        ("address,language\na@b.example,fr\n", 2, "'fr' as language"),
        ("address,segments\na@b.example,brandweer\n", 2, "'brandweer' as segments"),
        ("address,topics\na@b.example,jeugd zorg\n", 2, "'zorg' as topics"),
        ("address,status\na@b.example,gone\n", 2, "'gone' as status"),
        ("address,confirmed_at\na@b.example,gisteren\n", 2, "not like"),
        ("address,confirmed_at\na@b.example,2026-01-01T10:00:00\n", 2, "offset"),
        ("address,confirmed_at\na@b.example,2027-01-01T10:00:00+01:00\n", 2, "still to come"),
        ("address\na@b.example\nA@B.example\n", 3, "address of line 2"),
        ('address\n"a@b.example\n', 2, "no CSV"),
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


@pytest.mark.parametrize("start", ["=1+1", "+31", "-Anna", "@anna", "'t Hart", "'=1+1"])
def test_no_cell_runs_in_a_spreadsheet_and_all_come_back_as_they_were(start: str) -> None:
    line = replace(ANNA, name=f"{start} Vries")
    rows = list(write_sheet([line]))
    assert f"'{start} Vries" in rows[1]
    assert read("".join(rows)).lines == [line]


def test_an_address_that_looks_like_a_formula_is_guarded_too() -> None:
    line = replace(ANNA, address=Address("=anna@politie.example"))
    header, row = write_sheet([line])
    assert header.strip().split(",") == list(COLUMNS)
    assert row.startswith("'=anna@politie.example,")


lines = st.builds(
    replace,
    st.just(ANNA),
    name=st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), max_size=30),
    language=st.sampled_from(["nl", "en"]),
    segments=st.frozensets(st.sampled_from(SEGMENTS)),
    topics=st.frozensets(st.sampled_from(TOPICS)),
    status=st.sampled_from(Status),
    confirmed_at=st.none() | st.integers(0, 10**8).map(lambda seconds: NOW - timedelta(seconds=seconds)),
)


@given(lines)
def test_what_is_written_is_read_back_unchanged(line: Line) -> None:
    line = replace(line, name=normalize("NFC", line.name))
    assert read("".join(write_sheet([line]))) == Sheet([line], [])


@given(st.text(max_size=200))
def test_any_text_at_all_is_a_sheet_or_has_faults(text: str) -> None:
    sheet = read(text)
    assert sheet.lines or sheet.faults or not text.partition("\n")[2].strip()
