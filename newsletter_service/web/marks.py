"""Pictures of the newsletter's own mark, of its organisations' strokes: for tabs, shares and the head of letters."""

from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw

from newsletter_service.letters.colours import JOINT
from newsletter_service.letters.motif import HEIGHT, motif
from newsletter_service.letters.palette import LIGHT
from newsletter_service.letters.values import Publisher

IN_LETTERS = 108
"""Pixels of the mark's height in the picture for letters, which show it at a quarter of that."""
_FINER = 4  # drawn larger and made smaller, which softens the edges
_SQUARE = 32.0


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
    image = Image.new("RGB", (width * _FINER, height * _FINER), LIGHT.deep)
    _draw(image, _colours(publishers), share)
    return _png(image)


@lru_cache(maxsize=8)
def mark(publishers: tuple[Publisher, ...], *, dark: bool = False) -> bytes:
    """The mark alone as PNG on no ground, in the colours for a light one or a dark one."""
    width = motif(len(publishers)).width_at(IN_LETTERS)
    image = Image.new("RGBA", (width * _FINER, IN_LETTERS * _FINER))
    _draw(image, _colours(publishers, dark=dark), 1)
    return _png(image)


def _draw(image: Image.Image, colours: Sequence[str], share: float) -> None:
    found, size = motif(len(colours)), image.height * share
    scale = size / HEIGHT
    draw = ImageDraw.Draw(image)
    left, top = (image.width - found.width * scale) / 2, (image.height - size) / 2
    for colour, points in zip(colours, found.strokes, strict=True):
        draw.polygon([(left + x * scale, top + y * scale) for x, y in points], fill=colour)


def _png(image: Image.Image) -> bytes:
    out = BytesIO()
    size = (image.width // _FINER, image.height // _FINER)
    image.resize(size, Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()


def _colours(publishers: Sequence[Publisher], *, dark: bool = True) -> list[str]:
    liveries = [one.livery for one in publishers] or [JOINT]
    return [(one.dark if dark else one.light).stroke for one in liveries]
