"""The only scheduler: `python -m scheduled_jobs`. It keeps nothing in memory that the database does not know."""

import logging
import os
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from newsletter_service.continuity.service import STILL
from newsletter_service.core import create_core_from_env
from newsletter_service.db import db, words_of
from newsletter_service.errors import NewsletterError
from newsletter_service.keys.suppression_key import not_ready
from newsletter_service.operations.outages import Outage
from newsletter_service.operations.signals import StopSignals
from newsletter_service.publisher.service import not_set_up
from newsletter_service.services import services
from scheduled_jobs import deliver
from scheduled_jobs.only_one import AlreadyRunning, only_scheduler
from scheduled_jobs.run_log import run_log
from scheduled_jobs.schedule import JOBS, Job, keeps_still

_ENDS_WITHIN_SECONDS = 9.0

log = logging.getLogger("scheduled_jobs")
_database = Outage(log, "waiting for the database")
_copy = Outage(log, "no job runs")
_other = Outage(log, "another scheduler works with this database")
_set_up = Outage(log, "waiting")


def run_job(app: Flask, job: Job, is_ours: Callable[[], bool] = lambda: True) -> None:
    """Run one job in an app context of its own; what goes wrong is logged, and tried again at the next tick.

    None runs while the database is a copy of which nobody has said yet that it goes on, nor while another scheduler
    has taken the lock that a lost connection freed.
    """
    failing: Outage = app.extensions.setdefault(f"{job.name} fails", Outage(log, f"job {job.name} failed"))
    with app.app_context():
        clock = services().clock
        run_log.began(job.name, job.every_seconds, clock())
        try:
            if not _may_run(is_ours):
                run_log.ended(job.name, clock())
                return
            done = job.run()
        except OperationalError as error:
            _database.note(words_of(error))
            run_log.ended(job.name, clock(), "the database was away")
            return
        except NewsletterError as error:
            failing.note(error.message)
            run_log.ended(job.name, clock(), type(error).__name__)
            return
        except Exception as error:  # noqa: BLE001  # it outlives any one failure; the ledger loses nothing by it
            failing.note(f"tried again in {job.every_seconds} s", error=error)
            run_log.ended(job.name, clock(), type(error).__name__)
            return
        run_log.ended(job.name, clock(), job.outage.words if job.outage else "")
    _database.over()
    failing.over()
    for line in done.splitlines():
        log.info("%s", line)


def _may_run(is_ours: Callable[[], bool]) -> bool:
    if not is_ours():
        _other.note("this one waits for its lock")
        return False
    _other.over()
    if keeps_still():
        _copy.note(STILL)
        return False
    _copy.over()
    return True


def schedule(app: Flask, is_ours: Callable[[], bool] = lambda: True) -> BackgroundScheduler:
    """A scheduler with every job of the table, not started yet; each job is due immediately."""
    now = datetime.now(UTC)
    scheduler = BackgroundScheduler(timezone="Europe/Amsterdam")
    for job in JOBS:
        scheduler.add_job(
            run_job,
            "interval",
            args=(app, job, is_ours),
            seconds=job.every_seconds,
            id=job.name,
            next_run_time=now,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    return scheduler


def take_over(
    engine: Engine, suppression_key: str, held: ExitStack, stop: StopSignals
) -> Callable[[], bool] | None:
    """Come back as the only scheduler of a database that is ready, or with None when told to stop.

    The lock stays with `held`; what comes back says whether it is held (see only_scheduler). AlreadyRunning if another
    scheduler has it.
    """
    while not stop.came:
        try:
            if not _awaited(engine, suppression_key):
                return held.enter_context(only_scheduler(engine))
        except OperationalError as error:
            _database.note(words_of(error))
        stop.sleep(1)
    return None


def _awaited(engine: Engine, suppression_key: str) -> bool:
    """Whether jobs have to wait for tables, or for a newsletter; said once."""
    if trouble := not_ready(engine, suppression_key):
        _database.note(trouble)
        return True
    _database.over()
    if trouble := not_set_up(engine):
        _set_up.note(trouble)
        return True
    _set_up.over()
    return False


def end(scheduler: BackgroundScheduler) -> None:
    """Finish the jobs under way; what a database or a server keeps waiting for too long is left, as at any kill."""
    ending = threading.Thread(target=scheduler.shutdown, name="ending", daemon=True)
    ending.start()
    ending.join(_ENDS_WITHIN_SECONDS)
    if ending.is_alive():
        log.error("letters in flight could not be finished; the ledger knows what is uncertain")
        os._exit(1)


def main() -> None:
    """Run until SIGTERM or SIGINT; a job under way is finished first."""
    app = create_core_from_env()
    stop = StopSignals()
    with app.app_context():
        engine, suppression_key = db.engine, services().suppression_key
    try:
        with ExitStack() as held:
            is_ours = take_over(engine, suppression_key, held, stop)
            if is_ours is None:
                return
            scheduler = schedule(app, is_ours)
            scheduler.start()
            stop.sleep()
            deliver.end()
            end(scheduler)
    except AlreadyRunning:
        sys.exit("Another scheduler is running on this database; this one leaves it the work.")


if __name__ == "__main__":
    main()
