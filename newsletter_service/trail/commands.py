"""The commands `newsletter audit ...`."""

import click
from flask.cli import AppGroup

from newsletter_service.db import reading
from newsletter_service.staff.trail.rules import Fault, Head, Verification, parse_head
from newsletter_service.staff.trail.service import verify

audit_commands = AppGroup("audit", help="The audit trail.")

_SAYS = {
    Fault.CHANGED: "it is not as it was sealed",
    Fault.GONE: "it is gone",
    Fault.OUT_OF_PLACE: "it does not follow the one before: that one, or the order, was changed",
    Fault.CUT_OFF: "it is gone, and no entry says that it was forgotten after its term",
    Fault.UNSEALED: "it was not written by this service: it bears no seal",
    Fault.OTHER_HEAD: "it is gone or another: the chain does not lead to the head that was given",
    Fault.TOO_OLD: "it was forgotten after its term: give a head that was mailed later",
}


def _head(_context: click.Context, _parameter: click.Parameter, typed: str | None) -> Head | None:
    try:
        return parse_head(typed) if typed is not None else None
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@audit_commands.command("verify")
@click.option(
    "--head", "known", callback=_head, metavar="HEAD", help="A head that was mailed: NUMBER:HASH or HASH."
)
def verify_trail(known: Head | None) -> None:
    """Verify the seals of all entries, from the first to the last, and name the first that is broken.

    That the last entries were deleted, a backup restored or the whole chain made again shows only against a HEAD that
    was mailed before.
    """
    with reading() as session:
        found = verify(session, known)
    if found.fault is not None:
        raise click.ClickException(_broken(found, found.fault))
    click.echo(f"{found.entries} entries are as they were sealed.")
    click.echo(f"Head: {found.head}")


def _broken(found: Verification, fault: Fault) -> str:
    entry = found.entry
    named = f" (id {entry.id}, {entry.at[:19].replace('T', ' ')} UTC, {entry.action})" if entry else ""
    return (
        f"The audit trail is broken. First broken entry: number {found.number}{named}: {_SAYS[fault]}. "
        f"{found.entries} entries before it are as they were sealed."
    )
