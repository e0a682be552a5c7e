"""The commands `newsletter subscribers ...` about one reader, beside those about all of them."""

import json
from collections.abc import Iterator

import click

from newsletter_service.db import reading, unit_of_work
from newsletter_service.registry.held import Held, held_about
from newsletter_service.services import services
from newsletter_service.subscriptions.addresses import Address, BadAddress, parse_address
from newsletter_service.subscriptions.commands import subscriber_commands
from newsletter_service.subscriptions.erasing.scrubbing import scrub
from newsletter_service.subscriptions.on_behalf import service
from newsletter_service.subscriptions.on_behalf.rules import REASON_LENGTH, Allowed

__all__ = ["subscriber_commands"]

_SAYS = {
    Allowed.NOT_SUPPRESSED: "This address was not suppressed; nothing was changed.",
    Allowed.MAY_SIGN_UP: "This address may sign up again.",
    Allowed.READS_AGAIN: "This address may be mailed again, and gets the next edition.",
}


def _address(_context: click.Context, _parameter: click.Parameter, typed: str) -> Address:
    try:
        return parse_address(typed)
    except BadAddress as error:
        raise click.BadParameter(f"this is not a mail address ({error.problem}).") from error


def _reason(_context: click.Context, _parameter: click.Parameter, typed: str) -> str:
    if not typed.strip() or len(typed) > REASON_LENGTH:
        raise click.BadParameter(f"say it in 1 to {REASON_LENGTH} characters.")
    return typed


_of_an_address = click.argument("address", callback=_address)
_with_a_reason = click.option(
    "--reason",
    required=True,
    callback=_reason,
    help="Who asked for it, and how; kept in the audit trail, without address or name.",
)


@subscriber_commands.command("show")
@_of_an_address
@click.option("--json", "as_json", is_flag=True, help="One JSON object: rows by table.")
def show(address: Address, as_json: bool) -> None:
    """Print all that is held about ADDRESS."""
    with reading() as session:
        held = held_about(session, address, services().suppression_key)
    if as_json:
        click.echo(json.dumps(held, ensure_ascii=False, indent=2))
    elif held:
        click.echo("\n".join(_lines(held)))
    else:
        click.echo("Nothing is held about this address.")


def _lines(held: Held) -> Iterator[str]:
    for table, rows in held.items():
        for row in rows:
            yield table.replace("_", " ")
            yield from (f"  {name}: {value}" for name, value in row.items() if value not in (None, "", {}))


@subscriber_commands.command("suppress")
@_of_an_address
@_with_a_reason
def suppress(address: Address, reason: str) -> None:
    """Never mail ADDRESS again, also not after another sign-up or import."""
    now, key = services().clock(), services().suppression_key
    with unit_of_work() as session:
        service.suppress_address(session, address, key, reason, None, now)
    click.echo("This address is not mailed any more.")


@subscriber_commands.command("allow")
@_of_an_address
@_with_a_reason
def allow(address: Address, reason: str) -> None:
    """Take the suppression of ADDRESS back."""
    now, key = services().clock(), services().suppression_key
    with unit_of_work() as session:
        allowed = service.allow_address(session, address, key, reason, None, now)
    click.echo(_SAYS[allowed])


@subscriber_commands.command("erase")
@_of_an_address
@_with_a_reason
def erase(address: Address, reason: str) -> None:
    """Erase the person behind ADDRESS from every table; a keyed hash stays, so that nobody mails them again."""
    now, key = services().clock(), services().suppression_key
    with unit_of_work() as session:
        known = service.erase_address(session, address, key, reason, None, now)
    click.echo("Erased." if known else "Nothing was held about this address; it is not mailed from now on.")
    if not scrub(now):
        click.echo("The scheduler takes what is left in the database's files out of them within a minute.")
