"""`newsletter send` as a process: what it shows in a terminal and elsewhere, and that a signal ends it."""

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from newsletter_service.db import Base, open_engine
from newsletter_service.delivery import service
from newsletter_service.letters.render import LetterRenderer
from newsletter_service.letters.values import Notice, Sender
from tests.recipients import Recipient, add_deliveries
from tests.smtp_server import RecordingServer

TEMPLATES = Path(__file__).parents[3] / "templates" / "email"
SENDER = Sender(
    "Proef", "proef", "Uit de regio", "Postbus 1", "a@b.example", "a@b.example", "https://b.example"
)
COMMAND = [str(Path(sys.executable).with_name("newsletter")), "send"]


@pytest.fixture
def environment(tmp_path: Path, smtp: RecordingServer) -> dict[str, str]:
    """A database with forty letters that are due."""
    url, now = f"sqlite:///{tmp_path}/ledger.sqlite3", datetime.now(UTC)
    engine = open_engine(url)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        letter = LetterRenderer(TEMPLATES).notice(Notice("nl", "Hallo", "Hallo", ("Een bericht.",)), SENDER)
        mailing = service.open_mailing(session, now)
        row = service.add_letter(session, mailing, letter, now)
        readers = [Recipient(n, 1, f"lezer{n}@gemeente.example", "") for n in range(1, 41)]
        add_deliveries(session, mailing, row, readers, now)
        session.commit()
    engine.dispose()
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
def watching(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([*COMMAND, "--watch"], env=environment, stdout=subprocess.PIPE)
    yield process
    process.kill()
    process.communicate()


def test_without_a_terminal_the_end_is_one_plain_line(
    environment: dict[str, str], smtp: RecordingServer
) -> None:
    done = subprocess.run(COMMAND, env=environment, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "sent 40\n"
    assert len(smtp.received) == 40
    again = subprocess.run(COMMAND, env=environment, capture_output=True, text=True, check=True, timeout=60)
    assert again.stdout == "nothing due\n"


def test_in_a_terminal_a_bar_shows_how_far_it_is(environment: dict[str, str]) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(COMMAND, env=environment | {"SMTP_RATE": "20"}, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 4096):
            shown += part
    except OSError:  # Linux's way to say that the other end was closed
        pass
    finally:
        os.close(ours)
    assert process.wait(30) == 0
    assert b"[####" in shown
    assert b"/40" in shown
    assert b"/s" in shown
    assert shown.rstrip().endswith(b"sent 40")


def test_a_signal_ends_a_watching_sender_with_all_it_did_settled(
    watching: subprocess.Popen[bytes], smtp: RecordingServer
) -> None:
    ends = time.monotonic() + 30
    while len(smtp.received) < 40 and time.monotonic() < ends:
        time.sleep(0.1)
    watching.send_signal(signal.SIGTERM)
    said, _ = watching.communicate(timeout=10)
    assert (watching.returncode, said) == (0, b"sent 40\n")


def test_what_is_not_set_is_said_in_one_line_each(environment: dict[str, str]) -> None:
    del environment["SECRET_KEY"]
    done = subprocess.run(COMMAND, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert done.stderr.startswith("SECRET_KEY is not set")
