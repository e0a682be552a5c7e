"""`newsletter jobs list|run NAME`"""

import click
from flask.cli import AppGroup

from newsletter_service.continuity.service import STILL
from scheduled_jobs.schedule import JOBS, keeps_still

jobs = AppGroup("jobs", help="What the scheduler does by itself.")


@jobs.command("list")
def list_jobs() -> None:
    """All jobs and how often they look whether something is due."""
    for job in JOBS:
        click.echo(f"{job.name:20} every {job.every_seconds} s")


@jobs.command("run")
@click.argument("name", type=click.Choice([job.name for job in JOBS]))
def run_job(name: str) -> None:
    """Run job NAME once, now."""
    if keeps_still():
        raise click.ClickException(f"Nothing is run: {STILL}.")
    (job,) = (job for job in JOBS if job.name == name)
    click.echo(job.run() or "nothing was due")
