"""`newsletter send` as a process: what it shows in a terminal and elsewhere, and that a signal ends it."""

import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from newsletter_service.db import open_engine
from newsletter_service.delivery import service
from newsletter_service.letters.render import LetterRenderer
from newsletter_service.letters.values import MailIdentity, Notice
from newsletter_service.links.tokens import NOBODYS_KEY
from tests.chaos.waiting import PATIENCE_SECONDS, comes_true
from tests.conftest import CLOSED_PORT
from tests.delivery.db.test_hanging_up import listening
from tests.recipients import Recipient, add_deliveries
from tests.smtp_server import RecordingServer
from tests.tables import create_tables

TEMPLATES = Path(__file__).parents[3] / "templates" / "email"
SENDER = MailIdentity(
    "Proef", "proef", "Uit de regio", "Postbus 1", "a@b.example", "a@b.example", "https://b.example"
)
Process = subprocess.Popen[bytes]
COMMAND = [str(Path(sys.executable).with_name("newsletter")), "send"]


def write_letters(url: str, numbers: range) -> None:
    """One due letter to each reader of these numbers."""
    engine, now = open_engine(url), datetime.now(UTC)
    create_tables(engine)
    with Session(engine) as session:
        letter = LetterRenderer(TEMPLATES).notice(Notice("nl", "Hallo", "Hallo", ("Een bericht.",)), SENDER)
        mailing = service.open_mailing(session, now)
        row = service.add_letter(session, mailing, letter, now)
        readers = [Recipient(n, NOBODYS_KEY, f"lezer{n}@gemeente.example", "") for n in numbers]
        add_deliveries(session, mailing, row, readers, now)
        session.commit()
    engine.dispose()


@pytest.fixture
def environment(tmp_path: Path, smtp: RecordingServer) -> dict[str, str]:
    """A database with forty letters that are due."""
    url = f"sqlite:///{tmp_path}/ledger.sqlite3"
    write_letters(url, range(1, 41))
    return {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "0123456789abcdef0123456789abcdef",
        "BASE_URL": "https://nieuwsbrief.example",
        "MAIL_FROM": "redactie@nieuwsbrief.example",
        "DATABASE_URL": url,
        "INSTANCE_DIR": str(tmp_path / "instance"),
        "SMTP_PORT": str(smtp.port),
        "TERM": "xterm",
        "COLUMNS": "120",
    }


@pytest.fixture
def watching(environment: dict[str, str]) -> Iterator[Process]:
    process = subprocess.Popen([*COMMAND, "--watch"], env=environment, stdout=subprocess.PIPE)
    yield process
    process.kill()
    process.communicate()


def test_without_a_terminal_the_end_is_one_plain_line(
    environment: dict[str, str], smtp: RecordingServer
) -> None:
    done = subprocess.run(COMMAND, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "sent 40\n"
    assert len(smtp.received) == 40
    again = subprocess.run(COMMAND, env=environment, capture_output=True, text=True, check=True)
    assert again.stdout == "nothing due\n"


@contextmanager
def in_a_terminal(environment: dict[str, str], *options: str) -> Iterator[tuple[Process, bytearray]]:
    """A sender in a real terminal, and all it has shown there so far."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([*COMMAND, *options], env=environment, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = bytearray()
    reading = threading.Thread(target=read_all, args=(ours, shown))
    reading.start()
    try:
        yield process, shown
    finally:
        process.kill()
        process.wait(PATIENCE_SECONDS)
        reading.join(PATIENCE_SECONDS)
        os.close(ours)


def read_all(end: int, shown: bytearray) -> None:
    with suppress(OSError):  # Linux's way to say that the other end was closed
        while part := os.read(end, 4096):
            shown += part


def test_in_a_terminal_a_bar_shows_how_far_it_is(environment: dict[str, str]) -> None:
    with in_a_terminal(environment | {"SMTP_RATE": "20"}) as (process, shown):
        assert process.wait(PATIENCE_SECONDS) == 0
        assert comes_true(lambda: shown.rstrip().endswith(b"sent 40"))
    assert b"[####" in shown
    assert b"/40" in shown
    assert re.search(rb"sent \d+, \d+/s, about 0:00:\d\d left", shown)


def test_a_full_bar_fills_again_when_more_comes_up(environment: dict[str, str]) -> None:
    with in_a_terminal(environment, "--watch") as (process, shown):
        assert comes_true(lambda: b"40/40  sent 40" in shown)
        write_letters(environment["DATABASE_URL"], range(41, 51))
        assert comes_true(lambda: b"50/50  sent 50" in shown)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_SECONDS) == 0


def test_what_a_sender_waits_for_is_said_while_nothing_moves(environment: dict[str, str]) -> None:
    with in_a_terminal(environment | {"SMTP_PORT": str(CLOSED_PORT)}, "--watch") as (_, shown):
        assert comes_true(lambda: b"waiting: the SMTP server" in shown)


def test_without_a_terminal_it_is_said_in_one_line_and_only_once(environment: dict[str, str]) -> None:
    tried: list[socket.socket] = []
    with listening(tried.append) as port:  # it hangs up
        environment |= {"SMTP_PORT": str(port)}
        process = subprocess.Popen([*COMMAND, "--watch"], env=environment, stdout=subprocess.PIPE)
        assert comes_true(lambda: len(tried) > 2)
        process.terminate()
        said, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert said.count(b"waiting: the SMTP server; 40 to go\n") == 1


def test_who_waits_for_the_end_is_told_that_nobody_answered(environment: dict[str, str]) -> None:
    environment |= {"SMTP_PORT": str(CLOSED_PORT)}
    done = subprocess.run(COMMAND, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "failed attempts: 1")
    assert "The SMTP server cannot be reached; letters that are due wait." in done.stderr


def test_a_machine_reads_when_a_sender_began_and_what_it_did(environment: dict[str, str]) -> None:
    done = subprocess.run(
        COMMAND,
        env=environment | {"LOG_FORMAT": "json"},
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_SECONDS,
    )
    first, *_, last = map(json.loads, done.stderr.splitlines())
    assert first["server"] == f"127.0.0.1:{environment['SMTP_PORT']}"
    assert last["verdicts"] == {"sent": 40}
    assert "gemeente.example" not in done.stderr


def test_a_signal_ends_a_watching_sender_with_all_it_did_settled(
    watching: Process, smtp: RecordingServer
) -> None:
    assert comes_true(lambda: len(smtp.received) == 40)
    watching.send_signal(signal.SIGTERM)
    said, _ = watching.communicate(timeout=PATIENCE_SECONDS)
    assert (watching.returncode, said) == (0, b"sent 40\n")


def test_many_signals_at_once_end_a_sender_as_one_does(watching: Process, smtp: RecordingServer) -> None:
    assert comes_true(lambda: len(smtp.received) == 40)
    for _ in range(5000):  # so thick and fast that one comes while the one before is being handled
        watching.send_signal(signal.SIGTERM)
    assert watching.wait(PATIENCE_SECONDS) in (
        0,
        -signal.SIGTERM,
    )  # the latter for one that comes when Python is nearly gone


def test_what_is_not_set_is_said_in_one_line_each(environment: dict[str, str]) -> None:
    del environment["SECRET_KEY"]
    done = subprocess.run(COMMAND, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("SECRET_KEY is not set")
