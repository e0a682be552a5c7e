import locale
import quopri
import re
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import default
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter_service.letters.errors import LetterError
from newsletter_service.letters.mime import encoding

WORDS = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=200)
ODD_SUBJECTS = [
    "",
    "Weerbaar bestuur in verkiezingstijd",
    "Één ding: “aanhalingstekens” – en een €-teken",
    "=?utf-8?q?vals?=",
    "a" * 900,
    "woord " * 60,
    "é" * 300,
    "👩‍👩‍👧‍👦" * 20,
    'komma, "quote" <haak> (haakje); \\',
    "日本語の件名",
]


def squeezed(text: str) -> str:
    return " ".join(word for word in text.split(" ") if word)


def check_header(raw: bytes) -> None:
    assert raw.endswith(b"\r\n")
    raw.decode("ascii")
    lines = raw[:-2].split(b"\r\n")
    assert all(b"\r" not in line and b"\n" not in line for line in lines)
    assert all(line.startswith(b" ") and line.strip() for line in lines[1:])
    for line in lines:
        assert len(line) <= (76 if b"=?" in line else 998)
        assert all(len(word) <= 75 for word in re.findall(rb"=\?[^ ]*\?=", line))


@pytest.mark.parametrize("subject", ODD_SUBJECTS)
def test_odd_subjects_arrive_as_they_were_written(subject: str) -> None:
    raw = encoding.unstructured("Subject", subject)
    check_header(raw)
    assert str(message_from_bytes(raw, policy=default)["Subject"]) == squeezed(subject)


@given(WORDS)
def test_any_subject_arrives_as_it_was_written(subject: str) -> None:
    raw = encoding.unstructured("Subject", subject)
    check_header(raw)
    unfolded = raw.decode("ascii").removeprefix("Subject:").replace("\r\n", "").strip(" ")
    assert str(make_header(decode_header(unfolded))) == squeezed(subject)


@pytest.mark.parametrize(
    "evil", ["a\r\nBcc: x@y.example", "a\nb", "a\rb", "a\x00b", "a\x85b", "a\x0bb", "\ud800"]
)
def test_what_could_break_out_of_a_header_is_refused(evil: str) -> None:
    with pytest.raises(LetterError):
        encoding.unstructured("Subject", evil)
    with pytest.raises(LetterError):
        encoding.mailbox("From", evil, "redactie@nieuwsbrief.example")
    with pytest.raises(LetterError):
        encoding.mailbox("From", "Redactie", f"redactie@{evil}.example")
    with pytest.raises(LetterError):
        encoding.list_id(evil, "lijst.nieuwsbrief.example")
    with pytest.raises(LetterError):
        encoding.quoted_printable_value(evil)


@pytest.mark.parametrize(
    "name",
    [
        "Veilig Verbonden",
        "VAR & RIEC, samen",
        'De "Brief"',
        "Café Één",
        "a.b@c",
        f"{'x' * 40} {'y' * 39}",
        "=?utf-8?q?x?=",
        "",
    ],
)
def test_names_of_senders_arrive_as_they_were_written(name: str) -> None:
    raw = encoding.mailbox("From", name, "redactie@nieuwsbrief.example")
    check_header(raw)
    assert b"<redactie@nieuwsbrief.example>" in raw
    (parsed,) = message_from_bytes(raw, policy=default)["From"].addresses
    assert (parsed.display_name, parsed.addr_spec) == (name, "redactie@nieuwsbrief.example")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "redactie",
        "a@b@c.example",
        "a@b.example, c@d.example",
        "a b@c.example",
        "<a@b.example>",
        "jösé@b.example",
        "a@",
    ],
)
def test_what_is_not_one_address_is_refused(address: str) -> None:
    with pytest.raises(LetterError):
        encoding.address(address)


def test_a_list_id_never_has_an_encoded_word() -> None:
    assert encoding.list_id("Veilig Verbonden", "vv.example") == b"List-Id: Veilig Verbonden <vv.example>\r\n"
    assert encoding.list_id("Café Één", "vv.example") == b"List-Id: <vv.example>\r\n"
    with pytest.raises(LetterError):
        encoding.list_id("x", "vv <kwaad>.example")


@given(st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  # bounds, as hypothesis takes them
def test_dates_read_back_as_the_same_moment(moment: datetime) -> None:
    assert parsedate_to_datetime(encoding.date(moment)) == moment.replace(microsecond=0)


def test_dates_are_english_wherever_the_machine_stands() -> None:
    before = locale.setlocale(locale.LC_TIME)
    moment = datetime(2026, 5, 4, 9, 5, 7, tzinfo=timezone(timedelta(hours=2)))
    try:
        for name in ("nl_NL.UTF-8", "C"):
            try:
                locale.setlocale(locale.LC_TIME, name)
            except locale.Error:
                continue
            assert encoding.date(moment) == "Mon, 04 May 2026 09:05:07 +0200"
    finally:
        locale.setlocale(locale.LC_TIME, before)


def test_a_date_needs_a_zone() -> None:
    with pytest.raises(LetterError):
        encoding.date(datetime(2026, 1, 1))  # noqa: DTZ001  # wrong on purpose


@given(st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"]), max_size=400))
def test_quoted_printable_reads_back_and_keeps_to_its_lines(text: str) -> None:
    raw = encoding.quoted_printable(text)
    assert quopri.decodestring(raw).decode("utf-8").replace("\r\n", "\n") == text
    for line in raw.split(b"\r\n"):
        assert len(line) <= 76
        assert not line.startswith(b".")
        assert not line.endswith((b" ", b"\t"))
        assert re.fullmatch(rb"(=[0-9A-F]{2}|[\x20-\x3c\x3e-\x7e])*=?", line)


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=300))
def test_a_value_between_soft_breaks_reads_back(value: str) -> None:
    raw = b"x=\r\n" + encoding.quoted_printable_value(value) + b"=\r\ny"
    assert quopri.decodestring(raw).decode("utf-8") == f"x{value}y"
    assert all(len(line) <= 76 for line in raw.split(b"\r\n"))


def test_a_link_in_a_header_stands_on_a_line_of_its_own() -> None:
    long = "https://nieuwsbrief.example/" + "x" * 300
    assert encoding.link("List-Archive", long) == f"List-Archive:\r\n <{long}>\r\n".encode()


@pytest.mark.parametrize(
    "odd", ["https://é.example/", "https://a.example/>", "a b", "https://a.example/" + "x" * 900]
)
def test_what_could_break_out_of_such_a_header_is_refused(odd: str) -> None:
    with pytest.raises(LetterError):
        encoding.link("List-Archive", odd)
