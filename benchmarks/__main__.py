"""`make bench`: prints a table; READERS (default 5,000) is how many readers the edition is released to."""

import os
import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from flask import Flask
from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from config import Settings
from newsletter_service.app import create_app
from newsletter_service.db import Base, db
from newsletter_service.delivery.models import Delivery, Letter
from newsletter_service.delivery.rules import Phase, Reply, Verdict
from newsletter_service.delivery.sender import send_until_empty
from newsletter_service.demo.load import load_demo
from newsletter_service.editions.composing import compose_edition
from newsletter_service.editions.release import release
from newsletter_service.editions.service import edition_numbered
from newsletter_service.letters.skeleton import SlotValues, fill
from newsletter_service.subscriptions.models import Membership, Subscriber
from newsletter_service.web.sending import outbox

READERS = int(os.environ.get("READERS", "5000"))
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Sink:
    """A transport that accepts everything at once: what is measured is the ledger and the filling."""

    def send(self, _envelope_sender: str, _recipient: str, _message: bytes) -> Reply:
        """Take one letter."""
        return Reply(Phase.DOT, 250, "2.0.0 ok")

    def close(self) -> None:
        """Nothing is open."""


def timed(what: str, count: int, work: Callable[[], object]) -> None:
    """Run `work` once and print how long it took, also per thing."""
    start = perf_counter()
    work()
    took = perf_counter() - start
    print(f"{what:42} {count:9,} {took:9.2f} s {1e6 * took / count:10.1f} µs each")


def grow(session: Session) -> None:
    """Copy the invented readers until there are READERS of them."""
    have = session.scalar(select(func.count()).select_from(Subscriber)) or 0
    segments = [row[0] for row in session.execute(text("SELECT id FROM segment ORDER BY id"))]
    rows = [
        {
            "id": number,
            "address": f"lezer{number}@regio{number % 9}.example",
            "domain": f"regio{number % 9}.example",
            "name": f"Lezer {number}",
            "language": "nl",
            "status": "active",
            "generation": 1,
            "asked_at": NOW,
            "confirmed_at": NOW,
        }
        for number in range(have + 1, READERS + 1)
    ]
    session.execute(insert(Subscriber), rows)
    claims = [{"subscriber_id": row["id"], "segment_id": segments[int(str(row["id"])) % 5]} for row in rows]
    session.execute(insert(Membership), claims)
    session.commit()


def measure(app: Flask) -> None:
    """The whole path of one edition, step by step."""
    wired = app.extensions["newsletter"]
    with Session(db.engine) as session:
        load_demo(session, NOW, secret_key="bench", demo=True)
        grow(session)
        edition = edition_numbered(session, 1)
        later = edition.sends_at
        timed(
            "compose (20 items, notices to staff)",
            1,
            lambda: compose_edition(session, wired, edition, None, NOW),
        )
        session.commit()
        timed(
            "release (group, render, write rows)",
            READERS,
            lambda: release(session, wired, edition, None, later),
        )
        session.commit()
        letters = session.scalars(
            select(Letter.skeleton).where(Letter.mailing_id == edition.mailing_id)
        ).all()
        rows = session.scalar(select(func.count()).select_from(Delivery)) or 1
    values = SlotValues(
        "lezer@regio.example",
        NOW,
        "<1@regio.example>",
        "Noëlle van 't Hof",
        "https://n.example/voorkeuren/x",
        "https://n.example/afmelden/x",
    )
    copies = 20_000
    timed(
        f"fill ({len(letters)} letters)",
        copies,
        lambda: [fill(letters[n % len(letters)], values) for n in range(copies)],
    )
    box = replace(outbox(), open_transport=Sink, clock=lambda: later, connections=1)
    total: Counter[Verdict] = Counter()
    timed(
        "claim, fill, hand over, settle (1 sender)",
        rows,
        lambda: total.update(send_until_empty(box, threading.Event())),
    )
    print(", ".join(f"{verdict} {count:,}" for verdict, count in total.items()))


def main() -> None:
    """Measure on a fresh SQLite database that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(
            Settings.from_env({"DEMO": "1"}),
            database_url=f"sqlite:///{folder}/bench.sqlite3",
            instance_dir=Path(folder),
        )
        app = create_app(settings)
        with app.app_context():
            Base.metadata.create_all(db.engine)
            measure(app)
            db.engine.dispose()


if __name__ == "__main__":
    main()
