"""What a letter says of its items: where they lead, who may read them, in what language, and how much."""

import re
from dataclasses import replace
from html import unescape
from itertools import pairwise

import pytest

from newsletter_service.letters.mime.reading import html_of, text_of
from newsletter_service.letters.values import Card, Picture, Tag
from tests.every_letter.kinds import Kind, every_kind
from tests.letters.unit.letters import copy_of, edition

ITEM = Card(
    "news",
    Tag("NOORD", 1),
    "Een nieuw meldpunt",
    "Kort gezegd.",
    "Lang uitgelegd. " * 40,
    "https://noord.example/meldpunt",
    "Naar het meldpunt",
    Picture("https://nieuwsbrief.example/afbeelding/1", "Een balie", 1152, 480),
    anchor="bericht-7",
)
PLACE = "https://nieuwsbrief.example/archief/12/bericht-7"


def parts_of(
    *cards: Card, language: str = "nl", limit: int | None = None, featured: bool = False
) -> tuple[str, str]:
    """HTML and text of a letter with these items."""
    message = copy_of(edition(cards=cards, language=language, text_limit=limit, featured=featured))
    return html_of(message), text_of(message)


def test_picture_and_title_lead_where_the_item_leads() -> None:
    html, _text = parts_of(ITEM)
    assert re.search(
        r'<h3 [^<>]*><a href="https://noord\.example/meldpunt"[^<>]*>Een nieuw meldpunt</a></h3>', html
    )
    assert re.search(r'<a href="https://noord\.example/meldpunt"[^<>]*><img [^<>]*alt="Een balie"', html)


def test_an_item_says_whose_it_is_and_what_it_is_about() -> None:
    html, text = parts_of(replace(ITEM, topics=("Weerbaar bestuur", "Jeugd")), OTHER)
    assert re.search(r">NOORD</td><td [^<>]*>Weerbaar bestuur, Jeugd</td>", html)
    assert re.search(r">ZUID</td></tr>", html)
    assert "[NOORD · Weerbaar bestuur, Jeugd] Een nieuw meldpunt\n" in text
    assert "[ZUID] Nog een bericht\n" in text


def test_an_item_without_a_link_leads_nowhere() -> None:
    html, _text = parts_of(replace(ITEM, link_url="", link_label=""))
    assert re.search(r"<h3 [^<>]*>Een nieuw meldpunt</h3>", html)
    assert not re.search(r"<a [^<>]*><img", html)


def test_links_to_two_places_never_say_the_same() -> None:
    other = replace(ITEM, link_url="https://zuid.example/meldpunt", anchor="bericht-8")
    html, _text = parts_of(ITEM, other, limit=100)
    targets: dict[str, set[str]] = {}
    link = (
        r'<a href="([^"]*)"(?: aria-label="([^"]*)")?[^<>]*>(?:<img [^<>]*alt="([^"]*)"[^<>]*>|([^<]*))</a>'
    )
    for target, spoken, alt, words in re.findall(link, html):
        targets.setdefault(unescape(spoken or words or alt), set()).add(target)
    assert all(len(places) == 1 for places in targets.values()), targets


def test_a_picture_says_its_size_and_its_words_stand_on_a_ground() -> None:
    html, _text = parts_of(ITEM)
    ((cell, picture),) = re.findall(r'<td class="b-sunk"([^<>]*)>(?:(?!</td>).)*?<img ([^<>]*)>', html)
    assert 'width="560" height="233"' in picture
    assert "line-height:1.4" in picture
    assert "font-family:'Segoe UI'" in picture
    assert "bgcolor=" in cell


@pytest.mark.parametrize(
    "others", [(), (replace(ITEM, title="Nog een", anchor="b"),)], ids=["alone", "featured"]
)
def test_a_long_text_goes_on_on_the_page_of_its_item(others: tuple[Card, ...]) -> None:
    for part in parts_of(ITEM, *others, limit=100, featured=True):
        shown = " ".join(unescape(part).split())
        assert "Lang uitgelegd. Lang …" in shown
        assert shown.count("Lang uitgelegd.") == 6
        assert "Lees verder op onze website: “Een nieuw meldpunt”" in shown
        assert "Naar het meldpunt" in shown
        assert PLACE in part


OTHER = Card("news", Tag("ZUID", 2), "Nog een bericht", "Ook kort.")


def test_an_item_among_others_is_its_lead_and_the_way_to_the_rest() -> None:
    html, text = parts_of(OTHER, ITEM, limit=900)
    for part in (html, text):
        assert "Kort gezegd." in part
        assert "Lang uitgelegd." not in part
        assert "Naar het meldpunt" in part
        assert PLACE in part
    assert "/afbeelding/" not in html
    rest = rf'<a href="{PLACE}" aria-label="Lees verder op onze website: “Een nieuw meldpunt”"[^<>]*>Lees verder</a>'
    assert re.search(rest, html)
    assert "Lees verder op onze website: “Een nieuw meldpunt”:" in " ".join(text.split())


