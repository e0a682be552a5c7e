"""`newsletter subscribers import|export`"""

import csv
import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from newsletter_service.db import db, unit_of_work
from newsletter_service.subscriptions.exchange import BadTable, read_table, table_of, take_in
from newsletter_service.web.parts import parts

subscriber_commands = AppGroup("subscribers", help="Readers in and out as CSV.")


@subscriber_commands.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--consent", required=True, help="Where and when these readers gave consent; kept as the proof of it."
)
@click.option("--dry-run", is_flag=True, help="Only check the table.")
def import_readers(file: Path, consent: str, dry_run: bool) -> None:
    """Take in the readers of FILE, all or none: columns address, name, language, segments, topics."""
    try:
        with unit_of_work() as session, file.open(encoding="utf-8-sig", newline="") as lines:
            rows = read_table(session, lines)
            if dry_run:
                click.echo(f"{len(rows)} readers could come in.")
                return
            done = take_in(session, rows, consent, parts().secret_key, parts().clock())
    except BadTable as error:
        raise click.ClickException("nothing was taken in:\n" + "\n".join(error.problems)) from error
    except UnicodeDecodeError as error:
        raise click.ClickException("nothing was taken in: the file is not UTF-8") from error
    click.echo(f"{done.added} added, {done.known} known already, {done.suppressed} want no mail.")


@subscriber_commands.command("export")
def export_readers() -> None:
    """Write all readers to standard output."""
    csv.writer(sys.stdout).writerows(table_of(db.session()))
