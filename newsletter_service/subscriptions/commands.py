"""The commands `newsletter subscribers ...`."""

from pathlib import Path

import click
from flask.cli import AppGroup

from newsletter_service.db import unit_of_work
from newsletter_service.parts import parts
from newsletter_service.subscriptions.importing import all_readers, import_readers, read
from newsletter_service.subscriptions.sheets import Fault, write_sheet

_PROOF_LENGTH = 1000
_FAULTS_SHOWN = 20

subscriber_commands = AppGroup("subscribers", help="Readers in and out as CSV.")


def _proof(_context: click.Context, _parameter: click.Parameter, typed: str) -> str:
    consent = " ".join(typed.split())
    if not consent or len(consent) > _PROOF_LENGTH:
        raise click.BadParameter(f"say it in 1 to {_PROOF_LENGTH} characters.")
    return consent


@subscriber_commands.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--consent",
    required=True,
    callback=_proof,
    help="Where and how these readers agreed; kept as the proof of it.",
)
@click.option("--dry-run", is_flag=True, help="Check the file and say what would happen; change nothing.")
def import_file(file: Path, consent: str, dry_run: bool) -> None:
    """Take in the readers of FILE, all or none.

    Columns: address, and if you like name, language (nl or en), segments and topics (their short names with
    blanks between), status (only active readers come in), confirmed_at (2026-11-23T09:00:00+01:00). Nobody is
    mailed; who is known already stays as they are.
    """
    now = parts().clock()
    with unit_of_work() as session:
        sheet = read(session, _text_of(file), now)
        if sheet.faults:
            raise click.ClickException(_report(sheet.faults))
        done = import_readers(session, sheet.lines, consent, parts().secret_key, now)
        if dry_run:
            session.rollback()
    click.echo(
        f"{done.added} {'would be ' if dry_run else ''}added, {done.known} known already, "
        f"{done.suppressed} want no mail, {done.not_active} not active."
    )


def _report(faults: list[Fault]) -> str:
    lines = [f"line {fault.line}: {fault.what}" for fault in faults[:_FAULTS_SHOWN]]
    if len(faults) > _FAULTS_SHOWN:
        lines.append(f"and {len(faults) - _FAULTS_SHOWN} more")
    return "\n".join(["nothing was taken in:", *lines])


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.ClickException(
            "nothing was taken in: the file is not UTF-8 (in a spreadsheet, choose “CSV UTF-8”)"
        ) from error


@subscriber_commands.command("export")
def export_file() -> None:
    """Write all readers to standard output."""
    with unit_of_work() as session:
        for row in write_sheet(all_readers(session, parts().clock())):
            click.echo(row, nl=False)
