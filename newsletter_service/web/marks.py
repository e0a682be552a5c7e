"""The newsletter's own mark, of its organisations' strokes: their shapes, and pictures of them for tabs and shares."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw

from newsletter_service.letters.colours import JOINT
from newsletter_service.letters.palette import LIGHT
from newsletter_service.letters.values import Publisher

HEIGHT = 36.0
_STROKE, _SLANT, _STEP = 10.5, 13.5, 14.0
_FINER = 4  # drawn larger and made smaller, which softens the edges
_SQUARE = 32.0

Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Motif:
    """The strokes by place, in a field of `width` by 36."""

    width: float
    strokes: tuple[Points, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """Each stroke as an SVG path."""
        return tuple("M" + "L".join(f"{x:g} {y:g}" for x, y in points) + "z" for points in self.strokes)


def motif(count: int) -> Motif:
    """One stroke, two that meet in a V, or slanted bars in a row."""
    if count == 2:
        right = ((29.5, 0.0), (40.0, 0.0), (26.5, HEIGHT), (25.5, HEIGHT), (20.75, 23.33))
        return Motif(40.0, (_bar(0), right))
    bars = max(count, 1)
    return Motif(_STROKE + _SLANT + (bars - 1) * _STEP, tuple(_bar(place) for place in range(bars)))


def icon_svg(publishers: Sequence[Publisher]) -> str:
    """The mark on a deep ground, for a browser's tab."""
    found = motif(len(publishers))
    scale = 20 / max(found.width, HEIGHT)
    left, top = (_SQUARE - found.width * scale) / 2, (_SQUARE - HEIGHT * scale) / 2
    paths = "".join(
        f'<path fill="{colour}" d="{path}"/>'
        for colour, path in zip(_colours(publishers), found.paths, strict=True)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        f'<rect width="32" height="32" rx="5" fill="{LIGHT.deep}"/>'
        f'<g transform="translate({left:g} {top:g}) scale({scale:g})">{paths}</g></svg>'
    )


def picture(publishers: Sequence[Publisher], width: int, height: int, share: float) -> bytes:
    """The mark on a deep ground as PNG, `share` of the height high."""
    found, size = motif(len(publishers)), height * share * _FINER
    scale = size / HEIGHT
    image = Image.new("RGB", (width * _FINER, height * _FINER), LIGHT.deep)
    draw = ImageDraw.Draw(image)
    left, top = (image.width - found.width * scale) / 2, (image.height - size) / 2
    for colour, points in zip(_colours(publishers), found.strokes, strict=True):
        draw.polygon([(left + x * scale, top + y * scale) for x, y in points], fill=colour)
    out = BytesIO()
    image.resize((width, height), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()


def _bar(place: int) -> Points:
    x = place * _STEP
    return ((x, 0.0), (x + _STROKE, 0.0), (x + _STROKE + _SLANT, HEIGHT), (x + _SLANT, HEIGHT))


def _colours(publishers: Sequence[Publisher]) -> list[str]:
    return [one.livery.dark.stroke for one in publishers] or [JOINT.dark.stroke]
