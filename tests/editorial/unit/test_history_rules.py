"""Versions of an item as plain values: written down and read again, and compared word by word."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from newsletter_service.editorial.history.rules import Fate, Piece, changed, read, word_by_word, written
from newsletter_service.editorial.rules import Content, Kind

WHOLE = Content(
    kind=Kind.EVENT,
    title="Leerhuis",
    body="Eerst **dit**.\n\nDan dat.",
    starts_at=datetime(2026, 12, 10, 12, 30, tzinfo=UTC),
    segment_ids=frozenset({3, 1}),
    topic_ids=frozenset({2}),
    priority=2,
    joint=True,
)


def test_what_was_written_down_is_read_as_it_was() -> None:
    assert read(written(WHOLE)) == WHOLE
    assert read(written(Content(Kind.NEWS, "Kort"))) == Content(Kind.NEWS, "Kort")


def test_a_field_that_is_no_part_of_an_item_any_more_is_left_out() -> None:
    assert read({"kind": "news", "title": "Oud", "colour": "red"}) == Content(Kind.NEWS, "Oud")


def test_texts_are_compared_word_by_word() -> None:
    assert word_by_word("De nieuwe monitor is er.", "De monitor is er nu.") == (
        Piece(Fate.SAME, "De "),
        Piece(Fate.GONE, "nieuwe "),
        Piece(Fate.SAME, "monitor is "),
        Piece(Fate.GONE, "er."),
        Piece(Fate.NEW, "er nu."),
    )


@given(st.text(alphabet="ab \n", max_size=30), st.text(alphabet="ab \n", max_size=30))
def test_the_pieces_hold_all_of_both_texts(before: str, after: str) -> None:
    pieces = word_by_word(before, after)
    assert "".join(piece.text for piece in pieces if piece.fate is not Fate.NEW) == before
    assert "".join(piece.text for piece in pieces if piece.fate is not Fate.GONE) == after


def test_what_differs_is_named_in_the_order_of_the_form() -> None:
    assert changed(WHOLE, Content(**{**WHOLE.__dict__, "priority": 1, "title": "Anders"})) == (
        "title",
        "priority",
    )
