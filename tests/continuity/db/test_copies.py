"""A copy of the database keeps still wherever it comes from; the original goes on."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from newsletter_service.continuity.rules import Why
from newsletter_service.continuity.service import go_on, stands_still, still_row
from newsletter_service.continuity.witness import Witness
from newsletter_service.db import db
from newsletter_service.delivery.rules import Verdict
from newsletter_service.delivery.worker.loop import send_until_empty
from newsletter_service.delivery.worker.setup import DeliveryConfig
from tests.conftest import NOW, Clock
from tests.continuity.marks import mark, put_back, row_of, snapshot
from tests.delivery.db.conftest import outbox, release
from tests.smtp_server import RecordingServer

__all__ = ["outbox"]


@pytest.fixture
def engine(app: Flask) -> Engine:
    with app.app_context():
        return db.engine


def test_a_database_that_nobody_looked_at_belongs_where_it_lies_and_is_marked_from_then_on(
    engine: Engine, witness: Witness
) -> None:
    assert not stands_still(engine, witness, NOW)
    for count in (1, 2, 3):
        mark(engine, witness)
        assert row_of(engine).mark == count
    assert not stands_still(engine, witness, NOW)


def test_a_database_that_knows_less_than_this_machine_saw_keeps_still_until_somebody_lets_it_go_on(
    engine: Engine, witness: Witness
) -> None:
    mark(engine, witness)
    before = snapshot(engine)
    mark(engine, witness)
    put_back(engine, before)
    assert stands_still(engine, witness, NOW)
    with Session(engine) as session:
        row = still_row(session)
        assert row is not None
        assert (row.still_why, row.known_at, row.worked_until) == (Why.PUT_BACK, NOW, NOW)
    with engine.begin() as connection:
        standing = go_on(connection, NOW)
    standing.tell(witness)
    assert not stands_still(engine, witness, NOW)
    mark(engine, witness)


def test_a_machine_that_saw_more_before_a_restore_follows_the_line_that_goes_on(
    engine: Engine, witness: Witness, tmp_path: Path
) -> None:
    other = Witness(tmp_path)
    mark(engine, witness)
    before = snapshot(engine)
    for _ in range(50):
        mark(engine, other)
    put_back(engine, before)
    with engine.begin() as connection:
        go_on(connection, NOW).tell(witness)
    assert not stands_still(engine, other, NOW)
    mark(engine, other)
    put_back(engine, before)
    assert stands_still(engine, other, NOW)


def test_a_database_without_what_a_machine_noted_of_it_goes_on_where_it_was(
    engine: Engine, witness: Witness, tmp_path: Path
) -> None:
    mark(engine, witness)
    (note,) = Path(str(witness.folder)).iterdir()
    note.write_text("no json")
    assert not stands_still(engine, witness, NOW)
    assert not stands_still(engine, Witness(tmp_path), NOW)


def test_a_folder_that_cannot_be_written_stops_nobody(engine: Engine, tmp_path: Path) -> None:
    for _ in range(2):
        mark(engine, Witness(tmp_path / "nowhere"))
    assert row_of(engine).mark == 2


def test_a_worker_claims_nothing_from_a_copy(
    outbox: DeliveryConfig, witness: Witness, session: Session, smtp: RecordingServer
) -> None:
    release(session, 20)
    config = replace(outbox, witness=witness)
    mark(config.engine, witness)
    before = snapshot(config.engine)
    mark(config.engine, witness)
    put_back(config.engine, before)
    assert send_until_empty(config) == Counter()
    assert smtp.received == []
    with config.engine.begin() as connection:
        go_on(connection, NOW).tell(witness)
    assert send_until_empty(config) == {Verdict.SENT: 20}


def test_a_worker_that_sends_stops_at_its_next_heartbeat_when_its_database_is_put_back(
    outbox: DeliveryConfig, witness: Witness, session: Session, smtp: RecordingServer, clock: Clock
) -> None:
    release(session, 500)
    config = replace(outbox, witness=witness)
    mark(config.engine, witness)
    before = snapshot(config.engine)
    smtp.seconds = 0.01
    done: list[int] = []

    def meddle(_snapshot: object) -> None:
        if len(smtp.received) >= 30 and not done:
            done.append(len(smtp.received))
            put_back(config.engine, before)

    verdicts = send_until_empty(replace(config, report=meddle))
    assert done
    assert 0 < verdicts[Verdict.SENT] < 500
    assert stands_still(config.engine, witness, NOW)