@pytest.mark.parametrize(
    "item",
    [
        replace(ITEM, lead=""),
        replace(ITEM, anchor=""),
        replace(ITEM, restricted_to=("OM",)),
    ],
    ids=["without a lead", "no place on the web", "restricted"],
)
def test_what_has_no_lead_or_stands_nowhere_else_keeps_its_text_and_its_picture(item: Card) -> None:
    html, text = parts_of(OTHER, item, limit=900)
    assert "Lang uitgelegd." in html
    assert "Lang uitgelegd." in text
    assert "/afbeelding/" in html


def test_a_letter_of_many_items_begins_with_their_titles() -> None:
    restricted = replace(ITEM, title="Besloten", restricted_to=("OM",), link_url="", link_label="")
    cards = (ITEM, OTHER, replace(OTHER, title="Derde"), restricted)
    html, text = parts_of(*cards, limit=900)
    contents = html.partition(">In dit nummer</h2>")[2].partition("<h2")[0]
    places = [contents.index(card.title) for card in cards]
    assert places == sorted(places)
    assert re.search(rf'<a href="{PLACE}"[^<>]*>Een nieuw meldpunt</a>', contents)
    assert re.findall(r">(NOORD|ZUID)</td>", contents) == ["NOORD", "ZUID", "ZUID", "NOORD"]
    assert re.search(r">Besloten<br /><span [^<>]*>Beperkte toegang</span>", contents)
    assert "- [ZUID] Nog een bericht\n- [ZUID] Derde\n- [NOORD] Besloten (Beperkte toegang)\n" in text
    for part in parts_of(*cards[:3], limit=900):
        assert "In dit nummer" not in part


def test_items_that_go_further_have_a_line_at_the_end_that_leads_to_their_page() -> None:
    restricted = replace(
        ITEM, title="Besloten", restricted_to=("OM",), link_url="", link_label="", anchor="b"
    )
    message = copy_of(edition(cards=(OTHER,), further=(ITEM, restricted), featured=False))
    html, text = html_of(message), text_of(message)
    lines = html.partition(">Verder in deze editie</h2>")[2].partition("<h2")[0]
    assert re.search(rf'<a href="{PLACE}"[^<>]*>Een nieuw meldpunt</a>', lines)
    assert re.search(r">Besloten<br /><span [^<>]*>Beperkte toegang</span>", lines)
    assert "Kort gezegd." not in html
    assert f"- [NOORD] Een nieuw meldpunt\n  {PLACE}\n- [NOORD] Besloten (Beperkte toegang)\n" in text
    assert "Stuur die niet door." in text


@pytest.mark.parametrize(
    ("item", "limit"),
    [
        (ITEM, None),
        (ITEM, 5000),
        (replace(ITEM, anchor=""), 100),
        (replace(ITEM, restricted_to=("OM",)), 100),
    ],
    ids=["no limit", "short enough", "no place on the web", "restricted"],
)
def test_what_need_not_or_may_not_be_cut_is_whole(item: Card, limit: int | None) -> None:
    for part in parts_of(item, limit=limit):
        assert " ".join(part.split()).count("Lang uitgelegd.") == 40
        assert "Lees verder" not in part


def test_a_restricted_item_says_whom_it_is_for_and_so_does_the_foot() -> None:
    restricted = replace(ITEM, restricted_to=("Politie", "OM", "OVV'ers"))
    for part in parts_of(restricted):
        shown = " ".join(unescape(part).split())
        assert "Beperkte toegang · alleen voor politie, OM en OVV'ers, niet doorsturen" in shown
        assert "In deze brief staan berichten met beperkte toegang. Stuur die niet door." in shown
        assert "Bekijk de openbare versie in uw browser" in shown
    for part in parts_of(ITEM):
        assert "eperkte toegang" not in part
        assert "Bekijk in uw browser" in part


def test_english_readers_are_told_which_words_are_dutch() -> None:
    html, text = parts_of(
        ITEM,
        replace(ITEM, link_label="", title="Nog een", anchor="b"),
        language="en",
        limit=100,
        featured=True,
    )
    assert "Our items are in Dutch." in html
    assert "Our items are in Dutch." in text
    for pattern in (
        r'<html lang="en"',
        r'<title lang="nl">',
        r'<div aria-label="Nieuws"[^<>]* lang="nl"',
        r'<div role="main"><div aria-label=[^<>]*><div lang="en">',
        r'<div lang="nl" style="display:none',
        r'<h1 lang="nl"',
        r'<h3 lang="nl"',
        r'<a href="[^"]*" aria-label="Read more on our website: “Nog een”"[^<>]*>Read more</a>',
        r'<img lang="nl"',
        r'<p lang="nl" [^<>]*>Kort gezegd\.</p>',
        r'<div lang="nl"> ?<p [^<>]*>Lang uitgelegd',
        r'<span lang="nl">Naar het meldpunt</span>',
        r'Read more on our website: <span lang="nl">“Een nieuw meldpunt”</span>',
        r'Read more about <span lang="nl">“Nog een”</span>',
    ):
        assert re.search(pattern, html), pattern
    dutch, _text = parts_of(ITEM)
    assert "<span lang=" not in dutch
    assert "berichten zijn in het Nederlands" not in dutch


@pytest.mark.parametrize("kind", every_kind(), ids=lambda kind: str(kind.name))
def test_every_letter_has_one_title_and_skips_no_level(kind: Kind) -> None:
    levels = [int(level) for level in re.findall(r"<h(\d)\b", html_of(kind.message))]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
