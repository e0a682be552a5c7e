"""The door of the editorial office."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from urllib.parse import urljoin, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from newsletter_service.staff.models import User
from newsletter_service.staff.rules import Role
from tests.factories import make_newsletter, make_organisation
from tests.staff_browser import PASSWORD, TOKEN, StaffBrowser, make_staff, words

Stored = Callable[[], AbstractContextManager[Session]]
DOOR = "/redactie/inloggen"
REFUSAL = "Dit e-mailadres en wachtwoord horen niet bij elkaar."


@pytest.fixture
def email(stored: Stored) -> str:
    with stored() as session:
        make_newsletter(session)
        make_organisation(session)
        return make_staff(session, Role.HEAD, organisation="noord", name="Hanneke Noord").email


def sign_in(client: FlaskClient, email: str, password: str = PASSWORD, **more: str) -> TestResponse:
    found = TOKEN.search(client.get(DOOR).text)
    assert found is not None
    return client.post(DOOR, data={"csrf_token": found[1], "email": email, "password": password, **more})


def without_token_and_address(answer: TestResponse, email: str) -> str:
    return TOKEN.sub("", answer.text).replace(email, "")


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client: FlaskClient, email: str) -> None:
    wrong = sign_in(client, email, "een heel ander wachtwoord")
    unknown = sign_in(client, "niemand@noord.example")
    assert wrong.status_code == unknown.status_code == 200
    assert REFUSAL in words(wrong.text)
    assert without_token_and_address(wrong, email) == without_token_and_address(
        unknown, "niemand@noord.example"
    )


def test_a_closed_account_opens_nothing_and_says_so_only_to_its_owner(
    client: FlaskClient, stored: Stored, email: str
) -> None:
    with stored() as session:
        session.query(User).update({"active": False})
    assert REFUSAL in words(sign_in(client, email, "een heel ander wachtwoord").text)
    answer = sign_in(client, email)
    assert "Dit account is gesloten." in words(answer.text)
    assert client.get("/redactie/kopij/").status_code == 302


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
    for answer in (client.get(DOOR), sign_in(client, email_typed, password)):
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
    answer = sign_in(client, email, next=elsewhere)
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
    assert sign_in(client, email, next=wanted).headers["Location"] == wanted


def test_signing_out_takes_a_post_with_a_token(client: FlaskClient, email: str) -> None:
    browser = StaffBrowser(client, email)
    assert browser.get("/redactie/uitloggen").status_code == 405
    assert client.post("/redactie/uitloggen").status_code == 400
    assert browser.get("/redactie/kopij/").status_code == 200
    assert browser.post("/redactie/uitloggen").headers["Location"] == DOOR
    assert browser.get("/redactie/kopij/").status_code == 302


def test_a_cookie_from_before_signing_out_no_longer_carries_a_session_when_the_account_is_gone(
    client: FlaskClient, stored: Stored, email: str
) -> None:
    browser = StaffBrowser(client, email)
    with stored() as session:
        session.query(User).update({"fs_uniquifier": "0" * 32})
    assert browser.get("/redactie/kopij/").status_code == 302


def test_the_session_cookie_is_for_this_site_over_tls_and_not_for_scripts(
    client: FlaskClient, email: str
) -> None:
    cookies = sign_in(client, email).headers.getlist("Set-Cookie")
    assert len(cookies) == 1
    for flag in ("redactie=", "Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in cookies[0]
    assert "Expires" not in cookies[0]
    assert "Domain" not in cookies[0]


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


def test_a_head_begins_with_copy_and_a_communicator_with_editions(
    client: FlaskClient, stored: Stored, email: str
) -> None:
    with stored() as session:
        communicator = make_staff(session, Role.COMMUNICATOR, name="Marieke Midden").email
    StaffBrowser(client, email)
    assert client.get("/redactie/").headers["Location"] == "/redactie/kopij/"
    client.delete_cookie("redactie")
    StaffBrowser(client, communicator)
    assert client.get("/redactie/").headers["Location"] == "/redactie/edities"
