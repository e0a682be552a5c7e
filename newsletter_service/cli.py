"""The `newsletter` command: those of every feature and Flask's, on the app of the environment."""

from importlib import import_module

import click
from flask import Flask
from flask.cli import FlaskGroup, ScriptInfo
from sqlalchemy.exc import OperationalError

from newsletter_service.db import db
from newsletter_service.schema import upgrade_needed

_WITHOUT_PAGES = {
    "editions": ("newsletter_service.editions.commands", "edition_commands"),
    "jobs": ("scheduled_jobs.commands", "jobs"),
    "send": ("newsletter_service.delivery.cli.send", "send"),
    "serve": ("newsletter_service.web.server.commands", "serve"),
    "subscribers": ("newsletter_service.subscriptions.commands", "subscriber_commands"),
}
"""The commands that need no page, by the module that has them: what is not named on the line is not loaded."""


def _core() -> Flask:
    core: Flask = import_module("newsletter_service.core").create_core_from_env()
    return _upgraded(core)


def _app() -> Flask:
    app: Flask = import_module("newsletter_service.app").create_app_from_env()
    return _upgraded(app)


def _upgraded(app: Flask) -> Flask:
    """`app`, if its database has the tables that commands need."""
    with app.app_context():
        needed = upgrade_needed(db.engine)
    if needed:
        raise click.ClickException(needed)
    return app


def _migrating_app() -> Flask:
    """The app with Alembic, which nothing else needs."""
    app: Flask = import_module("newsletter_service.app").create_app_from_env()
    import_module("newsletter_service.migrations").init_migrations(app)
    return app


class _Commands(click.Group):
    """Those that need no page, and then all that the app has."""

    _of_the_app = FlaskGroup(create_app=_app, add_version_option=False)

    def invoke(self, ctx: click.Context) -> object:
        """Run what was asked for; a database that is away is said in one line."""
        try:
            return super().invoke(ctx)
        except OperationalError as error:
            words = " ".join(str(error.orig).split())
            raise click.ClickException(f"The database cannot be reached: {words}") from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All there are, in the order of the alphabet."""
        ctx.obj = ScriptInfo(create_app=_migrating_app)
        return sorted({*_WITHOUT_PAGES, *self._of_the_app.list_commands(ctx)})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """A command by its name."""
        if name in _WITHOUT_PAGES:
            ctx.obj = ctx.obj or ScriptInfo(create_app=_core)
            module, attribute = _WITHOUT_PAGES[name]
            command: click.Command = getattr(import_module(module), attribute)
            return command
        ctx.obj = ctx.obj or ScriptInfo(create_app=_migrating_app if name == "db" else _app)
        return self._of_the_app.get_command(ctx, name)


@click.group(cls=_Commands)
def main() -> None:
    """The newsletter service."""
