"""`python -m benchmarks.search`: finding readers among 100,000, in milliseconds: median and slowest of nine."""

import random
import tempfile
import time
from pathlib import Path
from statistics import median

from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from newsletter_service.db import open_engine
from newsletter_service.registry.service import Wanted, find
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.rules import Status, folded
from tests.conftest import NOW
from tests.postgresql import running_cluster
from tests.tables import create_tables

READERS = 100_000
PARTS = tuple(consonant + vowel for consonant in "bklmrstv" for vowel in "aeio")
LOOKED_FOR = ("a", "mi", "mibako", "smidje", "mara reko")


def main() -> None:
    """Print what each search takes on each database."""
    with tempfile.TemporaryDirectory() as folder:
        _measure("sqlite", open_engine(f"sqlite:///{Path(folder) / 'readers.sqlite3'}"))
    with running_cluster() as cluster, cluster.engine("readers") as engine:
        _measure("postgresql", engine)


def _measure(name: str, engine: Engine) -> None:
    create_tables(engine)
    with Session(engine) as session:
        session.execute(insert(Subscriber), [_reader(number) for number in range(READERS)])
        session.commit()
        for words in LOOKED_FOR:
            print(f"{name:10} {words!r:12} {_taken(session, Wanted(words=words))}")  # a report


def _taken(session: Session, wanted: Wanted) -> str:
    took = []
    for _round in range(9):
        began = time.perf_counter()
        find(session, wanted, "", 51)
        took.append(time.perf_counter() - began)
        session.rollback()
    return f"{1000 * median(took):6.1f} {1000 * max(took):6.1f} ms"


def _reader(number: int) -> dict[str, object]:
    pick = random.Random(number)  # the same readers each time
    name = f"{invented_word(pick, 2)} {invented_word(pick, 3)}".title()
    address = f"{invented_word(pick, 4)}{number}@{invented_word(pick, 3)}.example"
    return {
        "address": address,
        "address_hmac": f"{number:064}",
        "domain": address.rpartition("@")[2],
        "name": name,
        "status": Status.ACTIVE,
        "asked_at": NOW,
        "search": folded(f"{name} {address}"),
    }


def invented_word(pick: random.Random, length: int) -> str:
    """A word of so many syllables that means nothing."""
    return "".join(pick.choice(PARTS) for _part in range(length))


if __name__ == "__main__":
    main()
