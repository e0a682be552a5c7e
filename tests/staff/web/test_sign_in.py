"""The door of the editorial office."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from hashlib import sha256
from urllib.parse import urljoin, urlsplit

import pytest
from argon2 import extract_parameters
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from flask_security.utils import hash_password
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from newsletter_service.app import create_app
from newsletter_service.db import db
from newsletter_service.settings import PasswordCost, Settings
from newsletter_service.staff.access import service
from newsletter_service.staff.access.models import StaffSession
from newsletter_service.staff.models import AuditEntry, User
from tests.conftest import CHEAP, Clock
from tests.staff_browser import DOOR, PASSWORD, TOKEN, StaffBrowser, try_door, words

Stored = Callable[[], AbstractContextManager[Session]]
REFUSAL = "Dit e-mailadres en wachtwoord horen niet bij elkaar."


def without_token_and_address(answer: TestResponse, email: str) -> str:
    return TOKEN.sub("", answer.text).replace(email, "")


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client: FlaskClient, email: str) -> None:
    wrong = try_door(client, email, "een heel ander wachtwoord")
    unknown = try_door(client, "niemand@noord.example")
    assert wrong.status_code == unknown.status_code == 200
    assert REFUSAL in words(wrong.text)
    assert "<title>Fout: Inloggen" in wrong.text
    assert '<li><a href="#email">' in wrong.text
    assert without_token_and_address(wrong, email) == without_token_and_address(
        unknown, "niemand@noord.example"
    )


def test_a_closed_account_gets_the_answer_of_an_unknown_one(
    client: FlaskClient, stored: Stored, email: str
) -> None:
    with stored() as session:
        session.query(User).update({"active": False})
    right, unknown = try_door(client, email), try_door(client, "niemand@noord.example")
    assert REFUSAL in words(right.text)
    assert without_token_and_address(right, email) == without_token_and_address(
        unknown, "niemand@noord.example"
    )
    assert client.get("/redactie/kopij/").status_code == 302


def test_the_door_speaks_the_language_that_its_address_asks_for(client: FlaskClient, email: str) -> None:
    page = client.get(f"{DOOR}?taal=en&next=/redactie/edities")
    assert '<html lang="en"' in page.text
    assert 'action="/redactie/inloggen?taal=en"' in page.text
    assert 'href="/redactie/inloggen?taal=nl&amp;next=/redactie/edities"' in page.text
    form = {"csrf_token": TOKEN.search(page.text)[1], "email": email, "password": "een heel ander"}  # type: ignore[index]  # it has one
    assert '<html lang="en"' in client.post(f"{DOOR}?taal=en", data=form).text
    assert '<html lang="nl"' in client.get(DOOR).text


def test_inside_it_is_the_accounts_language_that_counts_and_the_door_keeps_it(
    client: FlaskClient, stored: Stored, email: str
) -> None:
    browser = StaffBrowser(client, email)
    assert '<html lang="nl"' in browser.get("/redactie/kopij/?taal=en").text
    with stored() as session:
        session.query(User).update({"language": "en"})
    assert '<html lang="en"' in browser.get("/redactie/kopij/").text
    assert '<html lang="en"' in browser.get("/redactie/kopij/?taal=nl").text
    assert browser.post("/redactie/uitloggen").headers["Location"] == f"{DOOR}?taal=en"


def test_a_password_kept_at_another_cost_is_kept_at_the_configured_one_after_signing_in(
    client: FlaskClient, settings: Settings, clock: Clock, stored: Stored, email: str
) -> None:
    def kept() -> str | None:
        with stored() as session:
            return session.scalars(select(User)).one().password

    dearer = create_app(replace(settings, password_cost=PasswordCost(memory=16, passes=2, lanes=1)), clock)
    with dearer.app_context():
        before = hash_password(PASSWORD)
        db.engine.dispose()
    with stored() as session:
        session.query(User).update({"password": before})
    try_door(client, email, "een heel ander wachtwoord")
    assert kept() == before
    assert try_door(client, email).status_code == 302
    after = kept()
    made = extract_parameters(after or "")
    assert (made.memory_cost, made.time_cost, made.parallelism) == CHEAP
    client.delete_cookie("redactie")
    assert try_door(client, email).status_code == 302
    assert kept() == after


def test_a_new_hash_of_an_old_password_does_not_replace_a_new_password(stored: Stored, email: str) -> None:
    with stored() as session:
        account = service.account_behind(session, email)
        session.query(User).update({"password": "of a new password"})
    with stored() as session:
        service.renew(session, account, "of the old one")
        assert session.scalars(select(User)).one().password == "of a new password"


def test_closing_an_account_ends_the_session_that_is_open(
    client: FlaskClient, stored: Stored, email: str
) -> None:
    browser = StaffBrowser(client, email)
    assert browser.get("/redactie/kopij/").status_code == 200
    with stored() as session:
        session.query(User).update({"active": False})
    assert browser.get("/redactie/kopij/").status_code == 302


@pytest.mark.parametrize(("email_typed", "password"), [("", ""), ("niemand", "x"), ("a@b.example", "")])
def test_the_page_speaks_dutch_whatever_is_wrong(
    client: FlaskClient, email: str, email_typed: str, password: str
) -> None:
    for answer in (client.get(DOOR), try_door(client, email_typed, password)):
        text = words(answer.text).lower()
        for english in ("password", "login", "sign in", "email ", "required", "invalid", "remember", "field"):
            assert english not in text, english


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "///evil.example",
        "https://evil.example/redactie/",
        "\\\\evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        " //evil.example",
    ],
)
def test_signing_in_never_leads_to_another_site(client: FlaskClient, email: str, elsewhere: str) -> None:
    answer = try_door(client, email, next=elsewhere)
    assert answer.status_code == 302
    as_browsers_read_it = answer.headers["Location"].replace("\\", "/").strip()
    assert (
        urlsplit(urljoin(f"https://nieuwsbrief.example{DOOR}", as_browsers_read_it)).netloc
        == "nieuwsbrief.example"
    )


def test_signing_in_leads_back_to_the_page_that_was_asked_for(client: FlaskClient, email: str) -> None:
    wanted = "/redactie/kopij/?staat=draft"
    door = client.get(wanted)
    assert door.status_code == 302
    page = client.get(door.headers["Location"])
    assert wanted in page.text
    assert try_door(client, email, next=wanted).headers["Location"] == wanted


def test_signing_out_takes_a_post_with_a_token(client: FlaskClient, email: str) -> None:
    browser = StaffBrowser(client, email)
    assert browser.get("/redactie/uitloggen").status_code == 405
    assert client.post("/redactie/uitloggen").status_code == 400
    assert browser.get("/redactie/kopij/").status_code == 200
    assert browser.post("/redactie/uitloggen").headers["Location"] == DOOR
    assert browser.get("/redactie/kopij/").status_code == 302


def test_a_copied_cookie_is_dead_once_its_owner_signed_out(
    app: Flask, client: FlaskClient, stored: Stored, email: str
) -> None:
    browser = StaffBrowser(client, email)
    copied = client.get_cookie("redactie")
    assert copied is not None
    thief = app.test_client()
    thief.set_cookie("redactie", copied.value)
    assert thief.get("/redactie/kopij/").status_code == 200
    browser.post("/redactie/uitloggen")
    assert thief.get("/redactie/kopij/").status_code == 302
    with stored() as session:
        assert session.scalars(select(StaffSession)).all() == []
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert last is not None
        assert (last.action, last.actor_id) == (service.SIGNED_OUT, last.subject_id)


def test_the_database_does_not_hold_what_a_cookie_does(
    app: Flask, client: FlaskClient, stored: Stored, email: str
) -> None:
    StaffBrowser(client, email)
    cookie = client.get_cookie("redactie")
    reads = SecureCookieSessionInterface().get_signing_serializer(app)
    assert cookie is not None
    assert reads is not None
    key = reads.loads(cookie.value)["_user_id"]
    with stored() as session:
        assert session.scalars(select(StaffSession)).one().key_hash == sha256(key.encode()).hexdigest()


def test_a_session_ends_after_two_hours_in_which_nobody_did_anything(
    client: FlaskClient, clock: Clock, email: str
) -> None:
    browser = StaffBrowser(client, email)
    for _time in range(3):
        clock.move(hours=1, minutes=59)
        assert browser.get("/redactie/kopij/").status_code == 200
    clock.move(hours=2)
    assert browser.get("/redactie/kopij/").status_code == 302


def test_what_a_page_asks_by_itself_is_nobody_doing_something(
    client: FlaskClient, clock: Clock, email: str
) -> None:
    browser = StaffBrowser(client, email)
    for _time in range(3):
        clock.move(minutes=30)
        assert client.get("/redactie/kopij/", headers={"X-Background": "1"}).status_code == 200
        assert browser.get("/redactie/sessie").status_code == 200
    clock.move(minutes=30)
    assert browser.get("/redactie/kopij/").status_code == 302


def test_a_session_ends_after_twelve_hours_however_busy_somebody_is(
    client: FlaskClient, clock: Clock, email: str
) -> None:
    browser = StaffBrowser(client, email)
    for _time in range(11):
        clock.move(hours=1)
        assert browser.get("/redactie/kopij/").status_code == 200
    clock.move(minutes=59)
    assert browser.get("/redactie/kopij/").status_code == 200
    clock.move(minutes=1)
    assert browser.get("/redactie/kopij/").status_code == 302


def test_the_page_says_until_when_and_pressing_the_button_makes_it_later(
    client: FlaskClient, clock: Clock, email: str
) -> None:
    browser = StaffBrowser(client, email)  # 09:00 UTC is 10:00 in Amsterdam
    assert "tot 12.00 uur" in browser.text("/redactie/kopij/")
    clock.move(hours=1)
    assert browser.get("/redactie/sessie").json == {"ends": "2026-11-23T11:00:00+00:00"}
    assert browser.post("/redactie/sessie").json == {"ends": "2026-11-23T12:00:00+00:00"}
    clock.move(hours=1, minutes=59)
    assert browser.get("/redactie/kopij/").status_code == 200


def test_the_session_cookie_is_for_this_site_over_tls_and_not_for_scripts(
    client: FlaskClient, email: str
) -> None:
    cookies = try_door(client, email).headers.getlist("Set-Cookie")
    (session,) = [cookie for cookie in cookies if cookie.startswith("redactie=")]
    (browser,) = [cookie for cookie in cookies if cookie.startswith("redactie-bekend=")]
    for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in session
        assert flag in browser
    assert "Expires" not in session
    assert "Max-Age" not in session
    assert "Path=/redactie" in browser
    assert "Domain" not in session + browser
    assert len(cookies) == 2


def test_signing_in_without_a_token_is_refused(client: FlaskClient, email: str) -> None:
    answer = client.post(DOOR, data={"email": email, "password": PASSWORD})
    assert answer.status_code == 400
    assert client.get("/redactie/kopij/").status_code == 302


@pytest.mark.parametrize(
    "page", ["registreren", "register", "reset", "change", "verify", "confirm", "tf-setup", "us-signin"]
)
def test_nothing_else_of_the_sign_in_library_is_reachable(client: FlaskClient, page: str) -> None:
    for prefix in ("", "/redactie"):
        assert client.get(f"{prefix}/{page}").status_code == 404
