import multiprocessing
import traceback
from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask
from sqlalchemy import create_engine, inspect, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError
from sqlalchemy.exc import InternalError as DatabaseRefusal
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Topic
from newsletter_service.db import db, prepare_engine, read_only, unit_of_work
from newsletter_service.delivery.models import Mailing
from newsletter_service.subscriptions.models import Subscriber
from tests.chaos.waiting import PATIENCE_SECONDS
from tests.factories import make_subscriber, make_topic

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PROCESSES, ROUNDS = 4, 25


def add_up(url: str, rounds: int) -> None:
    """Read a number and write it back one higher, as a careless program would."""
    engine = create_engine(url)
    prepare_engine(engine)
    for _ in range(rounds):
        with Session(engine) as session, session.begin():
            topic = session.scalars(select(Topic).with_for_update()).one()
            topic.position += 1
    engine.dispose()


def test_processes_that_read_and_then_write_lose_no_update(session: Session, database: str) -> None:
    make_topic(session).position = 0
    session.commit()
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=add_up, args=(database, ROUNDS)) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(PATIENCE_SECONDS)
        assert process.exitcode == 0
    assert session.scalars(select(Topic.position)).one() == PROCESSES * ROUNDS


def test_a_read_only_transaction_is_refused_any_write_by_the_database(app: Flask, session: Session) -> None:
    make_topic(session)
    session.commit()
    with app.app_context():
        read_only()
        assert db.session.scalars(select(Topic)).one().slug == "ondermijning"
        with pytest.raises((OperationalError, DatabaseRefusal)):
            db.session.execute(update(Topic).values(position=9))
    with app.app_context(), unit_of_work() as writing:
        writing.execute(update(Topic).values(position=9))
    assert session.scalars(select(Topic.position)).one() == 9


def test_after_reading_a_connection_asks_for_no_right_to_write_which_a_standby_would_refuse(
    app: Flask,
) -> None:
    with app.app_context():
        read_only()
        db.session.execute(text("SELECT 1"))
        db.session.remove()
        with db.engine.connect() as connection:
            assert getattr(connection.connection.driver_connection, "read_only", None) is None


def test_readers_are_not_kept_waiting_by_a_writer(app: Flask, session: Session) -> None:
    make_topic(session)
    session.commit()
    session.execute(update(Topic).values(position=1))
    with app.app_context():
        read_only()
        assert db.session.scalars(select(Topic.position)).one() == 0


def test_a_use_case_that_fails_leaves_nothing_behind(app: Flask, session: Session) -> None:
    def fail() -> None:
        with unit_of_work() as writing:
            make_topic(writing)
            raise ZeroDivisionError

    with app.app_context(), pytest.raises(ZeroDivisionError):
        fail()
    assert session.scalars(select(Topic)).all() == []


def test_moments_come_back_aware_and_in_utc_whatever_zone_they_went_in_with(session: Session) -> None:
    abroad = NOW.astimezone(timezone(timedelta(hours=5, minutes=30)))
    session.add(Mailing(created_at=abroad))
    session.commit()
    stored = session.scalars(select(Mailing)).one().created_at
    assert stored == NOW
    assert stored.utcoffset() == timedelta(0)


def test_a_moment_without_a_zone_is_refused(session: Session) -> None:
    session.add(Mailing(created_at=NOW.replace(tzinfo=None)))
    with pytest.raises(StatementError, match="no time zone"):
        session.flush()


def test_errors_of_the_database_show_no_values(session: Session) -> None:
    make_topic(session, "geheim")
    session.commit()
    with pytest.raises(IntegrityError) as caught:
        make_topic(session, "geheim")
    shown = str(caught.value).split("DETAIL:")[0]  # PostgreSQL's own detail names the key
    assert "geheim" not in shown
    assert "INSERT INTO topic" in str(caught.value)
    session.rollback()


def test_every_constraint_has_a_name_to_find_it_by(session: Session) -> None:
    inspector = inspect(session.get_bind())
    for table in inspector.get_table_names():
        for key in inspector.get_foreign_keys(table):
            assert key["name"], table


def test_sqlite_writes_ahead(session: Session) -> None:
    if session.get_bind().dialect.name == "sqlite":
        assert session.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
        assert session.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
    else:
        assert session.execute(text("SHOW server_encoding")).scalar_one() == "UTF8"


@pytest.mark.parametrize("change", [{"address": "anna@gemeente.example"}, {"status": None}, {"name": None}])
def test_an_error_of_the_database_shows_no_row(
    app: Flask, session: Session, change: dict[str, object]
) -> None:
    """Of what an error says, the address of a person may be part: it is in the log, and on the screen of a command."""
    make_subscriber(session, "anna@gemeente.example", now=NOW, name="Anna de Wit")
    make_subscriber(session, "bob@gemeente.example", now=NOW, name="Bob Jansen")
    session.commit()
    second = update(Subscriber).where(Subscriber.address == "bob@gemeente.example")
    with app.app_context(), pytest.raises(IntegrityError) as raised:
        db.session.execute(second.values(**change))
    said = "".join(traceback.format_exception(raised.value))
    assert "constraint" in said
    assert not any(name in said for name in ("anna", "bob", "Anna", "Bob")), said
