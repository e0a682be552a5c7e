"""Of the sign-in library nothing can be reached: neither its pages nor its other ways to say who one is."""

from base64 import b64encode
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from flask_login import encode_cookie
from flask_security.core import UserMixin
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.staff.models import User
from tests.staff_browser import PASSWORD, TOKEN, StaffBrowser

Stored = Callable[[], AbstractContextManager[Session]]
WANTED = "/redactie/kopij/"


@pytest.fixture
def token(app: Flask, stored: Stored, email: str) -> str:
    """A genuine token of the library's own, as it would hand out to programs."""
    with stored() as session, app.test_request_context():
        user = session.scalars(select(User)).one()
        theirs = UserMixin()
        theirs.fs_uniquifier = user.fs_uniquifier
        return str(theirs.get_auth_token())


def is_outside(client: FlaskClient) -> bool:
    return client.get(WANTED).status_code == 302


def test_no_route_is_the_librarys(app: Flask) -> None:
    views = [app.view_functions[rule.endpoint] for rule in app.url_map.iter_rules()]
    assert [view for view in views if view.__module__.startswith("flask_security")] == []
    assert "security" not in app.blueprints


def test_a_token_in_the_address_is_nobody(client: FlaskClient, token: str) -> None:
    assert client.get(WANTED, query_string={"auth_token": token}).status_code == 302


@pytest.mark.parametrize("header", ["Authentication-Token", "Authorization", "X-Auth-Token"])
def test_a_token_in_a_header_is_nobody(client: FlaskClient, token: str, header: str) -> None:
    for value in (token, f"Bearer {token}", f"Token {token}"):
        assert client.get(WANTED, headers={header: value}).status_code == 302


def test_a_token_in_a_body_is_nobody(client: FlaskClient, token: str) -> None:
    assert client.get(WANTED, json={"auth_token": token}).status_code == 302
    assert client.get(WANTED, data={"auth_token": token}).status_code == 302


def test_basic_authentication_is_nobody(client: FlaskClient, email: str) -> None:
    basic = b64encode(f"{email}:{PASSWORD}".encode()).decode()
    assert client.get(WANTED, headers={"Authorization": f"Basic {basic}"}).status_code == 302


def test_a_cookie_to_remember_somebody_by_is_nobody(
    app: Flask, client: FlaskClient, stored: Stored, email: str
) -> None:
    with stored() as session, app.app_context():
        cookie = encode_cookie(session.scalars(select(User.fs_uniquifier)).one())
    client.set_cookie("remember_token", cookie)
    assert is_outside(client)


def test_asking_to_be_remembered_gives_no_cookie_for_that(client: FlaskClient, email: str) -> None:
    found = TOKEN.search(client.get("/redactie/inloggen").text)
    assert found is not None
    form = {"csrf_token": found[1], "email": email, "password": PASSWORD, "remember": "y"}
    answer = client.post("/redactie/inloggen", data=form)
    assert answer.status_code == 302
    assert [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("remember")] == []


@pytest.mark.parametrize("accept", ["application/json", "*/*"])
def test_signing_in_by_json_is_nobody(client: FlaskClient, email: str, accept: str) -> None:
    found = TOKEN.search(client.get("/redactie/inloggen").text)
    assert found is not None
    answer = client.post(
        "/redactie/inloggen?include_auth_token",
        json={"email": email, "password": PASSWORD},
        headers={"X-CSRFToken": found[1], "Accept": accept},
    )
    assert "auth_token" not in answer.text.replace("include_auth_token", "")  # the address of the page itself
    assert is_outside(client)


def test_the_session_of_a_cookie_is_a_key_and_not_an_account(
    app: Flask, client: FlaskClient, stored: Stored, email: str
) -> None:
    with stored() as session:
        known = session.scalars(select(User.fs_uniquifier)).one()
    signs = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signs is not None
    for value in (known, "1", email, 1, None, ["1"]):
        client.set_cookie("redactie", signs.dumps({"_user_id": value, "active_at": 1_795_424_400}))
        assert is_outside(client)
    client.delete_cookie("redactie")
    StaffBrowser(client, email)
    genuine = client.get_cookie("redactie")
    assert genuine is not None
    client.delete_cookie("redactie")
    client.set_cookie("redactie", genuine.value)
    assert not is_outside(client)
