"""`newsletter staff ...`."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.staff.commands import staff_commands
from newsletter_service.staff.models import AuditEntry, User
from tests.factories import make_newsletter, make_organisation
from tests.staff_browser import PASSWORD, StaffBrowser, try_door

Stored = Callable[[], AbstractContextManager[Session]]


@pytest.fixture(autouse=True)
def publisher(stored: Stored) -> None:
    with stored() as session:
        make_newsletter(session)
        make_organisation(session)


def run(app: Flask, *arguments: str, password: str = PASSWORD, typed: str | None = None) -> Result:
    return staff(app, "add", *arguments, password=password, typed=typed)


def staff(app: Flask, *arguments: str, password: str = PASSWORD, typed: str | None = None) -> Result:
    environment = {} if typed else {"STAFF_PASSWORD": password}
    return app.test_cli_runner().invoke(staff_commands, arguments, env=environment, input=typed)


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


def test_accounts_are_listed_with_state_roles_and_last_sign_in(app: Flask, client: FlaskClient) -> None:
    run(app, *HEAD)
    StaffBrowser(client, HEAD[0])
    staff(app, "invite", "nieuw@noord.example", "--name", "Nieuw", "--role", "communicator")
    head, new = staff(app, "list").output.splitlines()
    assert head.split() == [
        "1",
        "open",
        "head",
        "noord",
        "2026-11-23",
        "09:00",
        "UTC",
        "hanneke@noord.example",
    ]
    assert new.split() == ["2", "invited", "communicator", "-", "never", "nieuw@noord.example"]


def test_an_account_is_closed_opened_given_roles_and_another_password(
    app: Flask, client: FlaskClient, stored: Stored
) -> None:
    run(app, *HEAD)
    assert staff(app, "close", HEAD[0]).output == "Account 1 is closed.\n"
    assert try_door(client, HEAD[0]).status_code == 200
    assert staff(app, "open", HEAD[0]).output == "Account 1 is open.\n"
    told = staff(app, "roles", HEAD[0], "--role", "head", "--role", "administrator").output
    assert told == "Account 1: administrator, head.\n"
    assert staff(app, "password", HEAD[0], password="hanneke noord").exit_code == 1
    changed = staff(app, "password", HEAD[0], password="kanaal fiets donder")
    assert changed.output == "Account 1 has another password, and is signed out everywhere.\n"
    assert try_door(client, HEAD[0], "kanaal fiets donder").status_code == 302
    with stored() as session:
        found = session.scalars(select(AuditEntry.action).where(AuditEntry.actor_id.is_(None)))
        assert [action.partition(".")[2] for action in found] == [
            *("add", "close", "sign_in_failed", "reopen", "change", "password_set"),
        ]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("close", "niemand@noord.example"), "There is no account with this address."),
        (("close", HEAD[0]), "the last administrator who can sign in"),
        (("roles", HEAD[0], "--role", "communicator"), "the last administrator who can sign in"),
        (("roles", HEAD[0], "--role", "administrator", "--organisation", "oost"), "there are: noord"),
        (
            ("invite", HEAD[0], "--name", "H", "--role", "communicator"),
            "an account with this address already",
        ),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    app: Flask, arguments: tuple[str, ...], complaint: str
) -> None:
    run(app, *HEAD, "--role", "administrator")
    result = staff(app, *arguments)
    assert (result.exit_code, complaint in result.output) == (1, True), result.output
