"""The colours of a letter, named by what they are for, in light and in dark.

What a reader must be able to read has a contrast of at least 4.5:1 in both (WCAG 2.2, 1.4.3); soft text, which is
small or aside, one of 7:1.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tint:
    """The colours of an organisation's tag."""

    ground: str
    text: str


@dataclass(frozen=True)
class Palette:
    """One colour scheme; `tags` are by accent, the first for several organisations at once."""

    ground: str
    paper: str
    panel: str
    deep: str
    ink: str
    title: str
    soft: str
    link: str
    on_deep: str
    on_deep_soft: str
    button: str
    on_button: str
    bright_button: str
    on_bright_button: str
    line: str
    rule: str
    tags: tuple[Tint, Tint, Tint, Tint]


LIGHT = Palette(
    ground="#eef2f5",
    paper="#ffffff",
    panel="#f0f5f9",
    deep="#0b2c43",
    ink="#1b2430",
    title="#0b2c43",
    soft="#435161",
    link="#0b5c8a",
    on_deep="#ffffff",
    on_deep_soft="#c9dcea",
    button="#0b4a70",
    on_button="#ffffff",
    bright_button="#ffffff",
    on_bright_button="#0b2c43",
    line="#d6dee5",
    rule="#0b3d5c",
    tags=(
        Tint("#e3edda", "#2d4a18"),
        Tint("#dcebf5", "#0b3d5c"),
        Tint("#fde8d2", "#7a3b00"),
        Tint("#ece5f8", "#45307d"),
    ),
)

DARK = Palette(
    ground="#0b1218",
    paper="#141e27",
    panel="#1c2a36",
    deep="#103650",
    ink="#e6edf3",
    title="#f4f8fb",
    soft="#b1c0cd",
    link="#8fcbf2",
    on_deep="#ffffff",
    on_deep_soft="#c9dcea",
    button="#8fcbf2",
    on_button="#08202f",
    bright_button="#f4f8fb",
    on_bright_button="#0b2c43",
    line="#33434f",
    rule="#4b86ad",
    tags=(
        Tint("#2b4219", "#d5edc2"),
        Tint("#14435f", "#cbe7f9"),
        Tint("#573009", "#ffdfba"),
        Tint("#41296a", "#e6d8fa"),
    ),
)
