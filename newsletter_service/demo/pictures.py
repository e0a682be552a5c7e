"""Pictures for invented items, drawn on the spot: flat shapes in the newsletter's colours."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 1152, 480
_FINER = 2  # drawn larger and made smaller, which softens the edges

DEEP, BLUE, HAZE, SKY = "#0b2a40", "#0b5587", "#b9d2e2", "#e2eef6"
AMBER, RUST, SAND = "#d9782c", "#bd5f16", "#f6e2cb"
MEADOW, GRASS = "#4c7a46", "#a9c094"
WHITE = "#ffffff"

Points = Sequence[tuple[float, float]]


class Pen:
    """Draws filled shapes in a field of 1152 by 480."""

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

    def png(self) -> bytes:
        """The finished picture."""
        out = BytesIO()
        self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(out, "PNG")
        return out.getvalue()


@dataclass(frozen=True)
class Picture:
    """What is to be seen, in words and as strokes of a pen."""

    alt: str
    ground: str
    paint: Callable[[Pen], None]


def draw(picture: Picture) -> bytes:
    """The picture as PNG, 1152 by 480; the same bytes every time."""
    pen = Pen(picture.ground)
    picture.paint(pen)
    return pen.png()


def _town_hall(pen: Pen) -> None:
    pen.disc(930, 130, 56, AMBER)
    pen.box(0, 404, WIDTH, HEIGHT, HAZE)
    for left in (250, 662):
        wall, glass = (BLUE, SKY) if left < WIDTH / 2 - 240 else (RUST, SAND)
        pen.box(left, 232, left + 240, 404, wall)
        for window in range(3):
            pen.box(left + 32 + window * 66, 272, left + 68 + window * 66, 330, glass)
    pen.box(470, 190, 682, 404, DEEP)
    pen.shape([(446, 190), (576, 104), (706, 190)], DEEP)
    pen.box(562, 48, 590, 112, DEEP)
    pen.shape([(590, 50), (648, 64), (590, 80)], AMBER)
    pen.disc(576, 158, 20, SKY)
    for column in range(4):
        pen.box(496 + column * 48, 214, 514 + column * 48, 372, HAZE)
    for step in range(4):
        pen.box(
            452 - step * 26, 372 + step * 16, 700 + step * 26, 390 + step * 16, WHITE if step % 2 else SKY
        )


def _bars(pen: Pen) -> None:
    for level in range(4):
        pen.box(96, 96 + level * 84, 1056, 98 + level * 84, HAZE)
    heights = (96, 132, 118, 176, 150, 214, 198, 262, 240, 304, 286, 330)
    for number, height in enumerate(heights):
        left = 116 + number * 78
        pen.box(left, 420 - height, left + 46, 420, DEEP if number == len(heights) - 1 else BLUE)
    pen.box(80, 420, 1072, 428, DEEP)
    trend = [(139 + number * 78, 372 - height) for number, height in enumerate(heights)]
    pen.line(trend, AMBER, 7)
    for x, y in trend:
        pen.disc(x, y, 10, AMBER)


def _barn(pen: Pen) -> None:
    pen.disc(190, 120, 52, AMBER)
    pen.shape([(0, 320), (300, 262), (720, 300), (1152, 246), (1152, 480), (0, 480)], GRASS)
    pen.box(520, 214, 880, 366, DEEP)
    pen.shape([(492, 222), (590, 128), (810, 128), (908, 222)], RUST)
    pen.box(644, 258, 756, 366, SAND)
    pen.line([(644, 258), (756, 366)], DEEP, 6)
    pen.line([(756, 258), (644, 366)], DEEP, 6)
    for left in (552, 800):
        pen.box(left, 258, left + 48, 298, AMBER)
    pen.shape([(0, 366), (1152, 350), (1152, 480), (0, 480)], MEADOW)
    for row in range(5):
        pen.line([(40 + row * 250, 480), (180 + row * 190, 372)], GRASS, 5)
    for x in (300, 372, 980):
        pen.box(x - 6, 270, x + 6, 352, RUST)
        pen.disc(x, 250, 40, MEADOW)


def _stairs(pen: Pen) -> None:
    for step in range(7):
        left, top = 150 + step * 122, 386 - step * 46
        pen.box(left, top, left + 122, 432, DEEP if step == 6 else (BLUE if step % 2 else HAZE))
    pen.box(80, 432, 1072, 440, DEEP)
    pen.box(936, 20, 944, 110, RUST)
    pen.shape([(944, 22), (1016, 42), (944, 64)], AMBER)
    for step in range(3):
        pen.disc(196 + step * 122, 360 - step * 46, 13, AMBER)


def _port(pen: Pen) -> None:
    pen.disc(168, 128, 54, AMBER)
    for left in (724, 950):
        pen.box(left, 110, left + 16, 380, DEEP)
        pen.box(left + 110, 110, left + 126, 380, DEEP)
        pen.box(left - 190, 96, left + 160, 116, DEEP)
        pen.line([(left + 8, 110), (left + 60, 40), (left + 118, 110)], DEEP, 8)
        pen.line([(left + 60, 44), (left - 180, 100)], DEEP, 5)
        pen.line([(left - 110, 116), (left - 110, 206)], DEEP, 4)
        pen.box(left - 150, 206, left - 70, 238, AMBER)
    colours = (BLUE, RUST, HAZE, AMBER, DEEP)
    for row in range(3):
        for stack in range(5 - row):
            left = 150 + stack * 92 + row * 30
            pen.box(left, 316 - row * 40, left + 84, 352 - row * 40, colours[(stack + row * 2) % 5])
    pen.shape([(90, 352), (680, 352), (640, 424), (140, 424)], DEEP)
    pen.box(700, 380, WIDTH, 424, HAZE)
    pen.box(0, 424, WIDTH, HEIGHT, BLUE)
    for wave in range(6):
        pen.line([(60 + wave * 190, 452), (150 + wave * 190, 452)], HAZE, 6)


PICTURES = {
    "town hall": Picture("Een gemeentehuis met een brede trap en een vlag op het dak", SKY, _town_hall),
    "bars": Picture("Een staafdiagram waarvan de staven en de lijn erboven oplopen", SKY, _bars),
    "barn": Picture("Een schuur tussen de weilanden, met licht achter de ramen", SAND, _barn),
    "stairs": Picture("Een trap van zeven treden met bovenaan een vlag", SKY, _stairs),
    "port": Picture("Een containerschip aan de kade onder twee havenkranen", SAND, _port),
}
