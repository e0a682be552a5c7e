"""The colours and typefaces of a letter: those of web/styles/tokens.css by the same names, colours in light and dark.

What a reader must be able to read has a contrast of at least 7:1 in both (WCAG 2.2, 1.4.6), a shape that means
something one of 3:1 (1.4.11). The organisations bring colours of their own: letters/colours.py.
"""

from dataclasses import dataclass

from markupsafe import Markup

SERIF = Markup("'Palatino Linotype','Iowan Old Style',Palatino,Georgia,serif")
"""For headlines and leads; begins with what Windows has, since Outlook may look no further than the first name."""
SANS = Markup("'Segoe UI',-apple-system,Roboto,Arial,sans-serif")
"""For texts and facts."""


@dataclass(frozen=True)
class Palette:
    """One colour scheme."""

    ground: str
    paper: str
    sunk: str
    ink: str
    soft: str
    line: str
    edge: str
    deep: str
    on_deep: str
    on_deep_soft: str
    action: str
    on_action: str


LIGHT = Palette(
    ground="#f8f5ef",
    paper="#ffffff",
    sunk="#f0ebe2",
    ink="#14202b",
    soft="#424d58",
    line="#dcd5c7",
    edge="#787268",
    deep="#0b2a40",
    on_deep="#ffffff",
    on_deep_soft="#cfdde7",
    action="#064a82",
    on_action="#ffffff",
)

DARK = Palette(
    ground="#10171d",
    paper="#18222a",
    sunk="#202c35",
    ink="#f2eee6",
    soft="#c0c8ce",
    line="#33404a",
    edge="#8995a1",
    deep="#0a2133",
    on_deep="#ffffff",
    on_deep_soft="#cfdde7",
    action="#97cef0",
    on_action="#07202f",
)
