"""The organisations' colours as a style sheet, by their places: they are data, and pages load no style of their own."""

from collections.abc import Callable, Sequence
from hashlib import sha256

from newsletter_service.letters.colours import Colours
from newsletter_service.letters.values import Publisher

CUT = "112deg"
"""The slant of the seam where two colours meet, as that of the strokes."""


def style_sheet(publishers: Sequence[Publisher]) -> str:
    """Classes `accent-1`, `accent-2` ... that bring `--stroke`, `--name` and `--tint`, and the `--seam` of all."""
    light = _scheme(publishers, lambda one: one.livery.light)
    dark = _scheme(publishers, lambda one: one.livery.dark)
    dark_grounds = "\n".join(
        f".deep .accent-{place} {{ --stroke: {one.livery.dark.stroke}; --name: {one.livery.dark.ink}; }}"
        for place, one in enumerate(publishers, 1)
    )
    return f"{light}\n{dark_grounds}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n"


def digest(publishers: Sequence[Publisher]) -> str:
    """What changes with the style sheet and with nothing else."""
    return sha256(style_sheet(publishers).encode()).hexdigest()[:12]


def _scheme(publishers: Sequence[Publisher], colours_of: Callable[[Publisher], Colours]) -> str:
    colours = [colours_of(one) for one in publishers]
    rules = [
        f".accent-{place} {{ --stroke: {one.stroke}; --name: {one.ink}; --tint: {one.tint}; }}"
        for place, one in enumerate(colours, 1)
    ]
    seam = f":root {{ --seam: {_seam([one.stroke for one in colours])}; --rule: {_rule(colours)}; }}"
    return "\n".join([seam, *rules])


def _seam(strokes: Sequence[str]) -> str:
    """A slanted cut of paper between equal parts; a plain band for one."""
    return _cut(strokes, "%", 100 / max(len(strokes), 1), CUT)


def _rule(colours: Sequence[Colours]) -> str:
    """The short seam, 2.5rem an organisation."""
    return _cut([one.stroke for one in colours], "rem", 2.5, "90deg")


def _cut(strokes: Sequence[str], unit: str, share: float, angle: str) -> str:
    if len(strokes) < 2:
        only = strokes[0] if strokes else "var(--edge)"
        return f"linear-gradient({only}, {only})"
    stops = []
    for place, stroke in enumerate(strokes):
        start = f"calc({place * share:g}{unit} + 2px)" if place else "0"
        end = (
            f"calc({(place + 1) * share:g}{unit} - 2px)"
            if place + 1 < len(strokes)
            else f"{(place + 1) * share:g}{unit}"
        )
        stops += [f"{stroke} {start} {end}"]
        if place + 1 < len(strokes):
            stops += [f"var(--paper) {end} calc({(place + 1) * share:g}{unit} + 2px)"]
    return f"linear-gradient({angle}, {', '.join(stops)})"
