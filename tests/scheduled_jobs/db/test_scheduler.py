import logging
import multiprocessing
import os
import signal
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from newsletter_service.cli import main
from newsletter_service.db import db
from scheduled_jobs.__main__ import run_job, schedule
from scheduled_jobs.only_one import AlreadyRunning, only_scheduler
from scheduled_jobs.schedule import JOBS, Job
from tests.chaos.waiting import PATIENCE_SECONDS
from tests.set_up import EXAMPLE, PASSWORD

Stored = Callable[[], AbstractContextManager[Session]]


def hold_until_killed(url: str, held: Any) -> None:
    """Be the scheduler for as long as the process lives."""
    with only_scheduler(create_engine(url)):
        held.set()
        signal.pause()


def newsletter(app: Flask, *args: str, env: dict[str, str] | None = None) -> Result:
    """Run the `newsletter` command on `app`."""
    return CliRunner().invoke(main, args, env=env, obj=ScriptInfo(create_app=lambda: app))


def test_every_job_has_a_name_of_its_own_and_a_place_in_the_scheduler(app: Flask) -> None:
    scheduler = schedule(app)
    assert {job.id for job in scheduler.get_jobs()} == {job.name for job in JOBS}
    assert len({job.name for job in JOBS}) == len(JOBS)
    assert str(scheduler.timezone) == "Europe/Amsterdam"
    for job in scheduler.get_jobs():
        assert (job.coalesce, job.max_instances, job.misfire_grace_time) == (True, 1, None)


def test_a_job_that_fails_is_written_down_and_ends_nothing(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> str:
        raise ZeroDivisionError

    with caplog.at_level(logging.INFO):
        run_job(app, Job("broken", 5, fail))
        run_job(app, Job("fine", 5, lambda: "done"))
    assert "job broken failed" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert "done" in caplog.text


def test_a_job_that_fails_again_and_again_takes_one_line_until_it_is_over(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    broken = [True]

    def fail() -> str:
        if broken:
            raise ZeroDivisionError
        return ""

    for _ in range(50):
        run_job(app, Job("breaks", 5, fail))
    assert len(caplog.messages) == 1
    broken.clear()
    run_job(app, Job("breaks", 5, fail))
    assert len(caplog.messages) == 2
    assert "over after" in caplog.messages[1]


def test_every_job_runs_on_a_database_where_nothing_is_due(app: Flask, core: Flask) -> None:
    assert newsletter(app, "setup", str(EXAMPLE), env={"STAFF_PASSWORD": PASSWORD}).exit_code == 0
    for job in JOBS:
        result = newsletter(core, "jobs", "run", job.name)
        assert result.exit_code == 0, result.output


def test_the_jobs_are_listed_with_how_often_they_look(core: Flask) -> None:
    output = newsletter(core, "jobs", "list").output
    assert [line.split()[0] for line in output.splitlines()] == [job.name for job in JOBS]


def test_an_unknown_job_is_refused_by_name(core: Flask) -> None:
    result = newsletter(core, "jobs", "run", "nonsense")
    assert result.exit_code != 0
    assert "nonsense" in result.output


def test_a_second_scheduler_leaves_and_a_killed_one_frees_its_place(app: Flask, database: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    held = spawn.Event()
    first = spawn.Process(target=hold_until_killed, args=(database, held))
    first.start()
    assert held.wait(PATIENCE_SECONDS)
    with app.app_context():
        with pytest.raises(AlreadyRunning), only_scheduler(db.engine):
            pass
        os.kill(first.pid or 0, signal.SIGKILL)
        first.join(PATIENCE_SECONDS)
        with only_scheduler(db.engine):
            assert not first.is_alive()
