"""Hold, resume and cancel while a sender is at work: each takes effect within a second."""

import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median

import pytest
from sqlalchemy.orm import Session

from newsletter_service.delivery import service
from newsletter_service.delivery.models import Mailing
from newsletter_service.delivery.outbox import Outbox
from newsletter_service.delivery.rules import State
from tests.conftest import NOW
from tests.service.delivery.beside import eventually, sending
from tests.service.delivery.conftest import SECRET, release, states
from tests.smtp_server import RecordingServer

READERS = 6_000
HELD = 2_000
CONNECTIONS = 8
SPARE = 3 * CONNECTIONS + 10
"""Letters that a sender has handed over beside those on the wire: they may be written before it hears of it."""
COMMAND = [str(Path(sys.executable).with_name("newsletter")), "send", "--watch"]


@contextmanager
def watching(database: str, smtp: RecordingServer, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`newsletter send --watch` at two hundred letters a second."""
    environment = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": SECRET,
        "BASE_URL": "https://nieuwsbrief.example",
        "MAIL_FROM": "redactie@nieuwsbrief.example",
        "DATABASE_URL": database,
        "INSTANCE_DIR": str(folder / "instance"),
        "SMTP_PORT": str(smtp.port),
        "SMTP_RATE": "200",
    }
    process = subprocess.Popen(COMMAND, env=environment, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        assert process.wait(15) == 0


def hold(session: Session, mailing: Mailing) -> None:
    service.pause_mailing(session, mailing, "even wachten", NOW)
    session.commit()


def resume(session: Session, mailing: Mailing) -> None:
    service.resume_mailing(session, mailing)
    session.commit()


def test_a_held_mailing_goes_on_within_a_second_of_its_resumption(
    session: Session, database: str, smtp: RecordingServer, tmp_path: Path
) -> None:
    mailing = release(session, HELD)
    took: list[float] = []
    with watching(database, smtp, tmp_path):
        eventually(lambda: len(smtp.received) > 20)
        for _ in range(3):
            hold(session, mailing)
            time.sleep(1.2)
            before = len(smtp.received)
            time.sleep(0.8)
            assert len(smtp.received) == before
            began = time.monotonic()
            resume(session, mailing)
            eventually(lambda before=before: len(smtp.received) > before)  # type: ignore[misc]
            took.append(time.monotonic() - began)
    assert median(took) < 1
    assert len(smtp.received) < HELD


@pytest.mark.parametrize("held_before", [True, False])
def test_a_cancelled_mailing_stops_at_once_and_every_letter_is_accounted_for(
    session: Session,
    outbox: Outbox,
    smtp: RecordingServer,
    caplog: pytest.LogCaptureFixture,
    held_before: bool,
) -> None:
    """The sender is in the midst of writing rows of that mailing: two transactions want the same ones."""
    mailing = release(session, READERS)
    broad = replace(outbox, server=replace(outbox.server, connections=CONNECTIONS))
    with caplog.at_level(logging.ERROR), sending(broad) as sender:
        eventually(lambda: len(smtp.received) > 300)
        began = time.monotonic()
        service.pause_mailing(session, mailing, "", NOW)
        if held_before:
            session.commit()
        service.cancel_mailing(session, mailing, NOW)
        session.commit()
        assert time.monotonic() - began < 1
        gone = len(smtp.received)
        assert sender.ended(2)
    assert len(smtp.received) <= gone + CONNECTIONS + SPARE
    service.cancel_mailing(session, mailing, NOW)  # rows that were being written at that moment
    session.commit()
    sent = len({mail.recipient for mail in smtp.received})
    assert sent == len(smtp.received)
    assert states(session, mailing) == {State.SENT: sent, State.CANCELLED: READERS - sent}
    assert caplog.text == ""
