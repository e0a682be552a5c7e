"""What is left in the files: on SQLite, where they are ours to read."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from newsletter_service.db import db
from scheduled_jobs import scrub_erased
from tests.conftest import NOW
from tests.factories import make_subscriber
from tests.registry.conftest import ADDRESS, TRACES, Runs

Stored = Callable[[], AbstractContextManager[Session]]


def test_after_erasing_nothing_is_left_in_the_files(
    runs: Runs, stored: Stored, app: Flask, database: str
) -> None:
    with stored() as session:
        for number in range(200):  # so that pages were split, and bear rows that moved on
            make_subscriber(session, f"lezer{number}@gemeente.example", now=NOW, name=f"Lezer {number}")
    runs("erase", ADDRESS, "--reason", "Belde zelf")
    assert not [trace for trace in TRACES if trace in in_the_files(database)]


def in_the_files(database: str) -> str:
    file = Path(database.removeprefix("sqlite:///"))
    raw = b"".join(one.read_bytes() for one in file.parent.glob(f"{file.name}*"))
    return raw.decode("latin-1").lower()


def test_the_scheduler_rewrites_the_files_where_somebody_was_reading(
    runs: Runs, stored: Stored, app: Flask, database: str
) -> None:
    with app.app_context(), db.engine.connect().execution_options(sqlite_read_only=True) as reading:
        reading.exec_driver_sql("SELECT count(*) FROM subscriber").scalar()
        said = runs("erase", ADDRESS, "--reason", "Belde zelf").output
        assert said.startswith("Erased.\nThe scheduler takes what is left")
    with app.app_context():
        assert scrub_erased.run() == ""
        assert not [trace for trace in TRACES if trace in in_the_files(database)]
