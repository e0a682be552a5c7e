"""The scheduler and its commands as processes of their own, as they run beside the web."""

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.rules import DeliveryState
from newsletter_service.delivery.service import write_notice
from newsletter_service.health.models import JobRun
from newsletter_service.letters.values import Notice
from newsletter_service.publisher.service import mail_identity
from newsletter_service.services import Services
from newsletter_service.settings import Settings
from scheduled_jobs.schedule import JOBS
from tests.chaos.waiting import PATIENCE_SECONDS, until
from tests.environment import environment_of
from tests.set_up import set_up_region
from tests.smtp_server import RecordingServer

Stored = Callable[[], AbstractContextManager[Session]]
Start = Callable[[], "subprocess.Popen[str]"]
LETTERS = 60


@pytest.fixture
def environment(settings: Settings) -> dict[str, str]:
    """The test's own database and mail server, two letters a second."""
    return environment_of(settings, SMTP_RATE="2", PYTHONUNBUFFERED="1")


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Start]:
    """Start schedulers."""
    started: list[subprocess.Popen[str]] = []

    def run() -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "scheduled_jobs"]
        pipe = subprocess.PIPE
        started.append(
            subprocess.Popen(command, env=environment, stdout=pipe, stderr=subprocess.STDOUT, text=True)
        )
        return started[-1]

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def full_ledger(app: Flask, stored: Stored) -> None:
    """Sixty letters that are due."""
    now = datetime.now(UTC)
    wired: Services = app.extensions["newsletter"]
    with stored() as session:
        set_up_region(session, now)
        sender = mail_identity(session, wired, "nl")
        notice = Notice(language="nl", subject="Hallo", heading="Hallo", paragraphs=("Dag.",))
        letter = wired.renderer.notice(notice, sender)
        for number in range(LETTERS):
            write_notice(session, letter, f"lezer{number}@gemeente.example", now)


def test_a_scheduler_that_is_told_to_end_leaves_the_rest_in_the_ledger(
    full_ledger: None, start: Start, stored: Stored, smtp: RecordingServer
) -> None:
    scheduler = start()
    until(lambda: len(smtp.received) >= 2)
    for _ in range(3):
        scheduler.send_signal(signal.SIGTERM)
    said, _ = scheduler.communicate(timeout=PATIENCE_SECONDS)
    assert scheduler.returncode == 0, said
    assert "Traceback" not in said
    with stored() as session:
        states = Counter(session.scalars(select(Delivery.state)))
    assert states[DeliveryState.SENT] == len(smtp.received) < LETTERS
    assert states[DeliveryState.READY] == LETTERS - states[DeliveryState.SENT]


def test_a_scheduler_ends_though_somebody_holds_the_ledger(
    full_ledger: None, start: Start, stored: Stored, smtp: RecordingServer
) -> None:
    scheduler = start()
    until(lambda: len(smtp.received) >= 2)
    with stored() as session:
        session.execute(update(Delivery).values(name="Bezet"))
        scheduler.send_signal(signal.SIGTERM)
        said, _ = scheduler.communicate(timeout=PATIENCE_SECONDS)
    assert "could not be finished" in said or "could not be written down" in said
    assert "Traceback" not in said


def test_a_scheduler_notes_what_its_jobs_did(
    full_ledger: None, start: Start, stored: Stored, smtp: RecordingServer
) -> None:
    scheduler = start()

    def noted() -> dict[str, str]:
        with stored() as session:
            return {
                row.name: row.error for row in session.scalars(select(JobRun)) if row.ended_at is not None
            }

    until(lambda: {job.name for job in JOBS} - {"deliver"} <= noted().keys())
    scheduler.send_signal(signal.SIGTERM)
    scheduler.communicate(timeout=PATIENCE_SECONDS)
    assert {name: error for name, error in noted().items() if error} == {}


def test_a_second_scheduler_says_that_there_is_one_and_ends(
    full_ledger: None, start: Start, smtp: RecordingServer
) -> None:
    first = start()
    until(lambda: bool(smtp.received))
    said, _ = start().communicate(timeout=PATIENCE_SECONDS)
    assert "Another scheduler is running" in said
    assert first.poll() is None


@pytest.mark.parametrize("group", ["editions", "jobs", "subscribers"])
def test_a_command_finds_all_it_needs_in_a_process_of_its_own(
    full_ledger: None, environment: dict[str, str], group: str
) -> None:
    command = {"editions": ["list"], "jobs": ["run", "release-due"], "subscribers": ["export"]}[group]
    newsletter = Path(sys.executable).with_name("newsletter")
    done = subprocess.run(
        [newsletter, group, *command], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_every_command_is_listed(environment: dict[str, str], app: Flask) -> None:
    newsletter = Path(sys.executable).with_name("newsletter")
    done = subprocess.run([newsletter, "--help"], env=environment, capture_output=True, text=True, check=True)
    listed = {line.split()[0] for line in done.stdout.partition("Commands:")[2].splitlines() if line}
    assert {"db", "editions", "jobs", "send", "serve", "setup", "staff", "subscribers"} <= listed
