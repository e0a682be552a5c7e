"""Hold, resume and cancel while a sender is at work: each takes effect at once."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from newsletter_service.delivery import service
from newsletter_service.delivery.models import Mailing
from newsletter_service.delivery.rules import DeliveryState
from newsletter_service.delivery.worker.setup import DeliveryConfig
from tests.chaos.waiting import PATIENCE_SECONDS
from tests.conftest import NOW
from tests.delivery.db.beside import eventually, sending
from tests.delivery.db.conftest import SECRET, release, states
from tests.factories import SUPPRESSION_KEY
from tests.smtp_server import RecordingServer

READERS = 6_000
HELD = 6_000
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
        "SUPPRESSION_KEY": SUPPRESSION_KEY,
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
        assert process.wait(PATIENCE_SECONDS) == 0


def hold(session: Session, mailing: Mailing) -> None:
    service.pause_mailing(session, mailing, "even wachten", NOW)
    session.commit()


def resume(session: Session, mailing: Mailing) -> None:
    service.resume_mailing(session, mailing)
    session.commit()


def test_a_held_mailing_stands_still_and_goes_on_when_it_is_resumed(
    session: Session, database: str, smtp: RecordingServer, tmp_path: Path
) -> None:
    mailing = release(session, HELD)
    with watching(database, smtp, tmp_path):
        eventually(lambda: len(smtp.received) > 20)
        for _ in range(3):
            hold(session, mailing)
            eventually(lambda: DeliveryState.CLAIMED not in states(session, mailing))
            before = len(smtp.received)
            assert states(session, mailing) == {
                DeliveryState.SENT: before,
                DeliveryState.READY: HELD - before,
            }
            resume(session, mailing)
            eventually(lambda before=before: len(smtp.received) > before)  # type: ignore[misc]  # the default has its type


@pytest.mark.parametrize("held_before", [True, False])
def test_a_cancelled_mailing_stops_at_once_and_every_letter_is_accounted_for(
    session: Session,
    outbox: DeliveryConfig,
    smtp: RecordingServer,
    caplog: pytest.LogCaptureFixture,
    held_before: bool,
) -> None:
    """The sender is in the midst of writing rows of that mailing: two transactions want the same ones."""
    mailing = release(session, READERS)
    broad = replace(outbox, server=replace(outbox.server, connections=CONNECTIONS))
    with caplog.at_level(logging.ERROR), sending(broad) as sender:
        eventually(lambda: len(smtp.received) > 300)
        service.pause_mailing(session, mailing, "", NOW)
        if held_before:
            session.commit()
        service.cancel_mailing(session, mailing, NOW)
        session.commit()
        gone = len(smtp.received)
        assert sender.ended()
    assert len(smtp.received) <= gone + CONNECTIONS + SPARE
    service.cancel_mailing(session, mailing, NOW)  # rows that were being written at that moment
    session.commit()
    sent = len({mail.recipient for mail in smtp.received})
    assert sent == len(smtp.received)
    assert states(session, mailing) == {DeliveryState.SENT: sent, DeliveryState.CANCELLED: READERS - sent}
    assert caplog.text == ""
