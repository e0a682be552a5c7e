import pytest

from newsletter_service.letters.palette import DARK, LIGHT, Palette

TEXT_ON_GROUND = [
    *[(text, ground) for text in ("ink", "title", "soft", "link") for ground in ("paper", "panel")],
    ("soft", "ground"),
    ("link", "ground"),
    ("on_deep", "deep"),
    ("on_deep_soft", "deep"),
    ("on_button", "button"),
    ("on_bright_button", "bright_button"),
]
SHAPE_ON_GROUND = [("button", "paper"), ("button", "panel"), ("bright_button", "deep"), ("rule", "paper")]
SCHEMES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])


def contrast(first: str, second: str) -> float:
    """The contrast of two colours (#rrggbb) as WCAG 2.2 defines it, from 1 to 21."""
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_measure_is_that_of_the_norm() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@SCHEMES
@pytest.mark.parametrize(("text", "ground"), TEXT_ON_GROUND)
def test_text_can_be_read(palette: Palette, text: str, ground: str) -> None:
    assert contrast(getattr(palette, text), getattr(palette, ground)) >= 4.5


@SCHEMES
@pytest.mark.parametrize(
    ("text", "ground"),
    [("soft", "paper"), ("soft", "panel"), ("soft", "ground"), ("on_deep_soft", "deep")],
)
def test_soft_text_can_be_read_by_tired_eyes(palette: Palette, text: str, ground: str) -> None:
    assert contrast(getattr(palette, text), getattr(palette, ground)) >= 7


@SCHEMES
@pytest.mark.parametrize("accent", range(4))
def test_tags_can_be_read(palette: Palette, accent: int) -> None:
    assert contrast(palette.tags[accent].text, palette.tags[accent].ground) >= 4.5


@SCHEMES
@pytest.mark.parametrize(("shape", "ground"), SHAPE_ON_GROUND)
def test_shapes_that_mean_something_stand_out(palette: Palette, shape: str, ground: str) -> None:
    assert contrast(getattr(palette, shape), getattr(palette, ground)) >= 3
