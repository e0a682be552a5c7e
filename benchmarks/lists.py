"""`python -m benchmarks.lists`: 100,000 readers brought in by a list and taken along again, by the command itself.

What is counted a second are readers. On PostgreSQL processor time is that of the command alone.
"""

import os
import random
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.ledgers import application, newsletter, postgresql_store, sqlite_store
from benchmarks.processes import Usage
from benchmarks.readers import invented_word
from benchmarks.report import Row, print_header, print_note, print_row
from newsletter_service.db import unit_of_work
from newsletter_service.demo.region import region
from newsletter_service.setup.service import fill

READERS = int(os.environ.get("BENCH_READERS", "100000"))
SEGMENTS = ("", "politie", "om", "burgemeesters", "ovv")
BEGAN = datetime(2021, 1, 1, 8, tzinfo=UTC)
HEADER = "E-mailadres;Naam;Organisatie;Taal;Doelgroepen;Status;Aangemeld op;Bevestigd op"


def main() -> None:
    """Print what each database takes for each way."""
    print(f"{READERS} readers; load {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores")
    print_header()
    for row in lists(READERS):
        print_row(row)


def lists(readers: int) -> Iterator[Row]:
    """A row for each way on both databases: in, out, and in once more, when all are known."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "lezers.csv"
        file.write_text("\n".join([HEADER, *map(_line, range(readers))]), "utf-8")
        for mark, opened in (("", sqlite_store), ("-postgresql", postgresql_store)):
            with opened() as store, store.copy() as url:
                yield from _ways(url, mark, file, readers)


def _ways(url: str, mark: str, file: Path, readers: int) -> Iterator[Row]:
    with application(url), unit_of_work() as session:
        fill(session, region(), datetime.now(UTC))
    taking_in = ("subscribers", "import", str(file), "--consent", "Vakje op het formulier")
    yield _row(f"list-in{mark}", newsletter(url, *taking_in), readers)
    yield _row(f"list-out{mark}", newsletter(url, "subscribers", "export"), readers)
    yield _row(f"list-in-again{mark}", newsletter(url, *taking_in), readers)


def _row(name: str, used: Usage, readers: int) -> Row:
    print_note(f"{name}: {used.seconds:.1f} s, {used.cpu_seconds:.1f} s of processor time")
    return Row(name, None, readers / used.seconds, 1e6 * used.cpu_seconds / readers, used.peak_mb)


def _line(number: int) -> str:
    pick = random.Random(number)  # the same readers each time
    name = f"{invented_word(pick, 2)} {invented_word(pick, 3)}".title()
    address = f"{invented_word(pick, 4)}{number}@{invented_word(pick, 2)}.example"
    asked = BEGAN + timedelta(
        days=pick.randrange(2000), minutes=pick.randrange(600), seconds=pick.randrange(60)
    )
    confirmed = asked + timedelta(seconds=pick.randrange(10_000))
    cells = (
        address,
        name,
        f"Gemeente {invented_word(pick, 3).title()}",
        pick.choice(("Nederlands", "Engels")),
        pick.choice(SEGMENTS),
        "actief",
        f"{asked:%d-%m-%Y %H:%M:%S}",
        f"{confirmed:%d-%m-%Y %H:%M:%S}",
    )
    return ";".join(cells)


if __name__ == "__main__":
    main()
