from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import SMTP
from html import escape, unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter_service.letters.errors import LetterError
from newsletter_service.letters.mime.reading import html_of, text_of
from newsletter_service.letters.mime.skeleton import SlotValues, Template, header_slot, mark, prepare

VALUES = SlotValues(
    address="lezer@gemeente.example",
    date=datetime(2026, 11, 26, 8, 0, tzinfo=UTC),
    message_id="<1.abc@nieuwsbrief.example>",
    name="mevrouw De Vries",
    manage_url="https://nieuwsbrief.example/voorkeuren/eyJyIjoxfQ.a_b-c",
    unsubscribe_url="https://nieuwsbrief.example/afmelden/eyJyIjoxfQ.a_b-c",
)
GREETING = mark("salutation", "Beste %(name)s,", "Beste lezer,")
HEADERS = b"".join(
    [
        header_slot("Date", "date"),
        header_slot("To", "address"),
        header_slot("Message-ID", "message_id"),
        header_slot("List-Unsubscribe", "unsubscribe_url", "<", ">"),
        b"Subject: Proef\r\nMIME-Version: 1.0\r\n",
    ]
)
TEXT = f"{GREETING}\n\nHallo.\n{mark('manage_url')}\n"
HTML = f'<p>{GREETING}</p><a href="{mark("manage_url")}">Voorkeuren</a>\n'
SKELETON = prepare(HEADERS, TEXT, HTML)
LETTER = Template(SKELETON)
PRINTABLE = st.characters(exclude_categories=("Cc", "Cs"))
ATOMS = st.text("abcXYZ019!#$%&'*+-/=?^_`{|}~.", min_size=1, max_size=60)
LINKS = st.text("abcXYZ019!#$%&'()*+,-./:;=?@[]^_`{|}~", min_size=1, max_size=800)


def fill(skeleton: bytes, values: SlotValues) -> bytes:
    return Template(skeleton).fill(values)


def headers_in(message: bytes) -> dict[str, str]:
    return {name: str(value) for name, value in message_from_bytes(message, policy=SMTP).items()}


def lines_of(message: bytes) -> list[bytes]:
    assert message.endswith(b"\r\n")
    lines = message[:-2].split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line or b"\x00" in line for line in lines)
    return lines


def test_slots_are_filled_in_every_part() -> None:
    message = LETTER.fill(VALUES)
    headers = headers_in(message)
    assert headers["To"] == "lezer@gemeente.example"
    assert headers["Date"] == "Thu, 26 Nov 2026 08:00:00 +0000"
    assert headers["Message-ID"] == "<1.abc@nieuwsbrief.example>"
    assert text_of(message).splitlines() == ["Beste mevrouw De Vries,", "", "Hallo.", VALUES.manage_url]
    assert html_of(message) == f'<p>Beste mevrouw De Vries,</p><a href="{VALUES.manage_url}">Voorkeuren</a>\n'


def test_a_reader_without_a_name_is_greeted_all_the_same() -> None:
    message = LETTER.fill(VALUES._replace(name=""))
    assert text_of(message).startswith("Beste lezer,\n")
    assert "<p>Beste lezer,</p>" in html_of(message)


def test_the_one_click_header_is_on_one_line_and_unencoded() -> None:
    long = "https://nieuwsbrief.example/afmelden/" + "a" * 700
    assert f"\r\nList-Unsubscribe: <{long}>\r\n".encode() in fill(
        SKELETON, VALUES._replace(unsubscribe_url=long)
    )


def test_the_same_parts_make_the_same_bytes() -> None:
    assert prepare(HEADERS, TEXT, HTML) == SKELETON
    assert LETTER.fill(VALUES) == LETTER.fill(VALUES)


def test_a_boundary_in_a_text_does_no_harm() -> None:
    boundary = str(message_from_bytes(LETTER.fill(VALUES), policy=SMTP).get_boundary())
    message = fill(prepare(HEADERS, f"--{boundary}--\n{TEXT}", HTML), VALUES._replace(name=f"--{boundary}"))
    assert text_of(message).startswith(f"--{boundary}--\nBeste --{boundary},")
    assert len(list(message_from_bytes(message, policy=SMTP).iter_parts())) == 2


@given(st.text(PRINTABLE, min_size=1, max_size=120))
def test_no_name_breaks_out_of_its_place(name: str) -> None:
    message = LETTER.fill(VALUES._replace(name=name))
    assert all(len(line) <= 76 for line in lines_of(message))
    assert f"Beste {name},\n" in text_of(message)
    shown = html_of(message).removeprefix("<p>").partition("</p><a ")[0]
    assert not set(shown) & set("<>\"'")
    assert unescape(shown) == f"Beste {name},"


@pytest.mark.parametrize(
    "name",
    [
        "De Vries",
        "a=41",
        "R&D",
        "'t Hart",
        'de "Baas"',
        "<b>Jan</b>",
        ".punt",
        "Jan ",
        "Zo\u00eb",
        "x" * 76,
        "x" * 77,
    ],
)
def test_a_name_reads_alike_however_each_place_has_to_write_it(name: str) -> None:
    greeting = mark("salutation", "%(name)s", "lezer")
    skeleton = prepare(HEADERS, f"{greeting}\n", f"<p>{greeting}</p>\n")
    message = fill(skeleton, VALUES._replace(name=name))
    assert text_of(message) == f"{name}\n"
    assert html_of(message) == f"<p>{escape(name)}</p>\n"
    assert not any(line.startswith(b".") or line.endswith(b" ") for line in lines_of(message))


