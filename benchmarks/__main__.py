"""`python -m benchmarks [PART...]` prints a table of some parts, or of all and then writes it down too.

QUICK=1 does less of everything, and BENCH_READERS (1,000,000) says how far growth is followed: neither is written down.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator

from benchmarks.compare import compare
from benchmarks.far import far
from benchmarks.growth import SIZES, growth, releasing
from benchmarks.lists import lists
from benchmarks.readers import READERS as FOR_STAFF
from benchmarks.readers import readers
from benchmarks.report import Row, print_header, print_row, write
from benchmarks.screens import LETTERS, screens
from benchmarks.together import together
from benchmarks.trail import ENTRIES, trail
from benchmarks.waiting import waiting

QUICK = bool(os.environ.get("QUICK"))
READERS = int(os.environ.get("BENCH_READERS", "10000" if QUICK else "1000000"))
ROUNDS = 1 if QUICK else 5
_SIZES = {size: 1 if QUICK else times for size, times in SIZES.items() if size <= READERS}

PARTS: dict[str, Callable[[], Iterable[Row]]] = {
    "compare": lambda: compare(ROUNDS),
    "far": lambda: far(1 if QUICK else 3),
    "together": lambda: together(1 if QUICK else 3),
    "growth": lambda: growth(_SIZES),
    "waiting": lambda: waiting(1 if QUICK else 3),
    "screens": lambda: screens(letters=20_000 if QUICK else LETTERS),
    "readers": lambda: _with_lists(10_000 if QUICK else FOR_STAFF),
    "trail": lambda: trail(10_000 if QUICK else ENTRIES),
}


def _with_lists(number: int) -> Iterator[Row]:
    """All that so many readers take: to be found, brought in, taken along, and written to."""
    yield from readers(number=number)
    yield from lists(number)
    yield from releasing(number)


def main(wanted: list[str]) -> None:
    """Measure, print, and write down what was measured in full."""
    if not set(wanted) <= set(PARTS):
        sys.exit(f"There is only: {', '.join(PARTS)}.")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit("ended"))
    print_header()
    rows: list[Row] = []
    for part in wanted or PARTS:
        for row in PARTS[part]():
            print_row(row)
            rows.append(row)
    if not wanted and not QUICK and "BENCH_READERS" not in os.environ:
        write(rows)


if __name__ == "__main__":
    main(sys.argv[1:])
