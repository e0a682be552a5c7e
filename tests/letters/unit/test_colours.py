from dataclasses import replace

import pytest

from newsletter_service.letters.colours import JOINT, Livery, NotAColour, Refusal, contrast, refusals
from newsletter_service.publisher.rules import PALETTES

BLUE = Livery.parsed("#0b5587 #06406a #e2eef6 #58a6d8 #b3daf3 #15344a")


def test_the_measure_is_that_of_the_norm() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_a_livery_is_written_as_it_is_read() -> None:
    assert str(BLUE) == "#0b5587 #06406a #e2eef6 #58a6d8 #b3daf3 #15344a"
    assert Livery.parsed(str(BLUE)) == BLUE


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("#0b5587 #06406a rood #58a6d8 #b3daf3 #15344a", ["rood"]),
        ("#0b5587 #06406a #abc #58a6d8 #b3daf3 #0000zz", ["#abc", "#0000zz"]),
        ("#0b5587;}*{display:none #06406a #e2eef6 #58a6d8 #b3daf3 #15344a", ["#0b5587;}*{display:none"]),
        ("#0b5587 #06406a #e2eef6 #58a6d8 #b3daf3", ["#0b5587 #06406a #e2eef6 #58a6d8 #b3daf3"]),
        ("", [""]),
    ],
)
def test_what_is_no_six_colours_is_refused_with_what_is_none(text: str, said: list[str]) -> None:
    with pytest.raises(NotAColour) as refused:
        Livery.parsed(text)
    assert list(refused.value.args) == said


@pytest.mark.parametrize("livery", [BLUE, JOINT, *map(Livery.parsed, PALETTES.values())])
def test_colours_that_can_be_read_everywhere_are_not_refused(livery: Livery) -> None:
    assert refusals(livery) == []


def test_a_name_that_is_too_pale_on_its_tint_is_refused_with_the_pair() -> None:
    pale = replace(BLUE, light=replace(BLUE.light, tint="#5f93b5"))
    assert [(one.scheme, one.colour, one.ground, round(one.contrast, 1)) for one in refusals(pale)] == [
        ("light", "ink", "tint", 3.2)
    ]


def test_a_stroke_that_fails_only_in_the_dark_is_refused_for_every_ground_it_stands_on() -> None:
    dim = replace(BLUE, dark=replace(BLUE.dark, stroke="#1c4a68"))
    assert {(one.scheme, one.colour, one.ground, one.needed) for one in refusals(dim)} == {
        ("dark", "stroke", "ground", 3.0),
        ("dark", "stroke", "paper", 3.0),
        ("dark", "stroke", "sunk", 3.0),
    }
    assert isinstance(refusals(dim)[0], Refusal)
