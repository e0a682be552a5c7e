"""What commands run on: the core, the whole app, or that with Alembic; each is loaded for a command that needs it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pkgutil import resolve_name

import click
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy.exc import OperationalError

from newsletter_service.db import db, unit_of_work, words_of
from newsletter_service.errors import NewsletterError
from newsletter_service.files.full_disk import is_full_disk
from newsletter_service.keys.suppression_key import not_ready
from newsletter_service.schema import upgrade_needed
from newsletter_service.staff.service import record_command

_LEAVE_NO_ENTRY = {"audit verify", "bounces read", "jobs list", "routes"}
"""Commands that only look at what is not about people, and what a mail server runs for each message."""


def script_info(runs_on: str) -> ScriptInfo:
    """Returns what Flask's commands ask for their app: "core", "app" or "migrating_app"."""
    return ScriptInfo(create_app={"core": _core, "app": _app, "migrating_app": _migrating_app}[runs_on])


@contextmanager
def outages_in_one_line() -> Iterator[None]:
    """End the command with one line for what it refuses, a database that cannot be reached and a disk that is full."""
    try:
        yield
    except NewsletterError as error:
        raise click.ClickException(error.message) from error
    except Exception as error:
        if is_full_disk(error):
            raise click.ClickException("The disk is full: make room, and run this again.") from error
        if not isinstance(error, OperationalError):
            raise
        raise click.ClickException(f"The database cannot be reached: {words_of(error)}") from error


def _core() -> Flask:
    return _upgraded(resolve_name("newsletter_service.core:create_core_from_env")())


def _app() -> Flask:
    return _upgraded(resolve_name("newsletter_service.app:create_app_from_env")())


def _migrating_app() -> Flask:
    """The app with Alembic, which nothing else needs; it runs on a database without the tables, too."""
    app: Flask = resolve_name("newsletter_service.app:create_app_from_env")()
    resolve_name("newsletter_service.migrations:init_migrations")(app)
    click.get_current_context().call_on_close(lambda: _note_command(app))
    return app


def _upgraded(app: Flask) -> Flask:
    """Returns `app` if its database has the tables that commands need, and goes with its key."""
    with app.app_context():
        needed = not_ready(db.engine, app.extensions["newsletter"].suppression_key)
    if needed:
        raise click.ClickException(needed)
    _note_command(app)
    return app


def _note_command(app: Flask) -> None:
    """Write down that somebody at the terminal runs a command, without what it was given: that may be an address."""
    _, _, command = click.get_current_context().command_path.partition(" ")
    if command in _LEAVE_NO_ENTRY:
        return
    with app.app_context():
        if not upgrade_needed(db.engine):
            with unit_of_work() as session:
                record_command(session, command, app.extensions["newsletter"].clock())
