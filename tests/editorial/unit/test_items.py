from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from newsletter_service.editorial.rules import Content, Kind, Problem, problems

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
