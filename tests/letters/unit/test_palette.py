import pytest

from newsletter_service.letters.colours import contrast
from newsletter_service.letters.palette import DARK, LIGHT, Palette

TEXT_ON_GROUND = [
    *[(text, ground) for text in ("ink", "soft", "action") for ground in ("paper", "sunk", "ground")],
    ("on_deep", "deep"),
    ("on_deep_soft", "deep"),
    ("deep", "on_deep"),
    ("on_action", "action"),
]
SHAPE_ON_GROUND = [(shape, ground) for shape in ("action", "edge") for ground in ("paper", "sunk", "ground")]
SCHEMES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])


@SCHEMES
@pytest.mark.parametrize(("text", "ground"), TEXT_ON_GROUND)
def test_text_can_be_read_by_tired_eyes(palette: Palette, text: str, ground: str) -> None:
    assert contrast(getattr(palette, text), getattr(palette, ground)) >= 7


@SCHEMES
@pytest.mark.parametrize(("shape", "ground"), SHAPE_ON_GROUND)
def test_shapes_that_mean_something_stand_out(palette: Palette, shape: str, ground: str) -> None:
    assert contrast(getattr(palette, shape), getattr(palette, ground)) >= 3
