"""Mails as the SMTP server got them, byte for byte: a parser would forgive what a receiver does not."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from newsletter_service.db import db
from newsletter_service.delivery.service import (
    add_letter,
    open_mailing,
    write_notice,
)
from newsletter_service.delivery.worker.loop import send_until_empty
from newsletter_service.letters.errors import LetterError
from newsletter_service.letters.mime.reading import html_of
from newsletter_service.letters.mime.skeleton import SlotValues, Template
from newsletter_service.letters.render import LetterRenderer
from newsletter_service.letters.values import Action, Card, EditionContent, Notice, Picture, Tag
from newsletter_service.services import services
from tests.conftest import NOW
from tests.letters.unit import letters
from tests.recipients import Recipient, add_deliveries
from tests.smtp_server import Received, RecordingServer

TEMPLATES = Path(__file__).parents[3] / "templates" / "email"
RENDERER = LetterRenderer(TEMPLATES)
SENDER = replace(letters.SENDER, name="Veilig Verbonden – Noord & Zuid")
EDITION = EditionContent(
    number=12,
    day=date(2026, 11, 26),
    subject="Weerbaar bestuur: wat doet u als er vóór de raadsverkiezing druk op een raadslid komt?",
    preheader="Handreiking en leerhuis",
    introduction="In deze editie leest u **wat er speelt**.\n\n.Een regel die met een punt begint.",
    language="nl",
    cards=(
        Card("publication", Tag("NOORD", 1), "Handreiking “druk & dreiging”", "Kort.", "Lang " * 400),
        Card(
            "news",
            Tag("ZUID", 2),
            "From herkent u zo",
            "Kort.",
            "",
            "https://a.example/" + "x" * 300,
            "Lees het",
        ),
    ),
)
ENGLISH = replace(EDITION, language="en")
NOTICE = Notice(
    "nl",
    "Bevestig uw aanmelding",
    "Nog één stap",
    ("Was u dit?",),
    Action("Ja", "https://nieuwsbrief.example/x"),
)
ONCE = ("Date", "From", "To", "Subject", "Message-ID", "MIME-Version")
LIST_HEADERS = (
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "List-Archive",
    "List-Help",
    "Archived-At",
    "Feedback-ID",
)


@pytest.fixture
def post(app: Flask, smtp: RecordingServer) -> Callable[[], dict[str, Received]]:
    """Send one edition to two readers and one notice; the mails by address."""

    @contextmanager
    def writing() -> Iterator[Session]:
        with Session(db.engine) as session, session.begin():
            yield session

    def send() -> dict[str, Received]:
        with app.app_context():
            with writing() as session:
                mailing = open_mailing(session, NOW)
                letter = add_letter(session, mailing, RENDERER.edition(EDITION, SENDER), NOW)
                readers = [
                    Recipient(1, "keyofreader1", "een@gemeente.example", "Noëlle van 't Hof <b>"),
                    Recipient(2, "keyofreader2", "twee@gemeente.example", ""),
                ]
                add_deliveries(session, mailing, letter, readers, NOW)
                write_notice(session, RENDERER.notice(NOTICE, SENDER), "drie@gemeente.example", NOW)
            send_until_empty(services().delivery)
        return {mail.recipient: mail for mail in smtp.received}

    return send


def head_of(content: bytes) -> bytes:
    return content.partition(b"\r\n\r\n")[0] + b"\r\n"


def header_lines(content: bytes, name: str) -> list[bytes]:
    """The lines of every header called `name`, unfolded."""
    unfolded = re.sub(rb"\r\n[ \t]", b" ", head_of(content))
    return [line for line in unfolded.split(b"\r\n") if line.lower().startswith(name.lower().encode() + b":")]


def check_bytes(content: bytes) -> None:
    """What holds for every mail of ours (requirement M1)."""
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", content)
    assert b"\x00" not in content
    assert content.isascii()
    assert max(len(line) for line in content.split(b"\r\n")) <= 998
    for name in ONCE:
        assert len(header_lines(content, name)) == 1, name
    assert header_lines(content, "Bcc") == []
    assert header_lines(content, "MIME-Version") == [b"MIME-Version: 1.0"]
    assert header_lines(content, "To")[0].count(b"@") == 1
    for word in re.findall(rb"=\?[^?]+\?[bBqQ]\?[^?]*\?=", head_of(content)):
        assert len(word) <= 75
    for name in (*LIST_HEADERS, "To", "Reply-To", "Message-ID"):
        assert not any(b"=?" in line for line in header_lines(content, name)), name
    for line in bodies_of(content).split(b"\r\n"):
        assert len(line) <= 76


def bodies_of(content: bytes) -> bytes:
    return content.partition(b"\r\n\r\n")[2]


def test_every_mail_keeps_to_the_letter_of_the_standards(post: Callable[[], dict[str, Received]]) -> None:
    mails = post()
    assert len(mails) == 3
    for mail in mails.values():
        check_bytes(mail.content)


def test_pythons_own_parser_reads_what_was_meant(post: Callable[[], dict[str, Received]]) -> None:
    message = post()["een@gemeente.example"].message
    assert message["Subject"] == EDITION.subject
    assert message["From"].addresses[0].display_name == SENDER.name
    assert message["From"].addresses[0].addr_spec == SENDER.mail_from
    assert message["To"].addresses[0].addr_spec == "een@gemeente.example"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert {part.get_content_charset() for part in message.iter_parts()} == {"utf-8"}
    text, html = (str(part.get_content()) for part in message.iter_parts())
    assert "Beste Noëlle van 't Hof <b>," in text
    assert "Hof &lt;b&gt;," in html
    assert ".Een regel die met een punt begint." in text
    assert "&" in text
    assert "&amp;" not in text


def test_a_reader_finds_the_way_to_change_or_leave_in_both_parts(
    post: Callable[[], dict[str, Received]],
) -> None:
    message = post()["een@gemeente.example"].message
    text, html = (str(part.get_content()) for part in message.iter_parts())
    for page in ("voorkeuren", "afmelden"):
        (link,) = re.findall(rf"https://nieuwsbrief\.example/{page}/[\w.-]+", text)
        assert html.count(f'href="{link}"') == 1


def test_whom_a_letter_was_forwarded_to_reads_that_its_links_are_somebodys_own(
    post: Callable[[], dict[str, Received]],
) -> None:
    message = post()["een@gemeente.example"].message
    for part in message.iter_parts():
        words = " ".join(str(part.get_content()).split())
        assert "De links naar uw voorkeuren en om u af te melden zijn persoonlijk." in words
        beside = words.partition("Heeft iemand u deze nieuwsbrief doorgestuurd?")[2].partition("Postbus")[0]
        assert "https://nieuwsbrief.example/aanmelden" in beside


@pytest.mark.parametrize(
    "odd",
    [
        "a\u00a0b",
        "C:\\map",
        "\N{WOMAN}\u200d\N{WOMAN}",
        "e\u0301",
        "af\u00adbreken",
        "één \"twee\" <drie> & 'vier'",
    ],
)
def test_the_words_beside_a_picture_arrive_as_they_were_written(odd: str) -> None:
    picture = Picture("https://nieuwsbrief.example/afbeelding/1", odd, 100, 100)
    card = replace(EDITION.cards[0], picture=picture)
    letter = RENDERER.edition(replace(EDITION, cards=(card,)), SENDER)
    html = html_of(
        Template(letter.skeleton).fill(
            SlotValues("a@b.example", NOW, "<1@b.example>", "", "https://x.example", "https://y.example"),
        )
    )
    assert odd in [unescape(found) for found in re.findall(r'alt="([^"]*)"', html)]


def test_a_newsletter_can_be_left_with_one_click_and_wants_no_automatic_answers(
    post: Callable[[], dict[str, Received]],
) -> None:
    mail = post()["een@gemeente.example"]
    raw = head_of(mail.content)
    assert re.search(rb"\r\nList-Unsubscribe:\r\n <https://nieuwsbrief\.example/afmelden/[\w.-]+>\r\n", raw)
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    assert re.search(rb"\r\nList-Id: [^\r\n]*<veilig-verbonden\.nieuwsbrief\.example>\r\n", raw)
    assert b"\r\nPrecedence: bulk\r\n" in raw
    assert b"\r\nX-Auto-Response-Suppress: OOF, AutoReply\r\n" in raw
    assert header_lines(mail.content, "Auto-Submitted") == []
    assert header_lines(mail.content, "Reply-To")[0].endswith(b"vragen@nieuwsbrief.example>")


def test_a_newsletter_says_where_it_is_kept_who_helps_and_in_what_languages_it_is(
    post: Callable[[], dict[str, Received]],
) -> None:
    mails = post()
    raw = head_of(mails["een@gemeente.example"].content)
    assert b"\r\nList-Archive:\r\n <https://nieuwsbrief.example/archief>\r\n" in raw
    assert b"\r\nList-Help:\r\n <mailto:vragen@nieuwsbrief.example>\r\n" in raw
    assert b"\r\nArchived-At:\r\n <https://nieuwsbrief.example/archief/12>\r\n" in raw
    assert b"\r\nContent-Language: nl\r\n" in raw
    assert b"\r\nContent-Language: nl\r\n" in head_of(mails["drie@gemeente.example"].content)
    assert b"\r\nContent-Language: en, nl\r\n" in RENDERER.edition(ENGLISH, SENDER).skeleton


@pytest.mark.parametrize(
    ("slug", "sender_id"),
    [("veilig-verbonden", "veiligverbonden"), ("veilig", "veilig"), ("vv", "vvnieuwsbriefex")],
)
def test_complaints_are_counted_by_edition_language_kind_and_sender(slug: str, sender_id: str) -> None:
    sender = replace(SENDER, list_slug=slug)
    for content, kind in ((EDITION, "nl:edition"), (replace(ENGLISH, corrects=True), "en:correction")):
        skeleton = RENDERER.edition(content, sender).skeleton
        assert f"\r\nFeedback-ID: 12:{kind}:{sender_id}\r\n".encode() in skeleton
    assert 5 <= len(sender_id) <= 15


def test_a_notice_says_that_a_machine_sent_it_and_is_no_list(post: Callable[[], dict[str, Received]]) -> None:
    content = post()["drie@gemeente.example"].content
    assert header_lines(content, "Auto-Submitted") == [b"Auto-Submitted: auto-generated"]
    for name in (*LIST_HEADERS, "Precedence"):
        assert header_lines(content, name) == []


def test_two_readers_copies_differ_in_nothing_but_salutation_links_and_ids(
    post: Callable[[], dict[str, Received]],
) -> None:
    mails = post()

    def shared(mail: Received) -> list[str]:
        message = mail.message
        text = "\n".join(str(part.get_content()) for part in message.iter_parts())
        text = re.sub(r"https://nieuwsbrief\.example/(voorkeuren|afmelden)/[\w.-]+", r"\1", text)
        text = re.sub(r"Beste [^\n]*?,", "Beste,", text)
        own = ("To", "Message-ID", "List-Unsubscribe")
        return [f"{name}: {value}" for name, value in message.items() if name not in own] + [text]

    assert shared(mails["een@gemeente.example"]) == shared(mails["twee@gemeente.example"])


def test_nothing_in_a_letter_is_fetched_from_elsewhere(post: Callable[[], dict[str, Received]]) -> None:
    html = str(list(post()["een@gemeente.example"].message.iter_parts())[1].get_content())
    sources = re.findall(r"""(?:<img[^>]* src="|url\(["']?)([^"')]*)""", html)
    assert html.count("<img") + html.count("url(") == len(sources)
    assert all(one.startswith("https://nieuwsbrief.example/") for one in sources), sources
    assert not re.search(r"@import|<link|<script", html)


@given(
    subject=st.text(
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co")), min_size=1, max_size=150
    ),
    name=st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co")), max_size=120),
)
@settings(max_examples=40, deadline=None)
def test_whatever_the_subject_and_the_name_the_bytes_stay_right(subject: str, name: str) -> None:
    notice = Notice("nl", subject, "Kop", ("Tekst",))
    try:
        letter = RENDERER.notice(notice, SENDER)
        filled = Template(letter.skeleton).fill(
            SlotValues("een@gemeente.example", NOW, "<1@nieuwsbrief.example>", name)
        )
    except LetterError:
        return
    check_bytes(filled)


@pytest.mark.parametrize("subject", ["Hallo\r\nBcc: spion@elders.example", "Hallo\nX: y", "Hallo\x00"])
def test_a_subject_cannot_bring_a_header_with_it(subject: str) -> None:
    with pytest.raises(LetterError):
        RENDERER.notice(Notice("nl", subject, "Kop", ("Tekst",)), SENDER)
