"""`newsletter staff ...`"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from newsletter_service.db import reading, unit_of_work
from newsletter_service.errors import NewsletterError, NotFound
from newsletter_service.languages import DEFAULT_LANGUAGE, LANGUAGES, Language
from newsletter_service.services import services
from newsletter_service.staff.access.passwords import hashed
from newsletter_service.staff.accounts import service as accounts
from newsletter_service.staff.accounts.making import (
    NewUser,
    add_user,
    check_password,
    names_around,
    own_names,
)
from newsletter_service.staff.accounts.service import Change
from newsletter_service.staff.choosing.service import set_by_command
from newsletter_service.staff.models import User
from newsletter_service.staff.rules import Role
from newsletter_service.staff.second_factor.service import reset
from newsletter_service.staff.service import find_organisation, find_user, parse_email, record

staff_commands = AppGroup("staff", help="Accounts of the people who make the newsletter.")

Options = Callable[[Callable[..., None]], Callable[..., None]]
roles_option: Options = click.option(
    "--role", "roles", required=True, multiple=True, type=click.Choice([role.value for role in Role])
)
organisation_option: Options = click.option(
    "--organisation", help="The organisation's short name in addresses, such as noord; a head needs one."
)
language_option: Options = click.option(
    "--language", type=click.Choice(list(LANGUAGES)), default=DEFAULT_LANGUAGE, show_default=True
)
password_option: Options = click.option(
    "--password", envvar="STAFF_PASSWORD", prompt=True, hide_input=True, confirmation_prompt=True
)


@staff_commands.command("list")
def list_accounts() -> None:
    """All accounts: state, roles, organisation, last sign-in and address."""
    with reading() as session:
        for user in accounts.everybody(session):
            click.echo(_line(user))


@staff_commands.command("add")
@click.argument("email")
@click.option("--name", required=True, help="As it is shown to colleagues.")
@roles_option
@organisation_option
@language_option
@password_option
def add(
    email: str, name: str, roles: tuple[str, ...], organisation: str | None, language: Language, password: str
) -> None:
    """Make an account for EMAIL. The password is asked for, or taken from STAFF_PASSWORD."""
    with reading() as session:
        around = names_around(session)
    new = NewUser(email, name, password, [Role(role) for role in roles], organisation, language, around)
    with _changing() as session:
        user = add_user(session, new)
        record(session, None, "account.add", "account", user.id, services().clock(), roles=sorted(roles))
        number = user.id
    click.echo(f"Account {number} is ready: {', '.join(sorted(roles))}.")


@staff_commands.command("invite")
@click.argument("email")
@click.option("--name", required=True, help="As it is shown to colleagues.")
@roles_option
@organisation_option
@language_option
def invite(
    email: str, name: str, roles: tuple[str, ...], organisation: str | None, language: Language
) -> None:
    """Make an account for EMAIL and mail its owner a link to choose a password."""
    new = NewUser(email, name, None, [Role(role) for role in roles], organisation, language)
    with _changing() as session:
        number = accounts.invite(session, services().links, new, None, services().clock()).id
    click.echo(f"Account {number} is invited: {', '.join(sorted(roles))}.")


@staff_commands.command("close")
@click.argument("email")
def close(email: str) -> None:
    """Let nobody in with the account of EMAIL any more."""
    with _changing() as session:
        user = accounts.close(session, _account(session, email).id, None, services().clock())
        number = user.id
    click.echo(f"Account {number} is closed.")


@staff_commands.command("open")
@click.argument("email")
def reopen(email: str) -> None:
    """Open the account of EMAIL again."""
    with _changing() as session:
        found = _account(session, email)
        number = accounts.reopen(session, services().links, found.id, None, services().clock()).id
    click.echo(f"Account {number} is open.")


@staff_commands.command("roles")
@click.argument("email")
@roles_option
@organisation_option
def change_roles(email: str, roles: tuple[str, ...], organisation: str | None) -> None:
    """Give the account of EMAIL these roles instead of those it has; without --organisation it keeps its own."""
    with _changing() as session:
        user = _account(session, email)
        theirs = find_organisation(session, organisation).id if organisation else user.organisation_id
        wanted = Change(user.name, [Role(role) for role in roles], theirs)
        number = accounts.change(session, user.id, wanted, None, services().clock()).id
    click.echo(f"Account {number}: {', '.join(sorted(roles))}.")


@staff_commands.command("password")
@click.argument("email")
@password_option
def set_password(email: str, password: str) -> None:
    """Give the account of EMAIL another password, which is asked for or taken from STAFF_PASSWORD."""
    with _one_line(), reading() as session:
        names = [*own_names(_account(session, email)), *names_around(session)]
    with _one_line():
        check_password(password, names)
    password_hash = hashed(password)
    with _changing() as session:
        user = _account(session, email)
        set_by_command(session, services(), user, password_hash, services().clock())
        number = user.id
    click.echo(f"Account {number} has another password, and is signed out everywhere.")


@staff_commands.command("reset-factor")
@click.argument("email")
def reset_factor(email: str) -> None:
    """Take the second factor of EMAIL away, where no other administrator can; all of them are told by mail."""
    with _changing() as session:
        found = _account(session, email)
        number = reset(session, services().links, found.id, None, services().clock()).id
    click.echo(f"Account {number} has no second factor, and is signed out everywhere.")


def _line(user: User) -> str:
    roles = ",".join(sorted(row.name for row in user.roles))
    organisation = user.organisation.slug if user.organisation else "-"
    last = f"{user.last_sign_in_at:%Y-%m-%d %H:%M} UTC" if user.last_sign_in_at else "never"
    return f"{user.id:4} {accounts.standing(user):8} {roles:32} {organisation:10} {last:21} {user.email}"


def _account(session: Session, email: str) -> User:
    found = find_user(session, parse_email(email))
    if found is None:
        raise NotFound("There is no account with this address.")
    return found


@contextmanager
def _changing() -> Iterator[Session]:
    """One transaction; what is wrong is said in one line."""
    with _one_line(), unit_of_work() as session:
        yield session


@contextmanager
def _one_line() -> Iterator[Any]:
    try:
        yield
    except NewsletterError as error:
        raise click.ClickException(error.message) from error
