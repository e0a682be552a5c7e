"""What commands run on: the core, the whole app, or that with Alembic; each is loaded for a command that needs it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pkgutil import resolve_name

import click
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy.exc import OperationalError

from newsletter_service.db import db
from newsletter_service.keys.suppression_key import not_ready


def script_info(runs_on: str) -> ScriptInfo:
    """Returns what Flask's commands ask for their app: "core", "app" or "migrating_app"."""
    return ScriptInfo(create_app={"core": _core, "app": _app, "migrating_app": _migrating_app}[runs_on])


@contextmanager
def outages_in_one_line() -> Iterator[None]:
    """End the command with one line where the database cannot be reached."""
    try:
        yield
    except OperationalError as error:
        words = " ".join(str(error.orig).split())
        raise click.ClickException(f"The database cannot be reached: {words}") from error


def _core() -> Flask:
    return _upgraded(resolve_name("newsletter_service.core:create_core_from_env")())


def _app() -> Flask:
    return _upgraded(resolve_name("newsletter_service.app:create_app_from_env")())


def _migrating_app() -> Flask:
    """The app with Alembic, which nothing else needs; it runs on a database without the tables, too."""
    app: Flask = resolve_name("newsletter_service.app:create_app_from_env")()
    resolve_name("newsletter_service.migrations:init_migrations")(app)
    return app


def _upgraded(app: Flask) -> Flask:
    """Returns `app` if its database has the tables that commands need, and goes with its key."""
    with app.app_context():
        needed = not_ready(db.engine, app.extensions["newsletter"].suppression_key)
    if needed:
        raise click.ClickException(needed)
    return app
