"""`newsletter db`: Flask-Migrate's commands; those that change tables are refused while others work on them."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from copy import copy
from functools import wraps
from typing import Any, cast

import click
import flask_migrate.cli
from flask.cli import with_appcontext
from sqlalchemy import Engine, column, inspect, select, table

from newsletter_service.db import db as database
from newsletter_service.schema import upgrade_needed
from scheduled_jobs.only_one import AlreadyRunning, only_scheduler

_LOOK_SECONDS = 2.5
"""A worker shows a heartbeat once a second; a machine that has much to do may be late."""
_STOP_FIRST = "Stop it first, and start it again afterwards, with the new version."
_WORKER = table("worker", column("id"), column("beats"), column("host"), column("process_id"))
"""As it was and will be in every version: what asks here knows another one than the database has."""


class AtWork(click.ClickException):
    """A process works on the tables that are about to change; the message says which."""


@contextmanager
def nobody_at_work(engine: Engine) -> Iterator[None]:
    """Keep the scheduler away for the block; AtWork if it or a worker runs."""
    with ExitStack() as held:
        try:
            held.enter_context(only_scheduler(engine))
        except AlreadyRunning as error:
            raise AtWork(f"The scheduler is running on this database. {_STOP_FIRST}") from error
        if moving := _moving(engine):
            raise AtWork(f"A worker is running on this database: {', '.join(moving)}. {_STOP_FIRST}")
        yield


def _moving(engine: Engine) -> list[str]:
    """The workers whose heartbeat moves; one that was killed has left a row that stands still."""
    before = _beats(engine)
    if not before:
        return []
    time.sleep(_LOOK_SECONDS)
    return sorted(
        f"process {process_id} on {host}"
        for (worker, host, process_id), beats in _beats(engine).items()
        if before.get((worker, host, process_id)) != beats
    )


def _beats(engine: Engine) -> dict[tuple[str, str, int], int]:
    with engine.connect().execution_options(sqlite_read_only=True) as connection:
        if not inspect(connection).has_table(_WORKER.name):
            return {}
        rows = connection.execute(select(_WORKER)).all()
    return {(row.id, row.host, row.process_id): row.beats for row in rows}


def _guarded(command: click.Command, *, always: bool) -> click.Command:
    """Returns `command`, refused while somebody works; unless `always` only where tables are about to change."""
    guarded, act = copy(command), cast(Callable[..., Any], command.callback)

    @with_appcontext
    @wraps(act)
    def run(*arguments: Any, **options: Any) -> Any:
        with ExitStack() as held:
            if always or upgrade_needed(database.engine):
                held.enter_context(nobody_at_work(database.engine))
            return act(*arguments, **options)

    guarded.callback = run
    return guarded


def _with_guards(group: click.Group) -> click.Group:
    guarded = copy(group)
    guarded.commands = {
        **group.commands,
        "upgrade": _guarded(group.commands["upgrade"], always=False),
        "downgrade": _guarded(group.commands["downgrade"], always=True),
    }
    return guarded


db = _with_guards(flask_migrate.cli.db)
