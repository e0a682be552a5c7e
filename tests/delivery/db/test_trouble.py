"""What happens to machines: a full disk, a database that is locked, a server that falls silent, a signal."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from newsletter_service.db import open_engine
from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.rules import DeliveryState, Verdict
from newsletter_service.delivery.worker.loop import send_until_empty
from newsletter_service.delivery.worker.setup import DeliveryConfig
from newsletter_service.keys.secret_keys import SecretKeys
from newsletter_service.links.tokens import Tokens
from newsletter_service.links.urls import Links
from newsletter_service.smtp.connection import SmtpServer
from newsletter_service.smtp.extensions import Extensions
from tests.chaos.waiting import PATIENCE_SECONDS
from tests.delivery.db.beside import eventually
from tests.delivery.db.conftest import SECRET, release
from tests.factories import SUPPRESSION_KEY
from tests.letters_made import notice_letters
from tests.pipelining_server import running_erring_server
from tests.smtp_server import RecordingServer
from tests.tables import create_tables

LETTERS = 300


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite3"


@contextmanager
def opened(file: Path) -> Iterator[Engine]:
    """An engine as a sender has one, that does not wait for a lock as long as usual."""
    engine = open_engine(f"sqlite:///{file}")

    @event.listens_for(engine, "connect")
    def _impatient(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA busy_timeout = 100")

    yield engine
    engine.dispose()


@pytest.fixture
def engine(file: Path) -> Iterator[Engine]:
    with opened(file) as engine:
        create_tables(engine)
        with Session(engine) as session:
            release(session, LETTERS, datetime.now(UTC))
        yield engine


@pytest.fixture
def sender(engine: Engine, smtp: RecordingServer) -> DeliveryConfig:
    return DeliveryConfig(
        engine=engine,
        server=SmtpServer("127.0.0.1", smtp.port, "none", connections=2),
        links=Links("https://nieuwsbrief.example", Tokens(SecretKeys(SECRET))),
        notices=notice_letters(SECRET),
        clock=lambda: datetime.now(UTC),
        keys=SecretKeys(SECRET),
        suppression_key=SUPPRESSION_KEY,
        mail_domain="nieuwsbrief.example",
        bounce_domain="bounces.nieuwsbrief.example",
    )


def states(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        found = list(connection.scalars(select(Delivery.state)))
    return {state: found.count(state) for state in set(found)}


class Sending(threading.Thread):
    """A sender that works beside the test."""

    def __init__(self, outbox: DeliveryConfig) -> None:
        super().__init__()
        self.notes: set[str] = set()
        self._outbox = replace(outbox, report=lambda snapshot: self.notes.add(snapshot.note))
        self.verdicts: dict[Verdict, int] = {}

    def run(self) -> None:
        self.verdicts = send_until_empty(self._outbox)


def all_got_it_once(smtp: RecordingServer) -> bool:
    recipients = [mail.recipient for mail in smtp.received]
    return len(recipients) == len(set(recipients)) == LETTERS


def test_a_database_that_is_locked_for_a_while_is_waited_for(
    file: Path, engine: Engine, sender: DeliveryConfig, smtp: RecordingServer
) -> None:
    sending = Sending(sender)
    sending.start()
    eventually(lambda: len(smtp.received) > 20)
    other = sqlite3.connect(file, isolation_level=None, timeout=PATIENCE_SECONDS)
    other.execute("BEGIN IMMEDIATE")
    eventually(lambda: "database is locked" in sending.notes)
    other.execute("COMMIT")
    other.close()
    sending.join(PATIENCE_SECONDS)
    assert states(engine) == {"sent": LETTERS}
    assert all_got_it_once(smtp)


def test_a_full_disk_is_waited_for_until_there_is_room_again(
    engine: Engine, sender: DeliveryConfig, smtp: RecordingServer
) -> None:
    pages = 0

    @event.listens_for(engine, "begin")
    def _as_large_as_it_is(connection: Any) -> None:
        if pages:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    sending = Sending(sender)
    sending.start()
    eventually(lambda: "database or disk is full" in sending.notes)
    assert len(smtp.received) < LETTERS
    pages = 1_000_000
    sending.join(PATIENCE_SECONDS)
    assert states(engine) == {"sent": LETTERS}
    assert all_got_it_once(smtp)


def command(file: Path, port: int) -> subprocess.Popen[bytes]:
    environment = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": SECRET,
        "SUPPRESSION_KEY": SUPPRESSION_KEY,
        "BASE_URL": "https://nieuwsbrief.example",
        "MAIL_FROM": "redactie@nieuwsbrief.example",
        "DATABASE_URL": f"sqlite:///{file}",
        "INSTANCE_DIR": str(file.parent / "instance"),
        "SMTP_PORT": str(port),
    }
    program = str(Path(sys.executable).with_name("newsletter"))
    return subprocess.Popen([program, "send", "--watch"], env=environment, stdout=subprocess.DEVNULL)


def test_a_signal_ends_a_sender_though_the_server_never_answers(file: Path, engine: Engine) -> None:
    silent, asked = threading.Event(), threading.Event()

    def answer(verb: str, _recipient: str) -> str:
        if verb == ".":
            asked.set()
            silent.wait()
        return {"DATA": "354 Go"}.get(verb, "250 OK")

    with running_erring_server(Extensions(pipelining=True), answer) as server:
        process = command(file, server.port)
        assert asked.wait(PATIENCE_SECONDS)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_SECONDS) == 0
        silent.set()
    assert states(engine) == {DeliveryState.UNCERTAIN: 1, DeliveryState.READY: LETTERS - 1}


def test_a_signal_ends_a_sender_though_the_database_is_locked(
    file: Path, engine: Engine, smtp: RecordingServer
) -> None:
    process = command(file, smtp.port)
    eventually(lambda: len(smtp.received) > 20)
    other = sqlite3.connect(file, isolation_level=None, timeout=PATIENCE_SECONDS)
    other.execute("BEGIN IMMEDIATE")
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE_SECONDS) == 1, "it cannot write down what was under way, and says so"
    other.execute("COMMIT")
    other.close()
