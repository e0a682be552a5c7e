"""The `newsletter` command. What is not named on the line is not loaded: `--help` reads this table and no more."""

from pkgutil import resolve_name
from typing import NamedTuple

import click


class Command(NamedTuple):
    """Where a command is, what `newsletter --help` says of it, and what it runs on."""

    place: str
    says: str
    runs_on: str = "core"


COMMANDS = {
    "audit": Command("newsletter_service.trail.commands:audit_commands", "The audit trail."),
    "backup": Command(
        "newsletter_service.safekeeping.commands:backup",
        "Write the database, and the keys where that is wanted, to FILE while the service works.",
    ),
    "bounces": Command(
        "newsletter_service.bounces.commands:bounce_commands", "What comes back of letters that were sent."
    ),
    "check": Command(
        "newsletter_service.doctor.commands:check",
        "Look whether everything is as it should be, and say what to put where it is not.",
    ),
    "db": Command("scheduled_jobs.upgrading:db", "Perform database migrations.", "migrating_app"),
    "editions": Command(
        "newsletter_service.editions.commands:edition_commands", "Look at editions and move them on."
    ),
    "items": Command(
        "newsletter_service.editorial.commands:item_commands",
        "Items of the queue, and how much they look alike.",
    ),
    "jobs": Command("scheduled_jobs.commands:jobs", "What the scheduler does by itself."),
    "move": Command(
        "newsletter_service.safekeeping.moving:move",
        "Copy all that is in the database to the empty one at TARGET, which goes on from then on.",
        "app",
    ),
    "restore": Command(
        "newsletter_service.safekeeping.commands:restore",
        "Put the backup FILE into an empty database, which keeps still until somebody lets it go on.",
    ),
    "routes": Command("flask.cli:routes_command", "Show the routes for the app.", "app"),
    "send": Command(
        "newsletter_service.delivery.cli.send:send",
        "Run a worker on this machine until nothing is due, now or within a minute.",
    ),
    "serve": Command("newsletter_service.web.server.commands:serve", "Serve the pages with gunicorn."),
    "setup": Command(
        "newsletter_service.setup.commands:setup",
        "Set up the newsletter, its organisations, segments, topics, calendar and first administrator.",
        "app",
    ),
    "shell": Command("flask.cli:shell_command", "Run a shell in the app context.", "app"),
    "staff": Command(
        "newsletter_service.staff.commands:staff_commands",
        "Accounts of the people who make the newsletter.",
        "app",
    ),
    "still": Command(
        "newsletter_service.standstill.commands:still_commands",
        "A service that keeps still, because its database is a copy.",
    ),
    "subscribers": Command(
        "newsletter_service.registry.commands:subscriber_commands",
        "Readers: in and out as CSV, and what is held about one.",
    ),
}


class LazyCommands(click.Group):
    """A group that loads a command when it is asked for."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """All there are, in the order of the alphabet."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """A command by its name."""
        if name not in COMMANDS:
            return None
        command: click.Command = resolve_name(COMMANDS[name].place)
        ctx.obj = ctx.obj or resolve_name("newsletter_service.command_apps:script_info")(
            COMMANDS[name].runs_on
        )
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Say what each command does without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.says) for name, command in sorted(COMMANDS.items())])

    def invoke(self, ctx: click.Context) -> object:
        """Run what was asked for by who is at the terminal; a database that is away is said in one line."""
        with (
            resolve_name("newsletter_service.command_apps:outages_in_one_line")(),
            resolve_name("newsletter_service.operations.terminal:at_terminal")(),
        ):
            return super().invoke(ctx)


@click.group(cls=LazyCommands)
def main() -> None:
    """The newsletter service."""
