"""The figures as rows: printed as a table, and written down for others to quote."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

RESULTS = Path(__file__).with_name("results.json")


@dataclass(frozen=True)
class Row:
    """One way of sending, or one size; `ratio` is to smtp-source in the same round, where there was one."""

    name: str
    ratio: float | None
    letters_per_second: float
    cpu_us_per_letter: float
    peak_mb: float


def middle(rows: Sequence[Row]) -> Row:
    """The medians of several rounds of one row."""

    def of(figure: Callable[[Row], float]) -> float:
        return median(map(figure, rows))

    ratios = [row.ratio for row in rows if row.ratio is not None]
    return Row(
        name=rows[0].name,
        ratio=median(ratios) if ratios else None,
        letters_per_second=of(lambda row: row.letters_per_second),
        cpu_us_per_letter=of(lambda row: row.cpu_us_per_letter),
        peak_mb=of(lambda row: row.peak_mb),
    )


def print_header() -> None:
    """The head of the table."""
    print(f"{'':26}{'ratio':>7}{'letters/s':>12}{'CPU µs/letter':>15}{'peak MB':>9}", flush=True)


def print_row(row: Row) -> None:
    """One line of the table."""
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    figures = f"{row.letters_per_second:12,.0f}{row.cpu_us_per_letter:15,.0f}{row.peak_mb:9.0f}"
    print(f"{row.name:26}{ratio:>7}{figures}", flush=True)


def print_note(words: str) -> None:
    """What the table has no column for."""
    print(f"  {words}", flush=True)


def write(rows: Sequence[Row], path: Path = RESULTS) -> None:
    """Write all rows down, for whoever reads figures by program."""
    lines = [json.dumps({key: _short(value) for key, value in asdict(row).items()}) for row in rows]
    path.write_text("[\n  " + ",\n  ".join(lines) + "\n]\n")


def _short(value: str | float | None) -> str | float | None:
    return round(value, 3) if isinstance(value, float) else value
