"""The commands `newsletter subscribers ...`."""

from pathlib import Path

import click
from flask.cli import AppGroup

from newsletter_service.db import reading, unit_of_work
from newsletter_service.files.csv import UnreadableFile, decoded
from newsletter_service.services import services
from newsletter_service.subscriptions.importing.service import (
    Imported,
    all_subscribers,
    all_who_stay_away,
    import_subscribers,
    read,
    record_export,
)
from newsletter_service.subscriptions.importing.sheets import Remark, write_sheet

_PROOF_LENGTH = 1000
_FAULTS_SHOWN = 20

subscriber_commands = AppGroup("subscribers", help="Readers: in and out as CSV, and what is held about one.")


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

    FILE is a table as spreadsheets save it. Columns, with Dutch or English titles: address, and if you like name,
    language, segments and topics (their short names with blanks between, or their names with commas), status (only
    active readers come in; who left is remembered and stays away, also from later lists), confirmed_at
    (23-11-2026 09:00). Nobody is mailed; who is known already stays as they are.
    """
    now, suppression_key = services().clock(), services().suppression_key
    text = _text_of(file)
    with unit_of_work() as session:
        sheet = read(session, text, suppression_key, now)
        if sheet.faults:
            raise click.ClickException(_report(sheet.faults))
        done = import_subscribers(session, sheet, consent, suppression_key, now, file.name[-200:])
        if dry_run:
            session.rollback()
    for remark in sorted(sheet.remarks + done.remarks, key=lambda remark: remark.line):
        click.echo(f"line {remark.line}: {remark.what}")
    click.echo(_outcome(done, "would be " if dry_run else ""))


def _outcome(done: Imported, would_be: str) -> str:
    parts_said = [
        f"{done.added} {would_be}added",
        f"{done.known} known already",
        f"{done.suppressed} want no mail",
        f"{done.not_active} not active",
    ]
    if done.confirmed:
        parts_said.insert(1, f"{done.confirmed} {would_be}confirmed")
    if done.left:
        parts_said.append(f"{done.left} left before")
    return f"{', '.join(parts_said)}."


def _report(faults: list[Remark]) -> str:
    lines = [
        f"line {fault.line}: {fault.what}" if fault.line else fault.what for fault in faults[:_FAULTS_SHOWN]
    ]
    if len(faults) > _FAULTS_SHOWN:
        lines.append(f"and {len(faults) - _FAULTS_SHOWN} more")
    return "\n".join(["nothing was taken in:", *lines])


def _text_of(file: Path) -> str:
    try:
        return decoded(file.read_bytes())
    except UnreadableFile as error:
        raise click.ClickException(f"nothing was taken in: {error}") from error


@subscriber_commands.command("export")
def export_file() -> None:
    """Write all readers to standard output, and as hashes the addresses that no list may bring back."""
    with unit_of_work() as session:
        record_export(session, services().clock())
    with reading() as session:
        for row in write_sheet(
            all_subscribers(session), all_who_stay_away(session, services().suppression_key)
        ):
            click.echo(row, nl=False)
