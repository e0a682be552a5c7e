"""`python -m benchmarks.lists`: 100,000 readers brought in by a list and taken along again, by the command itself.

Printed are seconds from its start to its end, processor seconds, and megabytes at its peak.
"""

import os
import random
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.ledgers import Store, newsletter, postgresql_store, sqlite_store
from benchmarks.processes import Usage
from benchmarks.readers import invented_word

READERS = int(os.environ.get("BENCH_READERS", "100000"))
SEGMENTS = ("", "politie", "om", "burgemeesters", "ovv")
BEGAN = datetime(2021, 1, 1, 8, tzinfo=UTC)
HEADER = "E-mailadres;Naam;Organisatie;Taal;Doelgroepen;Status;Aangemeld op;Bevestigd op"


def main() -> None:
    """Print what each database takes for each way."""
    load = os.getloadavg()[0]
    print(f"{READERS} readers; load {load:.2f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stores:
        file = Path(folder) / "lezers.csv"
        file.write_text("\n".join([HEADER, *map(_line, range(READERS))]), "utf-8")
        for name, opened in (("sqlite", sqlite_store), ("postgresql", postgresql_store)):
            _measure(name, stores.enter_context(opened()), file)


def _measure(name: str, store: Store, file: Path) -> None:
    with store.copy() as url:
        newsletter(url, "seed")
        _print(
            name,
            "in",
            newsletter(url, "subscribers", "import", str(file), "--consent", "Vakje op het formulier"),
        )
        out = newsletter(url, "subscribers", "export")
        _print(name, "out", out)
        exported = file.with_name(f"{name}.csv")
        exported.write_text(out.output, "utf-8")
        _print(name, "again", newsletter(url, "subscribers", "import", str(exported), "--consent", "Vakje"))


def _print(name: str, way: str, used: Usage) -> None:
    print(f"{name:10} {way:6} {used.seconds:6.1f} s {used.cpu_seconds:6.1f} s cpu {used.peak_mb:6.0f} MB")
    if way != "out":
        print(f"{'':18}{used.output.strip()[-120:]}", file=sys.stderr)


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
