"""The commands `newsletter subscribers ...` about all readers."""

import tempfile
from datetime import date, datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from newsletter_service.db import reading, unit_of_work
from newsletter_service.files.csv import UnreadableFile
from newsletter_service.services import services
from newsletter_service.subscriptions.consent.rules import COMMAND
from newsletter_service.subscriptions.exporting.service import export, record_export
from newsletter_service.subscriptions.importing.files import table_in
from newsletter_service.subscriptions.importing.rows import Bringing, Rows, waiting_rows
from newsletter_service.subscriptions.importing.rules import (
    FILE_NAME_LENGTH,
    KNOWN_FROM_LENGTH,
    PLACE_LENGTH,
    PROOF_LENGTH,
    SOURCE_LENGTH,
    Answers,
    Fate,
    Proof,
    Vouched,
)
from newsletter_service.subscriptions.importing.service import (
    Imported,
    OffersChanged,
    foresee,
    import_subscribers,
    read,
)
from newsletter_service.subscriptions.importing.sheets import Remarks, Sheet

_SHOWN = 20

subscriber_commands = AppGroup("subscribers", help="Readers: in and out as CSV, and what is held about one.")


class _OneLine(click.ParamType[str]):
    """Words on one line, up to a limit."""

    name = "text"

    def __init__(self, longest: int) -> None:
        self.longest = longest

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The words with single spaces."""
        words = " ".join(value.split())
        if not words or len(words) > self.longest:
            self.fail(f"say it in 1 to {self.longest} characters.", param, ctx)
        return words


@subscriber_commands.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--consent",
    type=_OneLine(PROOF_LENGTH),
    help="What these readers agreed to, and how; kept as the proof of it.",
)
@click.option(
    "--ask-by-mail",
    type=_OneLine(KNOWN_FROM_LENGTH),
    metavar="KNOWN_FROM",
    help="There is no proof of consent: ask each by mail, saying from where you know them.",
)
@click.option("--consent-place", type=_OneLine(PLACE_LENGTH), help="Where they agreed: a form, a page.")
@click.option(
    "--consent-date",
    type=click.DateTime(["%Y-%m-%d", "%d-%m-%Y"]),
    help="When those agreed of whom the file does not say it.",
)
@click.option(
    "--verified", multiple=True, help="A segment (its short name) for which all of them are verified."
)
@click.option("--verified-by", type=_OneLine(SOURCE_LENGTH), help="What that verification goes by.")
@click.option("--dry-run", is_flag=True, help="Check the file and say what would happen; change nothing.")
def import_file(
    file: Path,
    consent: str | None,
    ask_by_mail: str | None,
    consent_place: str | None,
    consent_date: datetime | None,
    verified: tuple[str, ...],
    verified_by: str | None,
    dry_run: bool,
) -> None:
    """Take in the readers of FILE, all or none.

    FILE is a table as spreadsheets save it, or a workbook (.xlsx, .xls, .ods), or an export of listmonk, Mailchimp,
    Laposta or Mailman. Columns, with Dutch or English titles: address, and if you like name, organisation, language,
    segments and topics (their short names with blanks between, or their names with commas), status (only active
    readers come in; who left, or could not be reached, is remembered and stays away, also from later lists),
    confirmed_at (23-11-2026 09:00). Nobody is mailed, but for --ask-by-mail: then each gets one mail that asks, as the
    budgets of forms allow. Who is known already stays as they are.
    """
    if bool(verified) != bool(verified_by):
        raise click.UsageError("--verified and --verified-by go together: say for what, and by what.")
    if bool(consent) == bool(ask_by_mail):
        raise click.UsageError("say either --consent or --ask-by-mail.")
    if ask_by_mail and (consent_place or consent_date or verified):
        raise click.UsageError("--ask-by-mail goes with no proof of consent and with no verification.")
    proof = Proof(consent or ask_by_mail or "", consent_place or "", _day(consent_date))
    answers = Answers(proof, Vouched(frozenset(verified), verified_by or ""), bool(ask_by_mail))
    bringing = Bringing(
        answers,
        services().suppression_key,
        services().clock(),
        COMMAND,
        file.name[-FILE_NAME_LENGTH:],
        limits=services().form_limits,
    )
    with waiting_rows() as rows:
        sheet = _sheet_of(file, bringing, rows)
        if dry_run:
            with reading() as session:
                done = foresee(session, sheet, rows, bringing)
        else:
            done = _take_in(sheet, rows, bringing)
    for remark in sorted(sheet.remarks.kept + done.remarks, key=lambda remark: remark.line):
        click.echo(f"line {remark.line}: {remark.what}")
    click.echo(_outcome(done, "would be " if dry_run else ""))


def _take_in(sheet: Sheet, rows: Rows, bringing: Bringing) -> Imported:
    try:
        with unit_of_work() as session:
            return import_subscribers(session, sheet, rows, bringing)
    except OffersChanged as error:
        changed = "nothing was taken in: segments or topics changed meanwhile. Try again."
        raise click.ClickException(changed) from error


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _sheet_of(file: Path, bringing: Bringing, rows: Rows) -> Sheet:
    """The readers in a file; it is read before the transaction begins in which they come in."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            opener = table_in(file, Path(folder) / "table.csv")
        except UnreadableFile as error:
            raise click.ClickException(f"nothing was taken in: {error}") from error
        with reading() as session:
            sheet = read(session, opener, bringing, rows)
    if sheet.faults:
        raise click.ClickException(_report(sheet.faults))
    return sheet


def _outcome(done: Imported, would_be: str) -> str:
    parts_said = [
        f"{done.number(Fate.ADDED)} {would_be}added",
        f"{done.number(Fate.KNOWN, Fate.WAITS)} known already",
        f"{done.number(Fate.SUPPRESSED)} want no mail",
        f"{done.number(Fate.NOT_ACTIVE, Fate.LEFT_THERE)} not active",
    ]
    if confirmed := done.number(Fate.CONFIRMED):
        parts_said.insert(1, f"{confirmed} {would_be}confirmed")
    if asked := done.number(Fate.ASKED):
        parts_said.insert(1, f"{asked} {would_be}asked by mail until {done.asked_until:%Y-%m-%d %H:%M} UTC")
    if left := done.number(Fate.LEFT_BEFORE):
        parts_said.append(f"{left} left before")
    return f"{', '.join(parts_said)}."


def _report(faults: Remarks) -> str:
    lines = [
        f"line {fault.line}: {fault.what}" if fault.line else fault.what for fault in faults.kept[:_SHOWN]
    ]
    if faults.number > _SHOWN:
        lines.append(f"and {faults.number - _SHOWN} more")
    return "\n".join(["nothing was taken in:", *lines])


@subscriber_commands.command("export")
def export_file() -> None:
    """Write all readers to standard output, and as hashes the addresses that no list may bring back."""
    with unit_of_work() as session:
        record_export(session, services().clock())
    with reading() as session:
        for piece in export(session, services().suppression_key):
            click.echo(piece, nl=False)
