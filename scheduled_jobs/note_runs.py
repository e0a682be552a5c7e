"""What jobs did is noted in the database: by that the pages and other machines see that the scheduler is there."""

from newsletter_service.db import unit_of_work
from newsletter_service.health.service import note_runs
from newsletter_service.services import services
from scheduled_jobs.run_log import run_log


def run() -> str:
    """Note what is new since the last time."""
    runs = run_log.take()
    try:
        with unit_of_work() as session:
            note_runs(session, runs, services().clock())
    except BaseException:
        run_log.put_back(runs)
        raise
    return ""
