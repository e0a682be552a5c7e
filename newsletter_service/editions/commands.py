"""The commands `newsletter editions ...`. Each prints when its transaction is over: a closed pipe undoes nothing."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from newsletter_service.clock import local_moment
from newsletter_service.db import read_only, unit_of_work
from newsletter_service.editions import service
from newsletter_service.editions.composing import service as composing
from newsletter_service.editions.composing.ahead import compare_ahead
from newsletter_service.editions.content import item_views, items_in, ranked, ranks_of
from newsletter_service.editions.letter_sizes import letter_sizes
from newsletter_service.editions.models import Edition, Placement
from newsletter_service.editions.preview import service as preview
from newsletter_service.editions.readers import reach
from newsletter_service.editions.releasing import service as release
from newsletter_service.editions.rules import Unsigned
from newsletter_service.errors import NewsletterError
from newsletter_service.languages import DEFAULT_LANGUAGE, LANGUAGES, Language
from newsletter_service.services import services

_MOMENT = "%Y-%m-%d %H:%M"

edition_commands = AppGroup("editions", help="Look at editions and move them on.")


@contextmanager
def _work(*, reading: bool = False) -> Iterator[Session]:
    try:
        if reading:
            read_only()
        with unit_of_work() as session:
            yield session
    except NewsletterError as error:
        raise click.ClickException(error.message) from error


@edition_commands.command("list")
def list_editions() -> None:
    """All editions: number, state, when they go out, how many items."""
    with _work(reading=True) as session:
        lines = [_line(edition) for edition in service.all_editions(session)]
    _print(lines)


@edition_commands.command("compose")
@click.argument("number", type=int)
def compose_edition(number: int) -> None:
    """Compose edition NUMBER now; one that was composed before is composed again."""
    now = services().clock()
    compare_ahead(now)
    with _work() as session:
        edition = service.edition_numbered(session, number)
        composing.compose_edition(session, services(), edition, None, now)
        placements = sorted(edition.placements, key=_by_position)
        lines = [
            _line(edition),
            *(_placed(placement) for placement in placements),
            *_letters(session, edition),
        ]
    _print(lines)


@edition_commands.command("preview")
@click.argument("number", type=int)
@click.option("--segment", help="Slug of a segment; without it, a reader who claims none.")
@click.option("--language", type=click.Choice(list(LANGUAGES)), default=DEFAULT_LANGUAGE, show_default=True)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file.")
def preview_edition(number: int, segment: str | None, language: Language, output: Path | None) -> None:
    """The message a reader of edition NUMBER would get, byte for byte (an .eml file)."""
    with _work(reading=True) as session:
        edition = service.edition_numbered(session, number)
        message = preview.message_for(session, services(), edition, segment, language, services().clock())
    if output is None:
        click.echo(message, nl=False)
    else:
        output.write_bytes(message)


@edition_commands.command("release")
@click.argument("number", type=int)
def release_edition(number: int) -> None:
    """Send edition NUMBER now."""
    with _work() as session:
        edition = service.edition_numbered(session, number)
        try:
            release.release(session, services(), edition, None, services().clock())
        except Unsigned as error:
            names = ", ".join(service.missing_names(session, edition))
            raise click.ClickException(f"Not released: {names} did not agree to what it says now.") from error
        line = _line(edition)
    click.echo(line)


@edition_commands.command("hold")
@click.argument("number", type=int)
@click.argument("reason")
def hold_edition(number: int, reason: str) -> None:
    """Stop edition NUMBER where it is; REASON is what staff will read."""
    with _work() as session:
        edition = service.edition_numbered(session, number)
        service.hold(session, edition, None, services().clock(), reason)
        line = _line(edition)
    click.echo(line)


@edition_commands.command("resume")
@click.argument("number", type=int)
@click.option(
    "--at", type=click.DateTime([_MOMENT]), help="A new moment to go out, by the newsletter's clock."
)
def resume_edition(number: int, at: datetime | None) -> None:
    """Let edition NUMBER, which is held, go on: where it stopped, or at its time."""
    with _work() as session:
        edition = service.edition_numbered(session, number)
        sends_at = at and local_moment(at.date(), at.time(), edition.zone)
        service.resume(session, edition, None, services().clock(), sends_at)
        line = _line(edition)
    click.echo(line)


@edition_commands.command("cancel")
@click.argument("number", type=int)
@click.confirmation_option(prompt="What has not gone out yet never will. Cancel the edition?")
def cancel_edition(number: int) -> None:
    """Give edition NUMBER up for good; what is still to go never goes."""
    now = services().clock()
    with _work() as session:
        service.hold_to_cancel(session, service.edition_numbered(session, number), None, now)
    with _work() as session:
        edition = service.edition_numbered(session, number)
        stopped = service.cancel(session, edition, None, now)
        line = f"{_line(edition)}, {stopped} letters stopped"
    click.echo(line)


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


def _line(edition: Edition) -> str:
    moment = edition.sends_at.astimezone(ZoneInfo(edition.zone))
    readers = "" if edition.intended is None else f", {edition.intended} readers"
    items = f"{len(items_in(edition))} items"
    return f"{edition.number:>4}  {edition.state:10}  {moment:{_MOMENT}}  {items}{readers}"


def _placed(placement: Placement) -> str:
    place = "-" if placement.position is None else placement.position + 1
    return f"  {place:>2}  {placement.reason:15}  {placement.item.title}"


def _letters(session: Session, edition: Edition) -> Iterator[str]:
    """How many items readers get, in one line; none without readers."""
    items, at = items_in(edition), edition.sends_at
    kinds = reach(session, items, at).kinds
    sizes = letter_sizes(
        kinds, item_views(items), ranked(items, ranks_of(edition)), edition.item_limit, (), at
    ).all
    if sizes is not None:
        yield (
            f"      items a reader: {sizes.fewest} at least, {sizes.median} in the middle, {sizes.most} at most"
            f" ({sizes.most_in_full} in full)"
        )


def _by_position(placement: Placement) -> tuple[bool, int]:
    return placement.position is None, placement.position or 0
