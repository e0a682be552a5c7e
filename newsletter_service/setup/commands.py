"""`newsletter setup`"""

import os
import tomllib
from pathlib import Path

import click
from flask.cli import with_appcontext

from newsletter_service.db import reading, unit_of_work
from newsletter_service.errors import NewsletterError
from newsletter_service.letters.texts import texts
from newsletter_service.publisher.service import is_set_up
from newsletter_service.services import services
from newsletter_service.setup.plans import Difference, Plan
from newsletter_service.setup.rules import BadPlan, read_plan
from newsletter_service.setup.service import AlreadySetUp, differences, new_code, set_up
from newsletter_service.setup.wording import difference_words, fault_words

EXAMPLE = Path(__file__).with_name("example.toml")


@click.command("setup")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--example", is_flag=True, help="Print a commented file that can be set up with.")
@click.option("--code", is_flag=True, help="Print a one-time code for the page /opzetten; it lasts an hour.")
@click.option("--link", is_flag=True, help="Ask for no password: print a link by which it is chosen, once.")
@with_appcontext
def setup(file: Path | None, example: bool, code: bool, link: bool) -> None:
    """Set up the newsletter, its organisations, segments, topics, calendar and first administrator.

    FILE is TOML; all of it is set up, or nothing. The password of the first administrator is asked for, or taken from
    STAFF_PASSWORD. Where there is a newsletter already nothing is written: what the file says otherwise is listed, and
    the exit code is 1 if there is such.
    """
    if example:
        click.echo(EXAMPLE.read_text("utf-8"), nl=False)
    elif code:
        click.echo(_new_code())
    elif file is None:
        raise click.UsageError("Give a FILE, or --example to see one.")
    else:
        _by(_read(file), link)


def _new_code() -> str:
    with unit_of_work() as session:
        if is_set_up(session):
            raise click.ClickException(texts("nl").gettext("De nieuwsbrief is al opgezet."))
        return new_code(session, services().clock())


def _read(file: Path) -> Plan:
    _ = texts("nl").gettext
    try:
        return read_plan(tomllib.loads(file.read_text("utf-8")))
    except UnicodeDecodeError as error:
        raise click.ClickException(_("Dit bestand is geen tekst (UTF-8).")) from error
    except tomllib.TOMLDecodeError as error:
        told = _("Dit bestand is niet te lezen als TOML: %(why)s") % {"why": error}
        raise click.ClickException(told) from error
    except BadPlan as error:
        lines = [f"{fault.place}: {fault_words(fault, 'nl')}" for fault in error.faults]
        raise click.ClickException(
            "\n".join([_("Er is niets opgezet. Dit klopt nog niet:"), *lines])
        ) from error


def _by(plan: Plan, link: bool) -> None:
    _ = texts("nl").gettext
    with reading() as session:
        differ = differences(session, plan) if is_set_up(session) else None
    if differ is not None:
        _tell(differ)
        return
    password = None if link else os.environ.get("STAFF_PASSWORD") or _asked(plan)
    now = services().clock()
    try:
        with unit_of_work() as session:
            key = set_up(session, plan, password, now).link_key
    except AlreadySetUp as error:
        raise click.ClickException(_("Iemand anders heeft de nieuwsbrief net opgezet.")) from error
    except NewsletterError as error:
        raise click.ClickException(error.message) from error
    links = services().links
    told = {"name": plan.newsletter.name, "person": plan.administrator.name}
    if key is None:
        told["address"] = links.staff("")
        click.echo(_("%(name)s is opgezet. %(person)s kan inloggen: %(address)s") % told)
    else:
        told["address"] = links.invitation(key, now)
        click.echo(_("%(name)s is opgezet. %(person)s kiest een wachtwoord op: %(address)s") % told)


def _asked(plan: Plan) -> str:
    question = texts("nl").gettext("Wachtwoord voor %(person)s") % {"person": plan.administrator.name}
    password: str = click.prompt(question, hide_input=True, confirmation_prompt=True)
    return password


def _tell(differ: list[Difference]) -> None:
    _ = texts("nl").gettext
    if not differ:
        click.echo(_("De nieuwsbrief is al opgezet, precies zoals dit bestand zegt."))
        return
    click.echo(_("De nieuwsbrief is al opgezet; er is niets veranderd. Dit verschilt van het bestand:"))
    for one in differ:
        click.echo(difference_words(one, "nl"))
    click.echo(_("Wijzig het bij Beheer, of pas het bestand aan."))
    raise SystemExit(1)
