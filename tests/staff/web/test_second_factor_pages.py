"""The second step at the door, and setting it up."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from newsletter_service.settings import Settings
from newsletter_service.staff.models import AuditEntry, User
from newsletter_service.staff.rules import Role
from newsletter_service.staff.second_factor.codes import app_codes
from tests.authenticator import Authenticator
from tests.conftest import Clock, running_app
from tests.factories import SUPPRESSION_KEY, make_newsletter, make_organisation
from tests.staff_browser import DOOR, PASSWORD, TOKEN, StaffBrowser, make_staff, try_door, words

Stored = Callable[[], AbstractContextManager[Session]]
SECOND = f"{DOOR}/tweede-stap"
SET_UP = "/redactie/mijn-account/tweede-stap"
CODES = app_codes(SUPPRESSION_KEY)
WITHIN = "/redactie/kopij/"


@pytest.fixture
def app(settings: Settings, clock: Clock) -> Iterator[Flask]:
    """The product as it is outside of the demonstration: who can release or administer needs a second factor."""
    with running_app(replace(settings, second_factor_required=True), clock) as app:
        yield app


@pytest.fixture
def sam(stored: Stored) -> str:
    """The address of a communicator without a second factor."""
    with stored() as session:
        make_newsletter(session)
        make_organisation(session)
        make_staff(session, Role.ADMINISTRATOR, name="Bea Beheer")
        return make_staff(session, Role.COMMUNICATOR).email


def fresh(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.environ_base.update({"wsgi.url_scheme": "https", "HTTP_HOST": "nieuwsbrief.example"})
    return client


def secret_of(stored: Stored, email: str) -> str:
    with stored() as session:
        return session.scalars(select(User.totp_secret).where(User.email == email)).one() or ""


def code(secret: str, clock: Clock) -> str:
    return str(CODES._totp.from_source(secret).generate(time=clock()).token)


def with_app(browser: StaffBrowser, clock: Clock) -> list[str]:
    """Set an app up by the key that the page shows; the recovery codes."""
    page = browser.get(f"{SET_UP}/app").text
    shown = re.search(r'class="secret"><code>([^<]+)', page)
    assert shown is not None
    typed = CODES._totp(key=shown[1].replace("-", "")).generate(time=clock()).token
    answer = browser.post(f"{SET_UP}/app", code=typed)
    assert answer.status_code == 200, words(answer.text)
    return re.findall(r"<li><code>([^<]+)", answer.text)


def asked_in(page: TestResponse) -> str:
    found = re.search(r'data-passkey="([^"]*)"', page.text)
    assert found is not None
    return unescape(found[1])


def with_passkey(browser: StaffBrowser) -> Authenticator:
    key = Authenticator("https://nieuwsbrief.example", "nieuwsbrief.example")
    answer = key.make(asked_in(browser.get(f"{SET_UP}/passkey")))
    assert browser.post(f"{SET_UP}/passkey", name="telefoon", answer=answer).status_code == 200
    return key


def step(client: FlaskClient, **fields: str) -> TestResponse:
    found = TOKEN.search(client.get(SECOND).text)
    assert found is not None
    return client.post(SECOND, data={"csrf_token": found[1], **fields})


def is_inside(client: FlaskClient) -> bool:
    return client.get(WITHIN).status_code == 200


def test_who_must_have_one_is_led_to_setting_it_up_and_gets_nowhere_else(
    app: Flask, client: FlaskClient, clock: Clock, sam: str
) -> None:
    browser = StaffBrowser(client, sam)
    for path in (WITHIN, "/redactie/", "/redactie/mijn-account"):
        assert browser.get(path).headers["Location"] == SET_UP
    assert browser.post("/redactie/mijn-account", name="Sam", language="nl").status_code == 302
    assert "Daarom heeft u een tweede stap nodig" in browser.text(SET_UP)
    assert browser.get("/redactie/sessie").status_code == 200
    assert len(with_app(browser, clock)) == 10
    assert is_inside(client)
    assert browser.post("/redactie/uitloggen").status_code == 302


def test_a_code_from_the_app_lets_in_once(
    app: Flask, client: FlaskClient, clock: Clock, stored: Stored, sam: str
) -> None:
    with_app(StaffBrowser(client, sam), clock)
    clock.move(seconds=30)
    secret, other = secret_of(stored, sam), fresh(app)
    for browser in (client, other):
        browser.delete_cookie("redactie")
        answer = try_door(browser, sam)
        assert answer.headers["Location"].startswith(SECOND)
        assert not is_inside(browser)
    typed = code(secret, clock)
    assert step(client, code="000000" if typed != "000000" else "111111").status_code == 422
    assert step(client, code=typed).headers["Location"] == "/redactie/"
    assert is_inside(client)
    again = step(other, code=typed)
    assert (again.status_code, "of is al gebruikt" in words(again.text)) == (422, True)
    assert not is_inside(other)
    with stored() as session:
        failed = select(AuditEntry.detail).where(AuditEntry.action == "account.second_factor_failed")
        assert session.scalars(failed).all() == [{}, {}]


def test_a_recovery_code_lets_in_once(app: Flask, client: FlaskClient, clock: Clock, sam: str) -> None:
    typed = with_app(StaffBrowser(client, sam), clock)[3].upper()
    for expected in (302, 422):
        client.delete_cookie("redactie")
        try_door(client, sam)
        assert step(client, code=typed).status_code in (303, expected)
    assert not is_inside(client)


def test_a_passkey_lets_in_and_its_answer_does_so_once(app: Flask, client: FlaskClient, sam: str) -> None:
    key = with_passkey(StaffBrowser(client, sam))
    client.delete_cookie("redactie")
    try_door(client, sam, next="/redactie/edities")
    page = client.get(f"{SECOND}?next=/redactie/edities")
    before = client.get_cookie("redactie")
    answer = key.use(asked_in(page))
    found = TOKEN.search(page.text)
    assert found is not None
    form = {"csrf_token": found[1], "answer": answer, "next": "/redactie/edities"}
    assert client.post(SECOND, data=form).headers["Location"] == "/redactie/edities"
    assert is_inside(client)
    assert before is not None
    thief = fresh(app)
    thief.set_cookie("redactie", before.value)
    replayed = thief.post(SECOND, data=form)
    assert (replayed.status_code, "Deze passkey werkte niet." in words(replayed.text)) == (422, True)
    assert not is_inside(thief)


def test_an_answer_to_another_question_or_of_another_key_is_refused(
    app: Flask, client: FlaskClient, sam: str
) -> None:
    key = with_passkey(StaffBrowser(client, sam))
    client.delete_cookie("redactie")
    try_door(client, sam)
    old = asked_in(client.get(SECOND))
    assert step(client, answer=key.use(old)).status_code == 422
    forger = Authenticator(key.origin, key.host, key.credential_id)
    page = client.get(SECOND)
    found = TOKEN.search(page.text)
    assert found is not None
    form = {"csrf_token": found[1], "answer": forger.use(asked_in(page))}
    assert client.post(SECOND, data=form).status_code == 422
    assert not is_inside(client)


def test_codes_are_guessed_slowly_wherever_somebody_is(
    app: Flask, client: FlaskClient, clock: Clock, sam: str
) -> None:
    with_app(StaffBrowser(client, sam), clock)
    for number in range(10):
        browser = fresh(app)
        try_door(browser, sam)
        assert step(browser, code=f"{number}" * 6).status_code == 422
    browser = fresh(app)
    try_door(browser, sam)
    answer = step(browser, code="123456")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "300")
    assert "Wacht 5 minuten" in words(answer.text)


def test_halfway_ends_after_ten_minutes_and_with_another_password_or_a_closed_account(
    app: Flask, client: FlaskClient, clock: Clock, stored: Stored, sam: str
) -> None:
    with_app(StaffBrowser(client, sam), clock)
    for changed in ({"active": False}, {"password": "another"}, None):
        browser = fresh(app)
        try_door(browser, sam)
        assert browser.get(SECOND).status_code == 200
        with stored() as session:
            user = session.scalars(select(User).where(User.email == sam)).one()
            before = {name: getattr(user, name) for name in changed or ()}
            for name, value in (changed or {}).items():
                setattr(user, name, value)
        if changed is None:
            clock.move(minutes=10)
        assert browser.get(SECOND).status_code == 302
        assert not is_inside(browser)
        with stored() as session:
            user = session.scalars(select(User).where(User.email == sam)).one()
            for name, value in before.items():
                setattr(user, name, value)


def test_what_was_typed_is_carried_over_both_steps(
    app: Flask, client: FlaskClient, clock: Clock, stored: Stored, sam: str
) -> None:
    browser = StaffBrowser(client, sam)
    with_app(browser, clock)
    page = client.get("/redactie/mijn-account").text
    hidden = dict(re.findall(r'<input type="hidden" name="(pagina-van|csrf_token)" value="([^"]+)"', page))
    clock.move(hours=2)
    form = {**hidden, "name": "Sam de Vries", "language": "nl"}

    def send(**more: str) -> TestResponse:
        return client.post("/redactie/mijn-account", data={**form, **more})

    first = send()
    assert (first.status_code, "Log opnieuw in" in first.text) == (401, True)
    form["csrf_token"] = TOKEN.search(first.text)[1]  # type: ignore[index]  # it has one
    second = send(**{"inloggen-email": sam, "inloggen-password": PASSWORD})
    assert (second.status_code, 'name="inloggen-code"' in second.text) == (401, True)
    assert 'name="name" value="Sam de Vries"' in second.text
    form["csrf_token"] = TOKEN.search(second.text)[1]  # type: ignore[index]  # it has one
    wrong = send(**{"inloggen-code": "000000"})
    assert 'name="inloggen-code"' in wrong.text
    done = send(**{"inloggen-code": code(secret_of(stored, sam), clock)})
    assert done.status_code == 303
    with stored() as session:
        assert session.scalars(select(User.name).where(User.email == sam)).one() == "Sam de Vries"


def test_it_is_changed_only_shortly_after_signing_in(
    app: Flask, client: FlaskClient, clock: Clock, sam: str
) -> None:
    browser = StaffBrowser(client, sam)
    with_app(browser, clock)
    clock.move(minutes=15)
    for method, path in [
        ("get", "/app"), ("post", "/app"), ("post", "/app/weg"), ("get", "/passkey"), ("post", "/passkey"),
        ("post", "/passkey/1/weg"), ("post", "/codes"),
    ]:  # fmt: skip
        answer = getattr(browser, method)(f"{SET_UP}{path}")
        assert (answer.status_code, "Log eerst opnieuw in" in answer.text) == (403, True), path


def test_an_app_is_only_kept_once_it_made_a_right_code(
    app: Flask, client: FlaskClient, clock: Clock, stored: Stored, sam: str
) -> None:
    browser = StaffBrowser(client, sam)
    first = browser.get(f"{SET_UP}/app").text
    assert browser.post(f"{SET_UP}/app", code="000000").status_code == 422
    assert re.findall(r'class="secret"><code>([^<]+)', first) == re.findall(
        r'class="secret"><code>([^<]+)', browser.get(f"{SET_UP}/app").text
    )
    with stored() as session:
        assert session.scalars(select(User.totp_secret).where(User.email == sam)).one() is None


def test_new_recovery_codes_end_those_of_before(
    app: Flask, client: FlaskClient, clock: Clock, sam: str
) -> None:
    browser = StaffBrowser(client, sam)
    old = with_app(browser, clock)
    new = re.findall(r"<li><code>([^<]+)", browser.post(f"{SET_UP}/codes").text)
    assert len(new) == 10
    client.delete_cookie("redactie")
    try_door(client, sam)
    assert step(client, code=old[0]).status_code == 422
    assert step(client, code=new[0]).status_code == 303


def test_another_administrator_takes_it_away_and_nobody_their_own(
    app: Flask, client: FlaskClient, clock: Clock, stored: Stored, sam: str
) -> None:
    with_app(StaffBrowser(client, sam), clock)
    bea = StaffBrowser(fresh(app), "bea.beheer@redactie.example")
    with_app(bea, clock)
    assert bea.post("/redactie/accounts/1/tweede-stap-weg").status_code == 403
    assert "Alle beheerders krijgen hierover" in bea.done("/redactie/accounts/2/tweede-stap-weg")
    assert client.get(WITHIN).status_code == 302
    answer = try_door(client, sam)
    assert answer.headers["Location"] == "/redactie/"
    assert client.get(WITHIN).headers["Location"] == SET_UP
