from io import BytesIO

import pytest
from PIL import Image

from newsletter_service.letters.colours import Livery
from newsletter_service.letters.motif import motif
from newsletter_service.letters.values import Publisher
from newsletter_service.web.marks import icon_svg, mark, picture

BLUE = Livery.parsed("#0b5587 #06406a #e2eef6 #58a6d8 #b3daf3 #15344a")


@pytest.mark.parametrize(("organisations", "strokes"), [(0, 1), (1, 1), (2, 2), (3, 3), (5, 5)])
def test_each_organisation_has_a_stroke_within_the_field(organisations: int, strokes: int) -> None:
    found = motif(organisations)
    assert len(found.strokes) == strokes
    assert all(0 <= x <= found.width and 0 <= y <= 36 for points in found.strokes for x, y in points)


@pytest.mark.parametrize("organisations", [2, 3, 5])
def test_the_first_organisation_stands_left_of_the_second(organisations: int) -> None:
    centres = [sum(x for x, _y in points) / len(points) for points in motif(organisations).strokes]
    assert centres == sorted(centres)


def test_two_strokes_meet_at_the_foot_and_nowhere_overlap() -> None:
    left, right = motif(2).strokes
    assert max(x for x, y in left if y == 36) < min(x for x, y in right if y == 36)
    assert min(x for x, y in right if y == 36) - max(x for x, y in left if y == 36) <= 2


def test_the_mark_is_drawn_in_the_organisations_colours() -> None:
    assert "#58a6d8" in icon_svg([Publisher("X", "X", BLUE)])
    image = Image.open(BytesIO(picture([Publisher("X", "X", BLUE)], 180, 180, 0.5)))
    assert image.size == (180, 180)
    assert image.convert("RGB").getpixel((90, 90)) == (0x58, 0xA6, 0xD8)


@pytest.mark.parametrize(("dark", "colour"), [(False, (0x0B, 0x55, 0x87)), (True, (0x58, 0xA6, 0xD8))])
def test_in_letters_the_mark_has_no_ground_and_the_colours_for_the_one_it_lies_on(
    dark: bool, colour: tuple[int, ...]
) -> None:
    image = Image.open(BytesIO(mark((Publisher("X", "X", BLUE),), dark=dark)))
    assert image.size == (motif(1).width_at(108), 108)
    assert image.getpixel((image.width // 2, 54)) == (*colour, 255)
    assert image.getpixel((image.width - 1, 0)) == (0, 0, 0, 0)
