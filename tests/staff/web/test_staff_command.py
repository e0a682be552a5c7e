"""`newsletter staff add`."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.staff.commands import staff_commands
from newsletter_service.staff.models import User
from tests.factories import make_newsletter, make_organisation
from tests.staff_browser import PASSWORD, StaffBrowser

Stored = Callable[[], AbstractContextManager[Session]]


@pytest.fixture(autouse=True)
def publisher(stored: Stored) -> None:
    with stored() as session:
        make_newsletter(session)
        make_organisation(session)


def run(app: Flask, *arguments: str, password: str = PASSWORD, typed: str | None = None) -> Result:
    environment = {} if typed else {"STAFF_PASSWORD": password}
    return app.test_cli_runner().invoke(staff_commands, ["add", *arguments], env=environment, input=typed)


HEAD = ("hanneke@noord.example", "--name", "Hanneke Noord", "--role", "head", "--organisation", "noord")


def test_whoever_got_an_account_can_sign_in(app: Flask, client: FlaskClient) -> None:
    result = run(app, *HEAD, "--role", "communicator")
    assert result.exit_code == 0, result.output
    assert result.output == "Account 1 is ready: communicator, head.\n"
    assert "Hanneke Noord" in StaffBrowser(client, "hanneke@noord.example").text("/redactie/kopij/")


def test_the_password_is_asked_for_twice_and_never_shown(app: Flask) -> None:
    result = run(app, *HEAD, typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert result.exit_code == 0, result.output
    assert PASSWORD not in result.output
    assert run(app, *HEAD, typed=f"{PASSWORD}\niets heel anders\n").exit_code != 0


@pytest.mark.parametrize(
    ("arguments", "password", "complaint"),
    [
        (HEAD, "te kort", "at least 12"),
        (HEAD[:-2], PASSWORD, "A head needs an organisation"),
        ((*HEAD[:-1], "oost"), PASSWORD, "there are: noord"),
        (("hanneke", *HEAD[1:]), PASSWORD, "not a mail address"),
        ((*HEAD, "--role", "baas"), PASSWORD, "'baas' is not one of"),
        (HEAD[:3], PASSWORD, "Missing option '--role'"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_and_nothing_is_made(
    app: Flask, stored: Stored, arguments: tuple[str, ...], password: str, complaint: str
) -> None:
    result = run(app, *arguments, password=password)
    assert result.exit_code != 0
    assert complaint in result.output
    assert "Traceback" not in result.output
    with stored() as session:
        assert session.scalars(select(User)).all() == []


def test_a_second_account_for_one_address_is_refused(app: Flask) -> None:
    run(app, *HEAD)
    result = run(app, *HEAD)
    assert result.exit_code == 1
    assert "There is an account with this address already." in result.output
