"""`newsletter db upgrade` changes no table under a process that works on it."""

import multiprocessing
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import Engine, create_engine, text

from newsletter_service.cli import main
from newsletter_service.db import db, prepare_engine
from newsletter_service.delivery.ledger import workers
from newsletter_service.migrations import init_migrations
from newsletter_service.schema import newest_number, number_of
from tests.chaos.waiting import PATIENCE_SECONDS
from tests.conftest import NOW
from tests.scheduled_jobs.db.test_scheduler import hold_until_killed

WORKER = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    """Others' way to the same database."""
    engine = create_engine(database)
    prepare_engine(engine)
    yield engine
    engine.dispose()


def command(app: Flask, *arguments: str) -> Result:
    """`newsletter db` on the database of `app`."""
    init_migrations(app)
    return CliRunner().invoke(main, ("db", *arguments), obj=ScriptInfo(create_app=lambda: app))


def go_back(app: Flask) -> str:
    """Be at the tables of the version before; returns its number."""
    assert command(app, "downgrade").exit_code == 0
    with app.app_context():
        return number_of(db.engine)


@contextmanager
def beating(engine: Engine) -> Iterator[None]:
    """A worker of which the heart beats."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(0.05):
            with engine.begin() as connection:
                workers.beat(connection, WORKER, 0, NOW)

    heart = threading.Thread(target=beat)
    heart.start()
    try:
        yield
    finally:
        over.set()
        heart.join()


def register(engine: Engine) -> None:
    with engine.begin() as connection:
        workers.register(connection, WORKER, "mail1", 4711, NOW)


def test_it_is_refused_while_the_scheduler_runs_and_done_once_that_was_stopped(
    app: Flask, database: str
) -> None:
    before = go_back(app)
    spawn = multiprocessing.get_context("spawn")
    held = spawn.Event()
    scheduler = spawn.Process(target=hold_until_killed, args=(database, held))
    scheduler.start()
    assert held.wait(PATIENCE_SECONDS)
    refused = command(app, "upgrade")
    scheduler.kill()
    scheduler.join(PATIENCE_SECONDS)
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: The scheduler is running on this database. Stop it first")
    with app.app_context():
        assert number_of(db.engine) == before
    assert command(app, "upgrade").exit_code == 0
    with app.app_context():
        assert number_of(db.engine) == newest_number()


@pytest.mark.parametrize("change", ["upgrade", "downgrade"])
def test_it_is_refused_while_a_worker_shows_a_heartbeat(app: Flask, engine: Engine, change: str) -> None:
    before = go_back(app)
    register(engine)
    with beating(engine):
        refused = command(app, change)
    assert refused.exit_code == 1
    assert "A worker is running on this database: process 4711 on mail1." in refused.output
    with app.app_context():
        assert number_of(db.engine) == before


def test_a_worker_that_was_killed_holds_nothing_up(app: Flask, engine: Engine) -> None:
    go_back(app)
    register(engine)
    assert command(app, "upgrade").exit_code == 0
    with app.app_context():
        assert number_of(db.engine) == newest_number()


def test_where_nothing_changes_nobody_has_to_stop(app: Flask, engine: Engine) -> None:
    register(engine)
    with beating(engine):
        assert command(app, "upgrade").exit_code == 0


def test_a_database_without_tables_has_no_workers(app: Flask, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
        connection.execute(text("DROP TABLE worker"))
    answer = command(app, "upgrade")
    assert "running on this database" not in answer.output
