"""Pictures for invented items, drawn on the spot."""

from io import BytesIO

from PIL import Image, ImageDraw

SIZE = (1152, 480)
_PALETTES = (
    ("#dfeaf2", "#0b2c43", "#5b93b5"),
    ("#f7ead9", "#7a3b00", "#d98a3d"),
    ("#e5eedd", "#2d4a18", "#7fa35f"),
)


def draw(number: int) -> bytes:
    """A calm drawing of blocks and steps as PNG; each `number` gives one of its own."""
    ground, dark, middle = _PALETTES[number % len(_PALETTES)]
    image = Image.new("RGB", SIZE, ground)
    pen = ImageDraw.Draw(image)
    for step in range(9):
        left = 96 + step * 110
        height = 60 + ((step * 37 + number * 53) % 270)
        pen.rectangle((left, 420 - height, left + 72, 420), fill=dark if (step + number) % 3 == 0 else middle)
    pen.rectangle((64, 420, 1088, 428), fill=dark)
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
