import re
import shutil
import subprocess
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter_service.letters.compiling import compiled, spoken
from newsletter_service.letters.markdown.html import to_html
from newsletter_service.letters.mime.reading import html_of
from newsletter_service.letters.values import Card, Tag
from tests.every_letter.checks import TEXT_BROWSERS
from tests.every_letter.kinds import RENDERER
from tests.letters.unit.letters import copy_of, edition
from tests.required import missing


def html_letter(**changes: object) -> str:
    """The HTML of an edition's letter, with a few things changed."""
    return html_of(copy_of(edition(**changes)))


def words_of(html: str) -> list[str]:
    """The words as a browser would show them: only a block's end or a blank parts two."""
    shown = re.sub(r"<!--.*?-->|<style.*?</style>|<title.*?</title>", "", html, flags=re.DOTALL)
    shown = re.sub(r"</?(?:strong|em|a|span)\b[^<>]*>", "", shown)
    return unescape(re.sub(r"<[^<>]*>", " ", shown)).split()


WORD = st.text("abcdefg", min_size=1, max_size=5)
PIECE = st.one_of(
    WORD,
    WORD.map("**{}**".format),
    WORD.map("*{}*".format),
    WORD.map("[{}](https://ergens.example/x)".format),
    WORD.map("**[{}](https://ergens.example/x)**".format),
)
BETWEEN = st.sampled_from([" ", "\n", "  \n", "\\\n", " \n "])
LINES = st.lists(st.tuples(PIECE, BETWEEN), min_size=1, max_size=6).map(
    lambda pieces: "".join(piece + between for piece, between in pieces).strip()
)
BLOCK = st.tuples(st.sampled_from(["", "", "- ", "1. ", "> "]), LINES).map(
    lambda block: block[0] + block[1].replace("\n", "\n" + " " * len(block[0]))
)


@given(st.lists(BLOCK, min_size=1, max_size=4).map("\n\n".join))
@settings(max_examples=60, deadline=None)
def test_no_two_words_of_what_people_write_glue_together(markdown: str) -> None:
    written = words_of(to_html(markdown))
    shown = words_of(RENDERER.card_html(Card("news", Tag("NOORD", 1), "Kop", body=markdown), "nl"))
    joined = " ".join(shown)
    assert f" {' '.join(written)} " in f" {joined} "


def test_a_line_end_between_two_links_is_a_blank() -> None:
    html = html_letter(
        introduction="**Let op:**\n[Lees dit](https://ergens.example/a)\n[en dit](https://b.example)"
    )
    assert "Let op: Lees dit en dit" in " ".join(words_of(html))


@pytest.mark.parametrize("browser", TEXT_BROWSERS)
def test_the_links_below_a_letter_stand_apart_without_any_layout(browser: str) -> None:
    if shutil.which(browser) is None:
        missing(f"{browser} is not installed")
    command = TEXT_BROWSERS[browser]
    shown = subprocess.run(command, input=html_letter(), capture_output=True, text=True, check=True).stdout
    words = re.sub(r"\[\d+\]", "", shown).split()
    for label in ("Voorkeuren aanpassen", "Afmelden", "Bekijk in uw browser"):
        assert f" {label} " in f" {' '.join(words)} "


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ('Wat “mag” en wat "moet"', 'Wat “mag” en wat "moet"'),
        ("Map C:\\Temp\\u{41}", "Map C:\\Temp\\u{41}"),
        ("Storm ⚠️ op komst 👩‍🚒", "Storm ⚠️ op komst 👩‍🚒"),
        ("Gemeente\N{SOFT HYPHEN}raad", "Gemeenteraad"),
        ("Cafe\N{COMBINING ACUTE ACCENT} open", "Café open"),
        ("A & B <c> 'd' &amp;", "A & B <c> 'd' &amp;"),
        ('Zo" aria-roledescription="email', 'Zo" aria-roledescription="email'),
    ],
)
def test_screen_readers_and_browsers_call_a_letter_by_its_subject(subject: str, name: str) -> None:
    html = html_letter(subject=subject)
    (label,) = re.findall(
        r'<div aria-label="([^"]*)" aria-roledescription="email"[^<>]* role="article"', html
    )
    assert unescape(label) == name == spoken(subject)
    (title,) = re.findall(r"<title>([^<]*)</title>", html)
    assert unescape(title) == subject


def test_a_card_may_have_been_pasted_with_what_no_page_can_hold() -> None:
    odd = "Kop\x00\ud800\ufdd0"
    assert "<title>Kop</title>" in RENDERER.card_html(Card("news", Tag("NOORD", 1), odd), "nl")


def test_a_source_that_brings_its_own_title_is_refused() -> None:
    source = "<mjml><mj-head><mj-title>Zo</mj-title></mj-head><mj-body></mj-body></mjml>"
    with pytest.raises(Exception, match="no place for its title"):
        compiled(source, "Anders", "nl", "nl")


def test_the_line_in_the_inbox_goes_on_with_nothing() -> None:
    (hidden,) = re.findall(
        r'<div lang="nl" style="(display:none[^"]*)">Kort((?:\u200c\u00a0)*)</div>', html_letter()
    )
    assert len(hidden[1]) > 300
    assert "#ffffff;" not in hidden[0].partition("background")[0]
    assert html_letter(preheader="").count("display:none") == 0
