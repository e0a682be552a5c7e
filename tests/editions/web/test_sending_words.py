"""What pages say of the letters of an edition while they go out and afterwards."""

from collections.abc import Iterator

import pytest
from flask import Flask

from newsletter_service.editions.results.progress import Progress
from newsletter_service.editions.results.wording import groups, how_it_goes, sum_of
from newsletter_service.editions.rules import EditionState
from newsletter_service.editions.service import Statement

GOING = Progress(workers=1, letters_per_second=3.2, seconds_left=120.0, deferred=[], resting=[])
STANDING = Progress(workers=0, letters_per_second=0.0, seconds_left=0.0, deferred=[], resting=[])
SENDING, HELD = EditionState.SENDING, EditionState.HELD


@pytest.fixture(autouse=True)
def page(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("state", "numbers", "progress", "words"),
    [
        (HELD, Statement(9, open=9), GOING, "Er gaat nu niets uit: de editie wordt vastgehouden."),
        (SENDING, Statement(9, sent=9), GOING, "Alle brieven zijn afgehandeld."),
        (SENDING, Statement(9, open=9), GOING, "3 brieven per seconde, klaar over ongeveer 2 minuten"),
        (
            SENDING,
            Statement(9, open=9, deferred=2),
            GOING,
            "3 brieven per seconde, klaar over ongeveer 2 minuten, behalve wat later opnieuw wordt geprobeerd",
        ),
    ],
)
def test_one_sentence_says_how_it_goes(
    state: EditionState, numbers: Statement, progress: Progress, words: str
) -> None:
    remark = how_it_goes(state, numbers, progress)
    assert remark is not None
    assert (remark.words, remark.warns) == (words, False)


def test_letters_that_nobody_sends_are_a_warning() -> None:
    remark = how_it_goes(SENDING, Statement(9, open=9), STANDING)
    assert remark is not None
    assert remark.warns


def test_nothing_is_said_while_all_that_is_open_waits_for_later() -> None:
    assert how_it_goes(SENDING, Statement(9, open=2, deferred=2), STANDING) is None


def test_a_sum_counts_every_letter_once_and_leaves_out_what_is_nothing() -> None:
    numbers = Statement(10, sent=5, open=3, excluded=2, deferred=1, repeated=4)
    shown = sum_of(numbers)
    assert [one.kind for one in shown] == ["sent", "open", "failed", "skipped"]
    assert sum(one.letters for one in shown) == numbers.intended


def test_a_correction_skips_nobody() -> None:
    kinds = [one.kind for one in groups(Statement(1, sent=1), with_skipped=False)]
    assert "skipped" not in kinds
    assert {"deferred", "repeated"} <= set(kinds)
