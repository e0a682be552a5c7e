"""`newsletter serve`"""

import os
import sys

import click

_APP = "newsletter_service.app:create_site_from_env()"
_CONFIGURATION = "python:newsletter_service.web.server.gunicorn_conf"


@click.command("serve", context_settings={"ignore_unknown_options": True})
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[GUNICORN_OPTIONS]...")
def serve(options: tuple[str, ...]) -> None:
    """Serve the pages with gunicorn.

    It listens on 127.0.0.1:8000, and takes all of gunicorn's options, such as --bind and --workers.
    """
    os.execv(sys.executable, gunicorn(*options))  # noqa: S606  # no shell is wanted, and signals reach gunicorn itself


def gunicorn(*options: str) -> list[str]:
    """Returns the command that serves the pages; `options` come before those of our own configuration."""
    return [sys.executable, "-m", "gunicorn", "--config", _CONFIGURATION, *options, _APP]
