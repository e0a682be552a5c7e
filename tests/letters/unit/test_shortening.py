import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter_service.letters.markdown.html import reading_length, to_html, to_text


@pytest.mark.parametrize(
    ("markdown", "limit", "html"),
    [
        ("Eén korte zin.", 14, "<p>Eén korte zin.</p>"),
        ("Eén korte zin.", 13, "<p>Eén korte …</p>"),
        ("Eén **korte zin** hier.", 9, "<p>Eén <strong>korte</strong> …</p>"),
        ("Eerste.\n\nTweede alinea.", 8, "<p>Eerste.</p>"),
        ("Zie [de handreiking](https://a.example/) hier.", 10, "<p>Zie …</p>"),
        ("- een\n- twee drie\n- vier", 8, "<ul> <li>een</li> <li>twee …</li> </ul>"),
        ("> Een citaat dat lang is.", 12, "<blockquote> <p>Een citaat …</p> </blockquote>"),
        ("# Kop\n\nTekst", 3, "<p> <strong>Kop</strong></p>"),
    ],
)
def test_a_text_ends_with_a_whole_word_and_everything_closed(markdown: str, limit: int, html: str) -> None:
    assert " ".join(to_html(markdown, limit=limit).split()) == html


def test_the_text_part_is_cut_at_the_same_place() -> None:
    markdown = "Eén **korte** zin.\n\n- een\n- twee drie\n- vier"
    assert to_text(markdown, limit=22) == "Eén korte zin.\n\n- een\n- twee …"


WORDS = st.lists(st.text("abcdé", min_size=1, max_size=8), min_size=1, max_size=12).map(" ".join)
BLOCKS = st.tuples(st.sampled_from(["", "- ", "1. ", "> ", "## ", "**"]), WORDS).map(
    lambda pair: f"{pair[0]}{pair[1]}{'**' if pair[0] == '**' else ''}"
)


@given(markdown=st.lists(BLOCKS, min_size=1, max_size=6).map("\n\n".join), limit=st.integers(1, 300))
@settings(deadline=None)
def test_what_is_left_is_a_beginning_of_what_was_written(markdown: str, limit: int) -> None:
    whole, cut = to_html(markdown), to_html(markdown, limit=limit)
    words, left = _words(whole), _words(cut)
    if left and left[-1] == "…":
        left.pop()
    assert words[: len(left)] == left
    assert len("".join(left)) <= limit
    for tag in ("p", "ul", "ol", "li", "blockquote", "strong"):
        assert len(re.findall(rf"<{tag}\b", cut)) == cut.count(f"</{tag}>")
    if reading_length(markdown) <= limit:
        assert cut == whole


def _words(html: str) -> list[str]:
    return re.sub(r"<[^<>]*>", " ", html).split()
