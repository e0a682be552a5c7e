"""`newsletter staff ...`"""

import click
from flask.cli import AppGroup

from newsletter_service.db import unit_of_work
from newsletter_service.errors import NewsletterError
from newsletter_service.languages import DEFAULT_LANGUAGE, LANGUAGES, Language
from newsletter_service.staff.rules import Role
from newsletter_service.staff.service import NewUser, add_user

staff_commands = AppGroup("staff", help="Accounts of the people who make the newsletter.")


@staff_commands.command("add")
@click.argument("email")
@click.option("--name", required=True, help="As it is shown to colleagues.")
@click.option(
    "--role", "roles", required=True, multiple=True, type=click.Choice([role.value for role in Role])
)
@click.option(
    "--organisation", help="The organisation's short name in addresses, such as var; a head needs one."
)
@click.option("--language", type=click.Choice(list(LANGUAGES)), default=DEFAULT_LANGUAGE, show_default=True)
@click.option("--password", envvar="STAFF_PASSWORD", prompt=True, hide_input=True, confirmation_prompt=True)
def add(
    email: str, name: str, roles: tuple[str, ...], organisation: str | None, language: Language, password: str
) -> None:
    """Make an account for EMAIL. The password is asked for, or taken from STAFF_PASSWORD."""
    new = NewUser(email, name, password, [Role(role) for role in roles], organisation, language)
    try:
        with unit_of_work() as session:
            user = add_user(session, new)
            number = user.id
    except NewsletterError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"Account {number} is ready: {', '.join(sorted(roles))}.")
