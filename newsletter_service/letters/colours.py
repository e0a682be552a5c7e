"""The colours that an organisation brings, and whether they can be read in light and in dark."""

import re
from dataclasses import dataclass, fields

from newsletter_service.letters.palette import DARK, LIGHT, Palette

TEXT_CONTRAST = 4.5
SHAPE_CONTRAST = 3.0
_HEX = re.compile(r"#[0-9a-f]{6}")


class NotAColour(ValueError):
    """What was meant as six colours (#rrggbb) and is not; `args` are the words that are none, or the whole text."""


@dataclass(frozen=True)
class Colours:
    """One organisation's colours in one scheme (#rrggbb): its stroke, its name, and the ground of its name."""

    stroke: str
    ink: str
    tint: str


@dataclass(frozen=True)
class Livery:
    """One organisation's colours in light and in dark."""

    light: Colours
    dark: Colours

    @classmethod
    def parsed(cls, text: str) -> "Livery":
        """What `str()` of a livery says: stroke, ink and tint in light, then in dark; raises NotAColour."""
        colours = text.lower().split()
        wrong = [one for one in colours if not _HEX.fullmatch(one)]
        if wrong or len(colours) != 2 * len(fields(Colours)):
            raise NotAColour(*wrong or [text])
        return cls(Colours(*colours[:3]), Colours(*colours[3:]))

    def __str__(self) -> str:
        schemes = (self.light, self.dark)
        return " ".join(getattr(scheme, one.name) for scheme in schemes for one in fields(Colours))


JOINT = Livery(
    Colours(LIGHT.edge, LIGHT.ink, LIGHT.sunk),
    Colours(DARK.edge, DARK.ink, DARK.sunk),
)
"""For what several organisations say together: nobody's colour."""


@dataclass(frozen=True)
class Refusal:
    """Two colours of a livery that cannot be told apart well enough, by name and scheme, and their contrast."""

    scheme: str
    colour: str
    ground: str
    contrast: float
    needed: float

    def __str__(self) -> str:
        return (
            f"{self.colour} on {self.ground} in {self.scheme}: {self.contrast:.1f}, {self.needed:g} is needed"
        )


def refusals(livery: Livery) -> list[Refusal]:
    """The pairs for which `livery` cannot be used: none for one that can be read everywhere it appears."""
    schemes = (("light", livery.light, LIGHT), ("dark", livery.dark, DARK))
    return [
        Refusal(scheme, colour, ground, found, needed)
        for scheme, own, palette in schemes
        for colour, ground, found, needed in _pairs(own, palette)
        if found < needed
    ]


def _pairs(own: Colours, palette: Palette) -> list[tuple[str, str, float, float]]:
    grounds = {"tint": own.tint, "ground": palette.ground, "paper": palette.paper, "sunk": palette.sunk}
    text = [("ink", name, contrast(own.ink, ground), TEXT_CONTRAST) for name, ground in grounds.items()]
    shapes = [
        ("stroke", name, contrast(own.stroke, ground), SHAPE_CONTRAST)
        for name, ground in grounds.items()
        if name != "tint"
    ]
    return text + shapes


def contrast(first: str, second: str) -> float:
    """The contrast of two colours (#rrggbb) as WCAG 2.2 defines it, from 1 to 21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
