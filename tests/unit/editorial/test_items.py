from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter_service.editorial.rules import Content, Kind, Problem, is_web_address, problems

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LATER, MUCH_LATER = NOW + timedelta(days=3), NOW + timedelta(days=30)
NEWS = Content(Kind.NEWS, "Monitor ligt klaar", "De nieuwe cijfers per gemeente.")
EVENT = replace(NEWS, kind=Kind.EVENT, starts_at=MUCH_LATER, ends_at=MUCH_LATER + timedelta(hours=3))

LACKING = [
    (replace(NEWS, title=""), {Problem.NO_TITLE}),
    (replace(NEWS, lead=""), {Problem.NO_LEAD}),
    (replace(NEWS, link_label="Lees de monitor"), {Problem.LABEL_WITHOUT_LINK}),
    (replace(NEWS, restricted=True), {Problem.RESTRICTED_TO_NOBODY}),
    (replace(NEWS, expires_at=NOW), {Problem.EXPIRED}),
    (replace(NEWS, not_before=MUCH_LATER, expires_at=LATER), {Problem.EXPIRES_TOO_EARLY}),
    (replace(EVENT, starts_at=None, ends_at=None), {Problem.NO_START}),
    (replace(EVENT, starts_at=NOW), {Problem.STARTED}),
    (replace(EVENT, ends_at=EVENT.starts_at), {Problem.ENDS_BEFORE_START}),
    (replace(EVENT, ends_at=LATER), {Problem.ENDS_BEFORE_START}),
    (replace(EVENT, not_before=EVENT.starts_at), {Problem.HELD_BACK_TOO_LONG}),
    (Content(Kind.EVENT, ""), {Problem.NO_TITLE, Problem.NO_LEAD, Problem.NO_START}),
]
READY = [
    NEWS,
    EVENT,
    replace(EVENT, ends_at=None),
    replace(NEWS, link_url="https://riec.example", link_label="Lees de monitor"),
    replace(NEWS, link_url="https://riec.example"),
    replace(NEWS, restricted=True, segment_ids=frozenset({1})),
    replace(NEWS, not_before=LATER, expires_at=MUCH_LATER),
    replace(NEWS, starts_at=NOW - timedelta(days=1)),
    replace(NEWS, image_alt="Een beschrijving zonder afbeelding doet geen kwaad"),
]


@pytest.mark.parametrize(("content", "expected"), LACKING)
def test_an_item_that_lacks_something_says_what(content: Content, expected: set[Problem]) -> None:
    assert set(problems(content, has_image=False, now=NOW)) == expected


@pytest.mark.parametrize("content", READY)
def test_an_item_that_lacks_nothing_is_ready(content: Content) -> None:
    assert problems(content, has_image=False, now=NOW) == ()


def test_a_picture_needs_a_description() -> None:
    assert problems(NEWS, has_image=True, now=NOW) == (Problem.NO_ALT,)
    assert problems(replace(NEWS, image_alt="Een grafiek"), has_image=True, now=NOW) == ()


GOOD_ADDRESSES = [
    "https://riec.example",
    "http://riec.example/pad?vraag=1&nog=twee#kop",
    "HTTPS://RIEC.EXAMPLE/",
    "https://riec.example:8443/pad",
    "https://gemeente-éénbrug.example/café",
    "https://riec.example/@redactie",
    "https://my_host.riec.example/",
]
BAD_ADDRESSES = [
    "",
    "riec.example",
    "//riec.example",
    "https:/riec.example",
    "https://",
    "https://localhost",
    "https://.",
    "https://..example",
    "https://riec..example",
    "https://-riec.example",
    "https://?riec.example",
    "https://#riec.example",
    "https://:443",
    "https://riec.example:poort/",
    "https://riec.example:99999/",
    "https://[::1",
    "https://bank.example@elsewhere.example/",
    "https://name:word@elsewhere.example/",
    "javascript:alert(1)",
    "javascript://riec.example/%0aalert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "ftp://riec.example",
    "mailto:iemand@riec.example",
    "https://riec.example/a b",
    "https://riec.example/\n",
    "https://riec.example/\r\nBcc: x@y.example",
    "https://riec.example/\x00",
    "https://riec.example/\u202egpj.exe",
    "https://riec.example/\u200b",
    'https://riec.example/"onmouseover="alert(1)',
    "https://riec.example/<script>",
    "https://riec.example\\@elsewhere.example",
    "https://riec.example/{{ config }}`",
    "https://elsewhere\uff0eexample\uff0f.riec.example",
]


@pytest.mark.parametrize("url", GOOD_ADDRESSES)
def test_a_full_web_address_may_be_linked_to(url: str) -> None:
    assert is_web_address(url)


@pytest.mark.parametrize("url", BAD_ADDRESSES)
def test_anything_else_may_not(url: str) -> None:
    assert not is_web_address(url)


@given(st.text(max_size=80) | st.text("https:/.@#?[]-%\\é\u2100", max_size=40).map("https://".__add__))
def test_no_text_at_all_makes_the_question_fail(url: str) -> None:
    assert is_web_address(url) in (True, False)


def test_a_very_long_host_is_judged_at_once() -> None:
    assert not is_web_address("https://" + "a-" * 500_000 + ".example")
