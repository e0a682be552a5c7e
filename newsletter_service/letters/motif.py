"""The shapes of the newsletter's mark: a stroke for each organisation, in the order of their places."""

from dataclasses import dataclass

HEIGHT = 36.0
_STROKE, _SLANT, _STEP = 10.5, 13.5, 14.0

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

    def width_at(self, height: int) -> int:
        """The width in whole pixels of a picture of the strokes that is `height` pixels high."""
        return round(self.width * height / HEIGHT)


def motif(count: int) -> Motif:
    """One stroke, two that meet in a V, or slanted bars in a row."""
    if count == 2:
        right = ((29.5, 0.0), (40.0, 0.0), (26.5, HEIGHT), (25.5, HEIGHT), (20.75, 23.33))
        return Motif(40.0, (_bar(0), right))
    bars = max(count, 1)
    return Motif(_STROKE + _SLANT + (bars - 1) * _STEP, tuple(_bar(place) for place in range(bars)))


def _bar(place: int) -> Points:
    x = place * _STEP
    return ((x, 0.0), (x + _STROKE, 0.0), (x + _STROKE + _SLANT, HEIGHT), (x + _SLANT, HEIGHT))
