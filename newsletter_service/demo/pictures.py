"""Pictures for invented items, drawn on the spot: flat scenes in the colours of the newsletter and its two sides."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 1152, 576
_FINER = 2  # drawn larger and made smaller, which softens the edges
_SLANT = 13.5 / 36  # of the strokes in the mark: sideways for every pixel down

DEEP, BLUE, STEEL, HAZE, SKY = "#0b2a40", "#0b5587", "#2f6f9b", "#b7cfdf", "#dbe8f1"
AMBER, RUST, BARK, DUNE, SAND = "#d9782c", "#bd5f16", "#7d3a06", "#e6c7a1", "#f6e2cb"
LEAF, MOSS, GRASS, MEADOW = "#1d5a44", "#3f6b2f", "#a9c094", "#7f9f68"
WHITE, CREAM, STONE = "#ffffff", "#fdf6ef", "#e0d8c7"

Points = Sequence[tuple[float, float]]


class Pen:
    """Draws filled shapes in a field of 1152 by 576."""

    def __init__(self, ground: str) -> None:
        self.image = Image.new("RGB", (WIDTH * _FINER, HEIGHT * _FINER), ground)
        self._draw = ImageDraw.Draw(self.image)

    def box(self, left: float, top: float, right: float, bottom: float, colour: str) -> None:
        """A rectangle."""
        self._draw.rectangle([side * _FINER for side in (left, top, right, bottom)], fill=colour)

    def disc(self, x: float, y: float, radius: float, colour: str) -> None:
        """A circle around a point."""
        sides = (x - radius, y - radius, x + radius, y + radius)
        self._draw.ellipse([side * _FINER for side in sides], fill=colour)

    def shape(self, points: Points, colour: str) -> None:
        """A polygon."""
        self._draw.polygon([(x * _FINER, y * _FINER) for x, y in points], fill=colour)

    def line(self, points: Points, colour: str, width: float) -> None:
        """A line through points."""
        self._draw.line(
            [(x * _FINER, y * _FINER) for x, y in points],
            fill=colour,
            width=round(width * _FINER),
            joint="curve",
        )

    def right_of(self, x: float, top: float, bottom: float, colour: str) -> None:
        """All that lies right of the slanted cut that begins at `x` on top of the field, between two heights."""
        self.shape(
            [(x + top * _SLANT, top), (WIDTH, top), (WIDTH, bottom), (x + bottom * _SLANT, bottom)], colour
        )

    def tree(self, x: float, foot: float, size: float, leaf: str) -> None:
        """A tree of two crowns."""
        for shift, part in ((0.0, 1.0), (0.95, 0.72)):
            middle, radius = x + shift * size, size * part
            self.disc(middle, foot - size * 0.75 - radius * 0.5, radius, leaf)
            self.box(middle - size * 0.07, foot - size * 0.9 * part, middle + size * 0.07, foot, DEEP)

    def waves(self, left: str, right: str, cut: float) -> None:
        """Short lines of light on the water at the foot of the field."""
        for x, y, length in (
            (116, 488, 180),
            (58, 522, 116),
            (342, 512, 220),
            (210, 554, 108),
            (452, 546, 144),
        ):
            self.box(x, y, x + length, y + 5, left)
        for x, y, length in ((770, 518, 200), (940, 490, 126), (866, 552, 154), (640, 486, 92)):
            self.box(x, y, x + length, y + 5, right if x > cut + y * _SLANT else left)

    def png(self) -> bytes:
        """The finished picture."""
        out = BytesIO()
        self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
        return out.getvalue()


@dataclass(frozen=True)
class Picture:
    """What is to be seen, in words and as strokes of a pen."""

    alt: str
    paint: Callable[[Pen], None]


def draw(picture: Picture) -> bytes:
    """The picture as PNG, 1152 by 576; the same bytes every time."""
    pen = Pen(SKY)
    picture.paint(pen)
    return pen.png()


def _hills(pen: Pen, foot: float) -> None:
    """Far hills on both sides."""
    pen.shape(
        [(0, foot - 110), (90, foot - 138), (168, foot - 118), (252, foot - 154), (470, foot), (0, foot)],
        HAZE,
    )
    pen.shape(
        [
            (WIDTH, foot - 128),
            (1058, foot - 160),
            (980, foot - 130),
            (880, foot - 156),
            (640, foot),
            (WIDTH, foot),
        ],
        DUNE,
    )


def _wing(pen: Pen, left: float, wall: str, roof: str, glass: str) -> None:
    """A wing of the town hall with two rows of windows."""
    pen.box(left, 262, left + 216, 420, wall)
    pen.box(left - 10, 252, left + 226, 268, roof)
    for window in range(4):
        for top in (294, 352):
            pen.box(left + 26 + window * 48, top, left + 46 + window * 48, top + 38, glass)


def _town_hall(pen: Pen) -> None:
    pen.right_of(466, 0, 432, SAND)
    pen.disc(912, 134, 60, AMBER)
    _hills(pen, 432)
    _wing(pen, 236, BLUE, DEEP, SKY)
    _wing(pen, 700, RUST, BARK, SAND)
    pen.box(448, 236, 704, 420, DEEP)
    for column in range(6):
        pen.box(473 + column * 42, 252, 491 + column * 42, 396, CREAM)
    pen.shape([(430, 238), (576, 140), (722, 238)], DEEP)
    pen.shape([(472, 230), (576, 160), (602, 230)], BLUE)
    pen.shape([(576, 160), (680, 230), (602, 230)], RUST)
    pen.disc(576, 204, 15, CREAM)
    pen.line([(576, 195), (576, 204), (583, 208)], DEEP, 3)
    pen.box(573, 72, 579, 146, DEEP)
    for stripe, colour in enumerate((RUST, WHITE, BLUE)):
        pen.box(579, 76 + stripe * 13, 642, 88 + stripe * 13, colour)
    for step, colour in enumerate((STONE, CREAM, STONE)):
        pen.box(434 - step * 24, 394 + step * 14, 718 + step * 24, 408 + step * 14, colour)
    pen.tree(150, 434, 42, LEAF)
    pen.tree(980, 434, 38, MOSS)
    pen.box(0, 432, WIDTH, 452, DEEP)
    pen.box(0, 452, WIDTH, HEIGHT, STEEL)
    pen.right_of(480, 452, HEIGHT, RUST)
    pen.waves(HAZE, DUNE, 480)


def _bars(pen: Pen) -> None:
    pen.right_of(640, 0, HEIGHT, SAND)
    for level in range(5):
        pen.box(96, 84 + level * 86, 1056, 87 + level * 86, HAZE if level else WHITE)
    heights = (84, 122, 106, 168, 142, 210, 190, 256, 232, 300, 282, 352)
    for number, height in enumerate(heights):
        left = 116 + number * 78
        pen.box(left, 512 - height, left + 48, 512, RUST if number == len(heights) - 1 else BLUE)
        pen.box(left, 512 - height, left + 48, 520 - height, BARK if number == len(heights) - 1 else DEEP)
    pen.box(80, 512, 1072, 521, DEEP)
    trend = [(140 + number * 78, 456 - height) for number, height in enumerate(heights)]
    pen.line(trend, DEEP, 6)
    for x, y in trend:
        pen.disc(x, y, 11, DEEP)
        pen.disc(x, y, 6, AMBER)


def _barn(pen: Pen) -> None:
    pen.right_of(560, 0, 430, SAND)
    pen.disc(226, 132, 56, CREAM)
    _hills(pen, 430)
    pen.shape([(0, 400), (300, 366), (720, 396), (WIDTH, 356), (WIDTH, HEIGHT), (0, HEIGHT)], GRASS)
    for puff, radius in enumerate((14, 19, 25)):
        pen.disc(826 + puff * 22, 106 - puff * 32, radius, STONE)
    pen.box(808, 120, 846, 210, DEEP)
    pen.box(492, 250, 872, 434, DEEP)
    pen.shape([(456, 262), (566, 152), (682, 152), (682, 262)], BARK)
    pen.shape([(682, 152), (798, 152), (908, 262), (682, 262)], RUST)
    pen.box(624, 300, 740, 434, CREAM)
    pen.line([(624, 300), (740, 434)], DEEP, 7)
    pen.line([(740, 300), (624, 434)], DEEP, 7)
    for left in (532, 784):
        pen.box(left, 302, left + 56, 352, AMBER)
        pen.box(left + 25, 302, left + 31, 352, DEEP)
        pen.box(left, 324, left + 56, 330, DEEP)
    pen.tree(150, 424, 46, LEAF)
    pen.tree(352, 426, 34, MOSS)
    pen.tree(1010, 418, 44, MOSS)
    pen.shape([(0, 434), (WIDTH, 418), (WIDTH, HEIGHT), (0, HEIGHT)], MEADOW)
    for row in range(9):
        pen.line([(row * 190 - 190, HEIGHT), (200 + row * 94, 440)], GRASS, 7)


def _person(pen: Pen, x: float, foot: float, coat: str) -> None:
    """Somebody who stands with both feet on `foot`."""
    pen.disc(x, foot - 74, 13, BARK)
    pen.disc(x, foot - 46, 16, coat)
    pen.box(x - 16, foot - 46, x + 16, foot - 22, coat)
    for side in (-9, 9):
        pen.box(x + side - 5, foot - 24, x + side + 5, foot, DEEP)


def _stairs(pen: Pen) -> None:
    pen.right_of(500, 0, 500, SAND)
    pen.disc(210, 130, 56, AMBER)
    _hills(pen, 500)
    for step in range(7):
        left, top = 150 + step * 122, 448 - step * 48
        wall, tread = (RUST, BARK) if step > 3 else (BLUE, DEEP)
        pen.box(left, top, left + 122 if step < 6 else 1040, 500, wall)
        pen.box(left, top, left + 122 if step < 6 else 1040, top + 10, tread)
    pen.box(0, 500, WIDTH, 520, DEEP)
    pen.box(0, 520, WIDTH, HEIGHT, STONE)
    pen.box(984, 40, 991, 160, DEEP)
    for stripe, colour in enumerate((RUST, WHITE, BLUE)):
        pen.box(991, 44 + stripe * 15, 1066, 58 + stripe * 15, colour)
    for x, step, coat in ((92, -1, AMBER), (334, 1, RUST), (578, 3, AMBER), (700, 4, BLUE), (920, 6, BLUE)):
        _person(pen, x, 448 - step * 48 if step >= 0 else 500, coat)


def _crane(pen: Pen, left: float) -> None:
    """A crane on the quay with a container on its hook."""
    for leg in (left, left + 116):
        pen.shape([(leg, 130), (leg + 18, 130), (leg + 22, 452), (leg - 4, 452)], DEEP)
    pen.line([(left + 8, 330), (left + 126, 330)], DEEP, 10)
    pen.line([(left + 8, 440), (left + 126, 334)], DEEP, 6)
    pen.box(left - 216, 116, left + 168, 138, DEEP)
    pen.line([(left + 8, 120), (left + 66, 42), (left + 150, 120)], DEEP, 9)
    pen.line([(left + 66, 46), (left - 206, 120)], DEEP, 5)
    pen.box(left + 30, 138, left + 74, 176, RUST)
    pen.line([(left - 118, 138), (left - 118, 176)], DEEP, 4)
    pen.box(left - 162, 174, left - 74, 212, AMBER)


def _port(pen: Pen) -> None:
    pen.right_of(392, 0, 452, SAND)
    pen.disc(176, 128, 58, AMBER)
    _hills(pen, 452)
    for left in (756, 968):
        _crane(pen, left)
    colours = (BLUE, RUST, CREAM, AMBER, STEEL, DUNE)
    for row in range(3):
        for stack in range(5 - row):
            left, top = 150 + stack * 92 + row * 46, 360 - row * 42
            pen.box(left, top, left + 86, top + 38, colours[(stack + row * 2) % len(colours)])
            for rib in range(1, 4):
                pen.box(left + rib * 21, top + 6, left + rib * 21 + 3, top + 32, DEEP)
    pen.box(622, 270, 688, 400, CREAM)
    for window in range(3):
        pen.box(632 + window * 18, 286, 644 + window * 18, 300, BLUE)
    pen.box(640, 232, 664, 270, RUST)
    pen.box(0, 452, WIDTH, HEIGHT, STEEL)
    pen.right_of(470, 452, HEIGHT, RUST)
    pen.shape([(86, 398), (722, 398), (676, 484), (146, 484)], DEEP)
    pen.shape([(134, 462), (688, 462), (676, 484), (146, 484)], BARK)
    pen.box(724, 452, WIDTH, 486, DEEP)
    pen.waves(HAZE, DUNE, 470)


PICTURES = {
    "town hall": Picture("Een gemeentehuis aan het water, met een vlag op het dak", _town_hall),
    "bars": Picture("Een staafdiagram waarvan de staven en de lijn erboven oplopen", _bars),
    "barn": Picture(
        "Een schuur tussen de weilanden, met licht achter de ramen en rook uit de schoorsteen", _barn
    ),
    "stairs": Picture("Mensen op een trap van zeven treden, met bovenaan een vlag", _stairs),
    "port": Picture("Een containerschip aan de kade onder twee havenkranen", _port),
}
