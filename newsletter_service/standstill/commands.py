"""The commands `newsletter still ...`"""

from collections.abc import Iterator

import click
from flask.cli import AppGroup

from newsletter_service.continuity.rules import Why
from newsletter_service.db import reading, unit_of_work
from newsletter_service.editions.composing.ahead import compare_ahead
from newsletter_service.services import services
from newsletter_service.standstill.service import Answer, GoesOn, Situation, UnderWay, go_on, situation

_MOMENT = "%Y-%m-%d %H:%M UTC"
_WHY = {
    Why.COPIED: "This database is a copy: it lies elsewhere than where it was worked with.",
    Why.PUT_BACK: "This database was put back: this machine has seen more of it than it knows.",
    Why.RESTORED: "This database was restored from a backup.",
    Why.MOVED: "This database was moved: its copy goes on elsewhere.",
}

still_commands = AppGroup("still", help="A service that keeps still, because its database is a copy.")


@still_commands.command("show")
def show() -> None:
    """Say whether the service keeps still, what is known, and what is not."""
    with reading() as session:
        known = situation(session, services().clock())
    click.echo("\n".join(_lines(known)) if known else "The service goes on; nothing keeps it still.")


@still_commands.command("end")
@click.option(
    "--nothing-went-out",
    "answer",
    flag_value=Answer.NOTHING_WENT_OUT,
    help="No letter went out since the copy was made: the rest of what was under way goes.",
)
@click.option(
    "--letters-may-have-gone",
    "answer",
    flag_value=Answer.LETTERS_MAY_HAVE_GONE,
    help="Nobody can tell: what was under way is left uncertain, editions that may be out are held.",
)
def end(answer: str | None) -> None:
    """Let this database go on, with what is true of the time since it was copied."""
    if answer is None:
        raise click.UsageError("Say what is true: --nothing-went-out or --letters-may-have-gone.")
    now, wired = services().clock(), services()
    compare_ahead(now)
    try:
        with unit_of_work() as session:
            standing = go_on(session, wired, None, Answer(answer), now)
    except GoesOn as error:
        raise click.ClickException("Nothing keeps the service still.") from error
    standing.tell(wired.delivery.witness)
    click.echo("The service goes on. See that no other copy of it does.")


def _lines(known: Situation) -> Iterator[str]:
    yield f"The service keeps still since {known.since:{_MOMENT}}. {_WHY[known.why]}"
    yield f"What it knows is of {known.known_at:{_MOMENT}}; what went out after that it does not know."
    if known.worked_until is not None:
        yield f"This machine saw it at work until {known.worked_until:{_MOMENT}}."
    for one in known.under_way:
        yield f"Under way then: {_name(one)}, {one.letters} letters to go."
    if known.notices:
        yield f"Under way then: {known.notices} notices to one person each."
    if known.may_be_out:
        numbers = ", ".join(map(str, known.may_be_out))
        yield f"May have been released since: edition {numbers}."
    yield "Go on with `newsletter still end --nothing-went-out` or `--letters-may-have-gone`, or leave it as it is."


def _name(one: UnderWay) -> str:
    return f"a correction of edition {one.number}" if one.correction else f"edition {one.number}"
