"""The scheduler's look at everything: what is seen twice is told once, and once when it is over."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from newsletter_service.delivery.models import Letter
from newsletter_service.editions.models import Edition
from newsletter_service.editions.rules import EditionState
from newsletter_service.health.sentences import job_name
from newsletter_service.languages import LANGUAGES
from newsletter_service.staff.rules import Role
from scheduled_jobs import compose_due, open_next_edition
from scheduled_jobs.__main__ import run_job
from scheduled_jobs.note_runs import run as note_runs
from scheduled_jobs.run_log import run_log
from scheduled_jobs.schedule import JOBS, Job
from scheduled_jobs.watch_health import Watch
from tests.conftest import NOW, Clock
from tests.set_up import set_up_region
from tests.smtp_server import RecordingServer
from tests.staff_browser import make_staff

Stored = Callable[[], AbstractContextManager[Session]]
REFUSES = "De mailserver neemt geen brieven aan"


@pytest.fixture(autouse=True)
def staff(stored: Stored) -> None:
    run_log.take()  # what other tests left in this process
    with stored() as session:
        set_up_region(session, NOW)
        make_staff(session, Role.ADMINISTRATOR, name="Bo Beheer")


def subjects(stored: Stored) -> list[str]:
    with stored() as session:
        return list(session.scalars(select(Letter.subject).order_by(Letter.id)))


def look(app: Flask, watch: Watch) -> str:
    with app.app_context():
        return watch.run()


def test_a_server_that_is_away_at_two_looks_is_told(app: Flask, stored: Stored, clock: Clock) -> None:
    watch = Watch()
    assert look(app, watch) == ""
    clock.move(minutes=1)
    assert look(app, watch) == "trouble: smtp_refuses 127.0.0.1:9"
    for _ in range(10):
        clock.move(minutes=1)
        assert look(app, watch) == ""
    assert subjects(stored) == [REFUSES]


def test_a_server_that_is_there_is_no_trouble(app: Flask, clock: Clock, smtp: RecordingServer) -> None:
    watch = Watch()
    for _ in range(3):
        assert look(app, watch) == ""
        clock.move(minutes=1)
    assert smtp.connections == 1  # looked at every five minutes


def test_an_edition_that_is_late_is_told_once_until_it_has_gone_out(
    app: Flask, stored: Stored, clock: Clock, smtp: RecordingServer
) -> None:
    with app.app_context():
        open_next_edition.run()
    clock.move(days=20)
    assert look(app, Watch()) == "trouble: edition_late 1"
    with app.app_context():
        assert compose_due.run() == "composed: 1"
    assert look(app, Watch()) == ""
    with stored() as session:
        session.execute(update(Edition).values(state=EditionState.CANCELLED))
    assert look(app, Watch()) == "over: edition_late 1"
    assert subjects(stored)[-1] == "Voorbij: Editie 1 is te laat"


def test_a_job_that_fails_for_ten_minutes_is_told_with_its_kind_of_error(
    app: Flask, stored: Stored, clock: Clock, smtp: RecordingServer
) -> None:
    def fail() -> str:
        raise ZeroDivisionError

    broken, watch = Job("finish-due", 5, fail), Watch()
    for _ in range(12):
        run_job(app, broken)
        with app.app_context():
            note_runs()
        told = look(app, watch)
        clock.move(minutes=1)
    assert told == "trouble: job_fails finish-due"
    assert subjects(stored) == ["Een taak mislukt steeds: Edities afronden"]
    run_job(app, Job("finish-due", 5, lambda: ""))
    with app.app_context():
        note_runs()
    assert look(app, watch) == "over: job_fails finish-due"


def test_every_job_has_a_name_that_people_understand() -> None:
    for job in JOBS:
        assert len({job_name(job.name, language) for language in LANGUAGES} - {job.name}) == len(LANGUAGES)
    assert timedelta(seconds=max(job.every_seconds for job in JOBS)) <= timedelta(hours=1)
