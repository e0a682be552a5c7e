"""The `newsletter` command: Flask's own commands and those of every feature, on the app of the environment."""

from importlib import import_module

import click
from flask import Flask
from flask.cli import FlaskGroup, ScriptInfo

from newsletter_service.sending import send


def _app() -> Flask:
    """The app, loaded by those commands that need one: a sender starts in half the time and memory without it."""
    app: Flask = import_module("newsletter_service.app").create_app_from_env()
    return app


def _migrating_app() -> Flask:
    """The same with Alembic, which nothing else needs."""
    app = _app()
    import_module("newsletter_service.migrations").init_migrations(app)
    return app


class _Commands(click.Group):
    """Those that are added here, and then all that the app has."""

    _of_the_app = FlaskGroup(create_app=_app, add_version_option=False)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All there are, in the order of the alphabet."""
        ctx.obj = ScriptInfo(create_app=_migrating_app)
        return sorted({*super().list_commands(ctx), *self._of_the_app.list_commands(ctx)})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """A command by its name."""
        ctx.obj = ctx.obj or ScriptInfo(create_app=_migrating_app if name == "db" else _app)
        return super().get_command(ctx, name) or self._of_the_app.get_command(ctx, name)


@click.group(cls=_Commands)
def main() -> None:
    """The newsletter service."""


main.add_command(send)
