"""Signing in by the organisation's identity provider, over real HTTP: who gets in, and which tokens do not."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from sqlalchemy import select

from newsletter_service.app import create_app
from newsletter_service.db import db
from newsletter_service.delivery.models import Letter
from newsletter_service.settings import Settings
from newsletter_service.staff.access.rules import NETWORK
from newsletter_service.staff.models import AuditEntry, User
from scheduled_jobs import answer_forms
from tests.conftest import Clock
from tests.identity_provider import CLIENT, Claims, Provider
from tests.single_sign_on.browsing import BACK, BASE, SAM, SIGN_ON, WITHIN, Stored, is_inside, sign_on
from tests.staff_browser import DOOR, TOKEN, words


def account(stored: Stored, email: str) -> tuple[set[str], int | None, bool]:
    with stored() as session:
        user = session.scalars(select(User).where(User.email == email)).one()
        return {row.name.value for row in user.roles}, user.organisation_id, user.by_groups


def accounts(stored: Stored) -> int:
    with stored() as session:
        return len(session.scalars(select(User)).all())


def test_who_has_an_account_with_a_checked_address_gets_in_and_is_known_from_then_on(
    client: FlaskClient, provider: Provider, sam: str, stored: Stored
) -> None:
    assert "Inloggen via uw organisatie" in client.get(DOOR).text
    answer = sign_on(client, provider, SAM, f"{SIGN_ON}?next=/redactie/edities")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/redactie/edities")
    assert is_inside(client)
    client.delete_cookie("redactie")
    sign_on(client, provider, {"sub": "sam-1", "email": "anders@elders.example"})
    assert is_inside(client)
    with stored() as session:
        signed_in = select(AuditEntry.detail).where(AuditEntry.action == "account.sign_in")
        assert session.scalars(signed_in).all() == [{"by": "provider"}] * 2


@pytest.mark.parametrize(
    "person",
    [
        SAM | {"email_verified": False},
        SAM | {"email_verified": "true"},
        {"sub": "sam-1", "preferred_username": SAM["email"]},
        {"sub": "vreemd", "email": "vreemd@elders.example", "email_verified": True},
        {"sub": "vreemd", "email": "vreemd@elders.example", "groups": ["Andere groep"]},
        {"sub": "vreemd", "email": "geen adres", "groups": ["Redactie"]},
        {"sub": "vreemd", "groups": ["Redactie"]},
        SAM | {"sub": "sam-2", "email_verified": False, "groups": ["Redactie"]},
    ],
)
def test_whom_nobody_invited_and_no_group_lets_in_stays_outside(
    client: FlaskClient, provider: Provider, sam: str, stored: Stored, person: Claims
) -> None:
    answer = sign_on(client, provider, person)
    assert (answer.status_code, "U heeft hier geen account" in words(answer.text)) == (403, True)
    assert not is_inside(client)
    assert accounts(stored) == 2
    with stored() as session:
        failed = select(AuditEntry.detail).where(AuditEntry.action == "account.sign_in_failed")
        assert session.scalars(failed).all() == [{"by": "provider"}]


def test_another_person_who_got_the_address_is_not_the_one_who_was_bound(
    client: FlaskClient, provider: Provider, sam: str
) -> None:
    sign_on(client, provider, SAM)
    client.delete_cookie("redactie")
    assert sign_on(client, provider, SAM | {"sub": "sam-2"}).status_code == 403


def test_a_closed_account_stays_closed(
    client: FlaskClient, provider: Provider, sam: str, stored: Stored
) -> None:
    sign_on(client, provider, SAM)
    with stored() as session:
        session.query(User).filter(User.email == sam).update({"active": False})
    assert not is_inside(client)
    for person in (SAM, SAM | {"groups": ["Redactie"]}):
        assert sign_on(client, provider, person).status_code == 403


def test_groups_make_an_account_with_roles_and_organisation_and_change_and_end_it(
    client: FlaskClient, provider: Provider, stored: Stored
) -> None:
    person = {
        "sub": "h",
        "email": "H@Noord.example",
        "name": "Hanneke Noord",
        "groups": ["Hoofden Noord", "x"],
    }
    assert sign_on(client, provider, person).status_code == 302
    assert account(stored, "h@noord.example") == ({"head"}, 1, True)
    client.delete_cookie("redactie")
    sign_on(client, provider, person | {"groups": ["Redactie"]})
    assert account(stored, "h@noord.example") == ({"communicator"}, 1, True)
    client.delete_cookie("redactie")
    assert sign_on(client, provider, person | {"groups": []}).status_code == 403


def test_the_last_administrator_stays_one_whatever_groups_say(
    client: FlaskClient, provider: Provider, stored: Stored
) -> None:
    bea = {"sub": "b", "email": "bea.beheer@redactie.example", "email_verified": True, "groups": ["Redactie"]}
    assert sign_on(client, provider, bea).status_code == 302
    assert account(stored, "bea.beheer@redactie.example")[0] == {"administrator"}


def test_an_invitation_binds_whoever_signs_in_by_it_whatever_address_the_provider_says(
    client: FlaskClient, provider: Provider, app: Flask, stored: Stored, sam: str
) -> None:
    with stored() as session:
        user = session.scalars(select(User).where(User.email == sam)).one()
        user.password, user.link_key = None, "0a1b2c3d4e5f"
    with app.app_context():
        services = app.extensions["newsletter"]
        link = services.links.invitation("0a1b2c3d4e5f", services.clock()).removeprefix(BASE)
    assert "log dan voortaan in via uw organisatie" in words(client.get(link).text)
    token = link.rpartition("/")[2]
    answer = sign_on(client, provider, {"sub": "s"}, f"{SIGN_ON}?uitnodiging={token}")
    assert answer.status_code == 302
    assert is_inside(client)
    assert client.get(link).status_code == 410


def test_who_only_comes_by_the_provider_gets_no_link_for_a_password(
    client: FlaskClient, provider: Provider, app: Flask, stored: Stored
) -> None:
    sign_on(client, provider, {"sub": "h", "email": "h@noord.example", "groups": ["Redactie"]})
    found = TOKEN.search(client.get("/redactie/wachtwoord-vergeten").text)
    assert found is not None
    client.post("/redactie/wachtwoord-vergeten", data={"csrf_token": found[1], "email": "h@noord.example"})
    with app.app_context():
        answer_forms.run()
    with stored() as session:
        assert session.scalars(select(Letter)).all() == []


def _without(name: str) -> Callable[[Claims], Claims]:
    return lambda claims: {key: value for key, value in claims.items() if key != name}


def _with(**changed: Any) -> Callable[[Claims], Claims]:
    return lambda claims: claims | changed


def _moved(**by: int) -> Callable[[Claims], Claims]:
    return lambda claims: claims | {name: claims[name] + seconds for name, seconds in by.items()}


@pytest.mark.parametrize(
    "lie",
    [
        _with(aud="iemand-anders"),
        _with(aud="iemand-anders", azp=CLIENT),
        _with(aud=["iemand-anders", CLIENT], azp="iemand-anders"),
        _without("aud"),
        _with(iss="https://elders.example"),
        _without("iss"),
        _with(nonce="van een andere keer"),
        _without("nonce"),
        _moved(exp=-361),
        _without("exp"),
        _moved(iat=61, exp=61),
        _with(nbf=4_000_000_000),
        _without("sub"),
    ],
)
def test_a_token_that_is_not_for_us_for_this_question_and_for_now_lets_nobody_in(
    client: FlaskClient, provider: Provider, sam: str, lie: Callable[[Claims], Claims]
) -> None:
    provider.lie = lie
    assert sign_on(client, provider, SAM).headers["Location"] == DOOR
    assert "Inloggen via uw organisatie lukte niet." in words(client.get(DOOR).text)
    assert not is_inside(client)


@pytest.mark.parametrize("lie", [_moved(exp=-359), _moved(iat=59, exp=59)])
def test_clocks_may_differ_by_a_minute(
    client: FlaskClient, provider: Provider, sam: str, lie: Callable[[Claims], Claims]
) -> None:
    provider.lie = lie
    sign_on(client, provider, SAM)
    assert is_inside(client)


def test_an_unsigned_token_or_one_signed_by_others_lets_nobody_in(
    client: FlaskClient, provider: Provider, sam: str
) -> None:
    for header in ({"alg": "none"}, {"alg": "HS256"}):
        provider.header = header
        sign_on(client, provider, SAM)
        assert not is_inside(client)
    provider.header, provider.key = {"alg": "RS256", "kid": "een"}, RSAKey.generate_key(2048, {"kid": "een"})
    sign_on(client, provider, SAM)
    assert not is_inside(client)


@pytest.mark.parametrize("name", ["een", "twee"])
def test_a_provider_may_begin_to_sign_with_another_key_at_any_moment(
    client: FlaskClient, provider: Provider, sam: str, name: str
) -> None:
    """Under the name that the old one had too."""
    sign_on(client, provider, SAM)
    client.delete_cookie("redactie")
    provider.header, provider.key = {"alg": "RS256", "kid": name}, RSAKey.generate_key(2048, {"kid": name})
    provider.published = [provider.key]
    sign_on(client, provider, SAM)
    assert is_inside(client)


def test_a_code_is_good_once_and_only_in_the_browser_that_asked(
    app: Flask, client: FlaskClient, provider: Provider, sam: str
) -> None:
    provider.person = SAM
    back = provider.signed_in(client.get(SIGN_ON).headers["Location"]).removeprefix(BASE)
    other = app.test_client()
    other.environ_base.update({"wsgi.url_scheme": "https", "HTTP_HOST": "nieuwsbrief.example"})
    assert other.get(back).headers["Location"] == DOOR
    before = client.get_cookie("redactie")
    assert before is not None
    client.get(back)
    assert is_inside(client)
    assert client.get(back).headers["Location"] == DOOR
    other.set_cookie("redactie", before.value)
    assert other.get(back).headers["Location"] == DOOR
    assert not is_inside(other)


def test_made_up_answers_are_looked_at_so_many_times_only_and_right_ones_always(
    client: FlaskClient, provider: Provider, sam: str, clock: Clock, stored: Stored
) -> None:
    """Each would ask the provider, and stay in the audit trail for years."""
    for _time in range(NETWORK.free + 5):
        sign_on(client, provider, SAM)
        assert is_inside(client)
        client.delete_cookie("redactie")
    for _time in range(NETWORK.free + 5):
        asked = parse_qs(urlsplit(client.get(SIGN_ON).headers["Location"]).query)
        answer = client.get(BACK, query_string={"state": asked["state"][0], "code": "verzonnen"})
        assert answer.headers["Location"] == DOOR
    with stored() as session:
        failed = select(AuditEntry.id).where(AuditEntry.action == "account.sign_in_failed")
        assert len(session.scalars(failed).all()) == NETWORK.free
    clock.move(hours=1)
    sign_on(client, provider, SAM)
    assert is_inside(client)


def test_a_provider_that_calls_itself_something_else_or_is_away_is_said_in_words(
    client: FlaskClient, provider: Provider, clock: Clock
) -> None:
    provider.metadata["issuer"] = "https://elders.example"
    clock.move(hours=3)
    assert client.get(SIGN_ON).headers["Location"] == DOOR
    assert "Inloggen via uw organisatie lukte niet." in words(client.get(DOOR).text)


def test_signing_out_ends_the_session_here_and_leads_to_the_providers_own(
    client: FlaskClient, provider: Provider, sam: str
) -> None:
    sign_on(client, provider, SAM)
    page = client.get(WITHIN)
    found = TOKEN.search(page.text)
    assert found is not None
    answer = client.post("/redactie/uitloggen", data={"csrf_token": found[1]})
    assert answer.headers["Location"] == f"{SIGN_ON}/uitgelogd"
    assert f"{provider.issuer}/leave?client_id={CLIENT}" in client.get(f"{SIGN_ON}/uitgelogd").text
    assert not is_inside(client)


def test_without_a_provider_there_is_no_such_page(settings: Settings, clock: Clock) -> None:
    app = create_app(settings, clock)
    client = app.test_client()
    client.environ_base.update({"wsgi.url_scheme": "https", "HTTP_HOST": "nieuwsbrief.example"})
    for path in (SIGN_ON, BACK, f"{SIGN_ON}/uitgelogd"):
        assert client.get(path).status_code == 404
    with app.app_context():
        db.engine.dispose()
