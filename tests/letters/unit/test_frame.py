"""The frame of every letter: whose it is can be told by names and by places, without pictures."""

import re
from dataclasses import replace

import pytest

from newsletter_service.letters.colours import JOINT, Colours, Livery
from newsletter_service.letters.mime.reading import html_of
from newsletter_service.letters.mime.skeleton import Template
from newsletter_service.letters.values import Card, Publisher, Tag
from tests.every_letter.kinds import RENDERER, Kind, every_kind
from tests.letters.unit.letters import SENDER, VALUES, edition

NORTH = Publisher("NOORD", "Samenwerking Noord", JOINT)
SOUTH = Publisher("ZUID", "Samenwerking Zuid", Livery(Colours("#aa5500", "#663300", "#fff0e0"), JOINT.dark))
EAST = Publisher("OOST", "Samenwerking Oost", Livery(Colours("#116633", "#0a4422", "#e0f5e8"), JOINT.dark))
TOGETHER = Tag("NOORD + ZUID", 0)


def letter(*publishers: Publisher, tag: Tag) -> str:
    """The HTML of a letter of `publishers` with one item."""
    content = edition(cards=(Card("news", tag, "Een meldpunt", "Kort."),), featured=False)
    sender = replace(SENDER, publishers=publishers)
    return html_of(Template(RENDERER.edition(content, sender).skeleton).fill(VALUES))


def cell_of(name: str, html: str) -> str:
    """The attributes of the last cell that says `name` and nothing else."""
    return re.findall(rf"<td([^<>]*)>{re.escape(name)}</td>", html)[-1]


@pytest.mark.parametrize(
    ("tag", "sides"),
    [(Tag("NOORD", 1), {"left"}), (Tag("ZUID", 2), {"right"}), (TOGETHER, {"left", "right"})],
)
def test_of_two_the_first_has_its_stroke_left_and_the_second_right(tag: Tag, sides: set[str]) -> None:
    cell = cell_of(tag.text, letter(NORTH, SOUTH, tag=tag))
    assert set(re.findall(r"border-(\w+):5px solid", cell)) == sides
    assert ("#aa5500" in cell) == ("right" in sides)


def test_one_alone_has_one_stroke_and_a_plain_seam() -> None:
    html = letter(NORTH, tag=Tag("NOORD", 1))
    assert re.findall(r"border-(\w+):5px", cell_of("NOORD", html)) == ["left"]
    assert "border-right:5px" not in html
    assert 'width="100%" height="6"' in html


def test_of_three_each_has_a_bar_at_its_own_place() -> None:
    html = letter(NORTH, SOUTH, EAST, tag=Tag("OOST", 3))
    before = html[: html.rindex(">OOST</td>")]
    row = before[before.rindex("<tr>") :]
    assert re.findall(r'class="b(\d)"', row) == ["0", "0", "3"]
    assert "5px solid" not in html


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_head_names_every_organisation_in_words_in_its_ink(count: int) -> None:
    publishers = (NORTH, SOUTH, EAST)[:count]
    head = letter(*publishers, tag=Tag("NOORD", 1)).partition("<h1")[0]
    for one in publishers:
        said = rf"color:{one.livery.light.ink}[^<>]*>{one.short_name}</span><br />{one.name}<"
        assert re.search(said, head), one


@pytest.mark.parametrize("kind", every_kind(), ids=lambda kind: str(kind.name))
def test_every_letter_wears_the_same_head(kind: Kind) -> None:
    head = html_of(kind.message).partition("<h1")[0]
    assert re.findall(r'class="b(\d)"', head) == ["1", "2"]
    assert re.findall(r'class="n(\d)"', head) == ["1", "2"]
    (mark,) = re.findall(r"<img ([^<>]*)>", head)
    assert 'alt=""' in mark
    assert 'width="30" height="27"' in mark
