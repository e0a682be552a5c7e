import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter_service.letters.errors import LetterError
from newsletter_service.letters.markdown.html import MAX_LENGTH, MAX_NESTING, links_in, to_html, to_text

HOSTILE = {
    "emphasis": "*" * 9_999 + "a" + "*" * 9_999,
    "failures": "**" * 4_999 + "a" + "**" * 4_999,
    "brackets": "[" * 20_000,
    "pictures": "![[" * 6_000,
    "links": "[a](" * 5_000,
    "quotes": "> " * 9_999 + "a",
    "lists": "".join("  " * depth + "- a\n" for depth in range(130)),
    "angles": "<" * 20_000,
    "ampersands": "&" * 20_000,
    "definitions": "[a]: x\n" * 2_800,
    "underscores": "_a__" * 5_000,
    "backslashes": "\\" * 20_000,
}


def depth_of(html: str) -> int:
    deepest = depth = 0
    for closing, name in re.findall(r"<(/?)([a-z]+)", html):
        if name != "br":
            depth += -1 if closing else 1
            deepest = max(deepest, depth)
    return deepest


def test_what_editors_need_becomes_html() -> None:
    html = to_html(
        "Een *zachte* en **harde** [monitor](https://cijfers.example/?a=1&b=2).\n\n- een\n- twee\n\n> quote"
    )
    assert html == (
        '<p>Een <em>zachte</em> en <strong>harde</strong> <a href="https://cijfers.example/?a=1&amp;b=2">monitor</a>.</p>\n'
        "<ul>\n<li>een</li>\n<li>twee</li>\n</ul>\n<blockquote>\n<p>quote</p>\n</blockquote>"
    )


@pytest.mark.parametrize("markdown", ["# Kop", "Kop\n===", "### Kop"])
def test_headings_become_bold_paragraphs(markdown: str) -> None:
    assert re.sub(r"\s", "", to_html(markdown)) == "<p><strong>Kop</strong></p>"
    assert to_text(markdown) == "Kop"


@pytest.mark.parametrize("line", ["---", "-----------", "- - -", "-"])
def test_a_line_of_dashes_makes_no_heading_of_what_stands_above_it(line: str) -> None:
    for text in (f"Eerste regel\nTweede regel\n{line}\nDerde regel", f"> Regel\n{line}\n\nRegel"):
        assert "<strong>" not in to_html(text)
        assert "<h" not in to_html(text)
    assert to_html("Slot\n---\nMeer").replace("\n", "") == "<p>Slot<br>---<br>Meer</p>"
    assert to_text("Slot\n---\nMeer") == "Slot\n---\nMeer"
    assert "<table>" in to_html("| a |\n|---|\n| 1 |")


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](  javascript:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "[x](file:///etc/passwd)",
        "[x](/redactie)",
        "<javascript:alert(1)>",
        "![foto](https://elders.example/pixel.png)",
        '[x](https://a.example "onmouseover=alert(1)")',
        "<iframe src=https://elders.example></iframe>",
        "<style>* { display: none }</style>",
        "`code` en\n\n```\ncode\n```\n\n    code",
    ],
)
def test_nothing_but_the_allowed_survives(markdown: str) -> None:
    html = to_html(markdown)
    assert set(re.findall(r"</?([a-z0-9]+)", html)) <= {
        "p",
        "strong",
        "em",
        "a",
        "ul",
        "ol",
        "li",
        "blockquote",
        "br",
    }
    assert all(re.match(r"(https?|mailto):", href) for href in re.findall(r'href="([^"]*)"', html))
    assert set(re.findall(r'<[a-z]+ ([a-z]+)="', html)) <= {"href"}


@given(st.text(alphabet=st.sampled_from("ab <>[]()!*_`#->.\\&\"'/:;=\n1"), max_size=200))
def test_no_typing_gets_a_tag_or_an_address_of_its_own_through(markdown: str) -> None:
    html = to_html(markdown)
    tags = re.findall(r"<[^>]*>", html)
    allowed = r'</?(p|strong|em|ul|ol|li|blockquote|a)>|<br>|<ol start="\d+">|<a href="[^"<>]*">'
    assert all(re.fullmatch(allowed, tag) for tag in tags)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_is_bounded_in_depth_and_time(name: str) -> None:
    begin = time.process_time()
    html = to_html(HOSTILE[name][:MAX_LENGTH])
    to_text(HOSTILE[name][:MAX_LENGTH])
    assert depth_of(html) <= 2 * MAX_NESTING + 2
    assert time.process_time() - begin < 5


def test_a_text_beyond_the_limit_is_refused_not_cut_off() -> None:
    assert to_html("a" * MAX_LENGTH)
    with pytest.raises(LetterError, match="20001 characters"):
        to_html("a" * (MAX_LENGTH + 1))


def test_text_keeps_the_structure_of_lists_and_quotes() -> None:
    markdown = (
        "Wat u doet:\n\n- bellen\n- schrijven\n  1. brief\n  2. mail\n- wachten\n\n"
        "> Rustig\n> blijven\n\n3. drie\n4. vier"
    )
    assert to_text(markdown).split("\n") == [
        "Wat u doet:",
        "",
        "- bellen",
        "- schrijven",
        "  1. brief",
        "  2. mail",
        "- wachten",
        "",
        "> Rustig",
        "> blijven",
        "",
        "3. drie",
        "4. vier",
    ]


def test_text_shows_where_links_lead() -> None:
    markdown = (
        "Zie [de kaart](https://kaart.example/a_b?x=1&y=2), <https://kaart.example/> of "
        "[mail](mailto:a@b.example)."
    )
    assert to_text(markdown) == (
        "Zie de kaart <https://kaart.example/a_b?x=1&y=2>, https://kaart.example/ of\nmail <a@b.example>."
    )


def test_text_has_no_entities() -> None:
    assert to_text("Bakker &amp; Zn. &lt;b&gt; 5 < 6 & 7 &copy;") == "Bakker & Zn. <b> 5 < 6 & 7 ©"


def test_lines_of_text_fit_but_addresses_stay_whole() -> None:
    address = "https://kaart.example/" + "lang/" * 30
    lines = to_text("- " + "woord " * 40 + f"[kaart]({address})").split("\n")
    assert f"<{address}>" in "".join(lines)
    assert all(len(line) <= 78 for line in lines if address not in line)
    assert all(line.startswith(("- ", "  ")) for line in lines)


def test_both_forms_call_links_the_same() -> None:
    markdown = "[**hier**](https://a.example/) en []( https://b.example/ )"
    names = {"hier": "hier – a.example", "": "b.example"}
    assert links_in(markdown) == [("hier", "https://a.example/"), ("", "https://b.example/")]
    html = to_html(markdown, lambda label, _address: names[label])
    assert '<a href="https://a.example/"><strong>hier</strong> – a.example</a>' in html
    assert '<a href="https://b.example/">b.example</a>' in html
    assert to_text(markdown, lambda label, _address: names[label]) == (
        "hier – a.example <https://a.example/> en b.example <https://b.example/>"
    )
