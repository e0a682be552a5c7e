"""`newsletter --help` reads a table: it loads no command, and says of each what that says of itself."""

import subprocess
import sys
from pkgutil import resolve_name

import click

from newsletter_service.cli import COMMANDS

LOADED = """
import sys
from newsletter_service.cli import main
main(["--help"], standalone_mode=False)
print("loaded:", *sorted({name.partition(".")[0] for name in sys.modules} & {"flask", "sqlalchemy"}))
"""


def test_the_help_of_all_loads_neither_pages_nor_database_and_needs_no_settings() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED], env={}, capture_output=True, text=True, check=True, timeout=60
    )
    assert "Serve the pages with gunicorn." in done.stdout
    assert done.stdout.endswith("loaded:\n")


def test_the_help_of_all_says_of_each_command_what_it_says_of_itself() -> None:
    for name, command in COMMANDS.items():
        own: click.Command = resolve_name(command.place)
        assert (own.name, own.get_short_help_str(limit=1000)) == (name, command.says)