def test_a_long_name_full_of_diacritics_keeps_to_the_lines() -> None:
    message = LETTER.fill(VALUES._replace(name="ëü–Ø" * 30))
    assert all(len(line) <= 76 for line in lines_of(message))
    assert f"Beste {'ëü–Ø' * 30}," in html_of(message)


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Piet\r\nBcc: iedereen@gemeente.example"},
        {"name": "Piet\nKlaas"},
        {"name": "Piet\x00"},
        {"name": "\ud800"},
        {"address": "a@b.example\r\nBcc: c@d.example"},
        {"address": "a@b.example, c@d.example"},
        {"address": "é@b.example"},
        {"address": ""},
        {"address": f"{'a' * 320}@b.example"},
        {"message_id": "<1@b.example>\r\nBcc: c@d.example"},
        {"message_id": "1@b.example"},
        {"manage_url": ""},
        {"manage_url": 'https://x.example/"onclick="'},
        {"unsubscribe_url": ""},
        {"unsubscribe_url": "https://x.example/>\r\nBcc: c@d.example"},
        {"unsubscribe_url": "https://x.example/>,<mailto:c@d.example"},
        {"unsubscribe_url": "https://x.example/" + "a" * 1000},
        {"date": datetime(2026, 1, 1)},  # noqa: DTZ001  # wrong on purpose
    ],
)
def test_values_that_would_break_out_or_are_missing_are_refused(change: dict[str, str]) -> None:
    with pytest.raises(LetterError):
        LETTER.fill(VALUES._replace(**change))  # type: ignore[arg-type]  # wrong on purpose


def test_a_letter_without_links_needs_none() -> None:
    skeleton = prepare(header_slot("To", "address"), "Hallo\n", "<p>Hallo</p>\n")
    message = fill(skeleton, VALUES._replace(manage_url="", unsubscribe_url=""))
    assert b"<p>Hallo</p>" in message


def test_a_slot_that_nothing_fills_is_an_error() -> None:
    with pytest.raises(LetterError, match="favourite_colour"):
        prepare(b"Subject: x\r\n", mark("favourite_colour"), "")


@given(st.text(PRINTABLE, max_size=120), ATOMS, ATOMS, LINKS, LINKS)
def test_whatever_fills_the_slots_is_fit_for_the_wire_and_reads_back_as_it_was_meant(
    name: str, mailbox: str, host: str, manage_url: str, unsubscribe_url: str
) -> None:
    values = VALUES._replace(
        name=name,
        address=f"{mailbox}@{host}",
        message_id=f"<{mailbox}@{host}>",
        manage_url=manage_url,
        unsubscribe_url=unsubscribe_url,
    )
    message = LETTER.fill(values)
    head, _, bodies = message.partition(b"\r\n\r\n")
    assert not any(line.startswith(b".") or len(line) > 998 for line in lines_of(message))
    assert all(len(line) <= 76 for line in bodies.split(b"\r\n"))
    assert f"\r\nTo: {values.address}\r\n".encode() in head
    assert f"\r\nMessage-ID: {values.message_id}\r\n".encode() in head
    assert f"\r\nList-Unsubscribe: <{unsubscribe_url}>\r\n".encode() in head
    greeting = f"Beste {name}," if name else "Beste lezer,"
    assert text_of(message) == f"{greeting}\n\nHallo.\n{manage_url}\n"
    shown = html_of(message)
    assert unescape(shown) == f'<p>{greeting}</p><a href="{manage_url}">Voorkeuren</a>\n'
    assert shown.count("<") == 4


@pytest.mark.parametrize(
    "skeleton",
    [
        b"Subject: x\r\n\r\nEen\nTwee\r\n",
        b"Subject: x\r\n\r\nEen\rTwee\r\n",
        b"Subject: x\r\n\r\n.Een\r\n",
        b".Subject: x\r\n",
        b"Subject: x\r\n\r\nEen",
        b"Subject: x\r\n\r\n" + b"a" * 999 + b"\r\n",
        b"\x00header:address\x00\r\n",
        b"X: " + b"a" * 100 + b"\x00header:manage_url\x00\r\n",
        b"To: \x00footer:address\x00\r\n",
    ],
)
def test_a_skeleton_of_which_a_copy_could_go_wrong_on_the_wire_is_refused(skeleton: bytes) -> None:
    with pytest.raises(LetterError):
        Template(skeleton)


def test_the_longest_line_that_may_be_sent_is_no_trouble() -> None:
    skeleton = b"Subject: x\r\n\r\n" + b"a" * 998 + b"\r\n"
    assert Template(skeleton).fill(VALUES) == skeleton


def test_the_date_is_that_of_the_second_in_which_the_copy_is_made() -> None:
    moments = [VALUES.date + timedelta(milliseconds=step) for step in (0, 999, 1000)]
    dates = [headers_in(LETTER.fill(VALUES._replace(date=moment)))["Date"] for moment in moments]
    assert dates == [f"Thu, 26 Nov 2026 08:00:0{second} +0000" for second in (0, 0, 1)]


def test_a_nul_in_a_part_is_refused() -> None:
    with pytest.raises(LetterError):
        prepare(b"Subject: x\r\n", "a\x00header:address\x00", "")
