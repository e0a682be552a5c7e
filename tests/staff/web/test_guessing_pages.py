"""What guessing and crowds look like at the door."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter_service.db import db
from newsletter_service.staff.access import passwords
from newsletter_service.staff.models import AuditEntry
from tests.conftest import Clock
from tests.staff_browser import PASSWORD, TOKEN, StaffBrowser, try_door, words

Stored = Callable[[], AbstractContextManager[Session]]
WRONG = "een heel ander wachtwoord"


def fresh(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.environ_base.update({"wsgi.url_scheme": "https", "HTTP_HOST": "nieuwsbrief.example"})
    return client


class Watched:
    """The library's own hashing, which tells what the database is doing meanwhile."""

    def __init__(self, hashing: Any) -> None:
        self.hashing, self.verified = hashing, 0
        self.connections_in_use: list[int] = []

    def verify(self, *args: Any) -> Any:
        self.verified += 1
        self.connections_in_use.append(db.engine.pool.checkedout())  # type: ignore[attr-defined]  # every pool but the null one has it
        return self.hashing.verify(*args)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.hashing, name)


@pytest.fixture
def watched(app: Flask) -> Watched:
    security = app.extensions["security"]
    security.pwd_context = Watched(security.pwd_context)
    return security.pwd_context


@pytest.mark.parametrize("password", [PASSWORD, WRONG])
def test_no_transaction_is_open_while_a_password_is_verified(
    client: FlaskClient, email: str, watched: Watched, password: str
) -> None:
    try_door(client, email, password)
    assert watched.connections_in_use == [0]


def test_an_unknown_address_costs_as_many_hashes_as_a_known_one(
    client: FlaskClient, email: str, watched: Watched
) -> None:
    for typed in (email, "niemand@noord.example", "geen adres"):
        before = watched.verified
        try_door(client, typed, WRONG)
        assert watched.verified == before + 1


def test_a_password_that_is_too_long_is_not_even_looked_at(
    client: FlaskClient, email: str, watched: Watched
) -> None:
    for typed in (email, "niemand@noord.example"):
        answer = try_door(client, typed, "a" + "\u0300\u0316" * 600)
        assert "hooguit 256" in words(answer.text)
    assert try_door(client, email, "a" + "\u0300\u0316" * 60_000).status_code == 413
    assert watched.verified == 0


def test_a_third_password_at_once_is_told_to_come_back(
    client: FlaskClient, email: str, watched: Watched
) -> None:
    with passwords.slot(), passwords.slot():
        answer = try_door(client, email)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert "Er loggen nu veel mensen in." in words(answer.text)
    assert f'value="{email}"' in answer.text
    assert watched.verified == 0
    assert try_door(client, email).status_code == 302


def test_who_keeps_guessing_is_told_how_long_to_wait(
    app: Flask, client: FlaskClient, clock: Clock, email: str, watched: Watched, stored: Stored
) -> None:
    for _time in range(10):
        assert try_door(client, email, WRONG).status_code == 200
    answer = try_door(client, email)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert "Wacht 60 seconden" in words(answer.text)
    assert watched.verified == 10
    with stored() as session:
        failed = select(func.count()).where(AuditEntry.action == "account.sign_in_failed")
        assert session.scalar(failed) == 10
    clock.move(seconds=60)
    assert try_door(client, email).status_code == 302


def test_an_unknown_address_is_slowed_down_in_the_same_words(client: FlaskClient, email: str) -> None:
    answers = []
    for number, typed in enumerate((email, "niemand@noord.example")):
        for _time in range(11):
            answer = try_door(client, typed, WRONG, address=f"192.0.{number}.1")
        answers.append(TOKEN.sub("", answer.text).replace(typed, ""))
        assert answer.status_code == 429
    assert answers[0] == answers[1]


def test_the_head_gets_in_from_elsewhere_and_from_their_own_browser(
    app: Flask, client: FlaskClient, email: str
) -> None:
    StaffBrowser(client, email)
    client.delete_cookie("redactie")
    guesser = fresh(app)
    for _time in range(12):
        last = try_door(guesser, email, WRONG, address="127.0.0.1")
    assert last.status_code == 429
    assert try_door(client, email, address="127.0.0.1").status_code == 302
    assert try_door(fresh(app), email, address="198.51.100.7").status_code == 302


def test_an_address_that_is_known_only_by_its_form_stays_on_the_page_and_out_of_the_log(
    client: FlaskClient, email: str, caplog: pytest.LogCaptureFixture
) -> None:
    try_door(client, "iemand.anders@noord.example", WRONG)
    assert "iemand.anders" not in caplog.text
    assert WRONG not in caplog.text
