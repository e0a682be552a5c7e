"""The provider says that it signed somebody out: their sessions here end, and nobody else's message ends one."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from sqlalchemy import select

from newsletter_service.staff.access.rules import NETWORK
from newsletter_service.staff.models import AuditEntry
from tests.conftest import Clock
from tests.identity_provider import Claims, Provider
from tests.single_sign_on.browsing import SAM, SIGN_ON, Stored, is_inside, sign_on
from tests.staff_browser import StaffBrowser

TOLD = f"{SIGN_ON}/afgemeld"
pytestmark = pytest.mark.usefixtures("sam")


@pytest.fixture
def server(app: Flask) -> FlaskClient:
    """The provider's own, which has no cookie of ours."""
    return browser(app)


def browser(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.environ_base |= {"wsgi.url_scheme": "https", "HTTP_HOST": "nieuwsbrief.example"}
    return client


def tell(server: FlaskClient, token: str) -> int:
    answer = server.post(TOLD, data={"logout_token": token})
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code


def test_whom_the_provider_signs_out_is_signed_out_here_and_the_trail_says_so(
    client: FlaskClient, server: FlaskClient, provider: Provider, stored: Stored
) -> None:
    sign_on(client, provider, SAM)
    assert tell(server, provider.logout_token(sub="sam-1")) == 200
    assert not is_inside(client)
    with stored() as session:
        told = select(AuditEntry.actor_id, AuditEntry.detail)
        rows = session.execute(told.where(AuditEntry.action == "account.provider_sign_out")).all()
        assert [tuple(row) for row in rows] == [(None, {"sessions": 1})]


def test_only_the_session_that_is_numbered_ends(
    app: Flask, client: FlaskClient, server: FlaskClient, provider: Provider
) -> None:
    other = browser(app)
    sign_on(client, provider, SAM | {"sid": "laptop"})
    sign_on(other, provider, SAM | {"sid": "telefoon"})
    assert tell(server, provider.logout_token(sid="telefoon", sub="sam-1")) == 200
    assert (is_inside(client), is_inside(other)) == (True, False)
    assert tell(server, provider.logout_token(sid="laptop")) == 200
    assert not is_inside(client)


def test_who_signed_in_otherwise_or_is_somebody_else_stays(
    app: Flask, client: FlaskClient, server: FlaskClient, provider: Provider
) -> None:
    bea = StaffBrowser(browser(app), "bea.beheer@redactie.example")
    sign_on(client, provider, SAM)
    for person in ({"sub": "sam-2"}, {"sid": "sam-1"}, {"sub": "SAM-1", "sid": "laptop"}):
        assert tell(server, provider.logout_token(**person)) == 200
    assert is_inside(client)
    tell(server, provider.logout_token(sub="sam-1"))
    assert "inloggen" not in bea.get("/redactie/").headers["Location"]  # but to set up a second factor


def test_a_message_works_once(
    client: FlaskClient, server: FlaskClient, provider: Provider, clock: Clock
) -> None:
    """Whoever got hold of one would keep somebody out with it."""
    sign_on(client, provider, SAM)
    token = provider.logout_token(sub="sam-1", exp=4_000_000_000)
    assert tell(server, token) == 200
    sign_on(client, provider, SAM)
    for minutes in (0, 4, 2):
        clock.move(minutes=minutes)
        assert tell(server, token) == 400
    assert is_inside(client)


@pytest.mark.parametrize(
    "lie",
    [
        {"aud": "iemand-anders"},
        {"iss": "https://elders.example"},
        {"nonce": "van een andere keer"},
        {"events": {}},
        {"events": {"http://schemas.openid.net/event/anders": {}}},
        {"events": "http://schemas.openid.net/event/backchannel-logout"},
        {"exp": 1},
        {"iat": 1},
        {"iat": 4_000_000_000},
        {"iat": "nu"},
        {"jti": 7},
        {"sub": 7},
        {"sub": ""},
        *({name: None} for name in ("aud", "iss", "iat", "jti", "events", "sub")),
    ],
)
def test_a_message_that_is_not_the_providers_own_for_us_and_of_just_now_ends_nothing(
    client: FlaskClient, server: FlaskClient, provider: Provider, lie: Claims
) -> None:
    sign_on(client, provider, SAM)
    provider.lie = lambda claims: {name: v for name, v in (claims | lie).items() if v is not None}
    assert tell(server, provider.logout_token(sub="sam-1")) == 400
    assert is_inside(client)


def test_a_token_to_sign_in_with_signs_nobody_out_nor_does_one_signed_by_others(
    client: FlaskClient, server: FlaskClient, provider: Provider
) -> None:
    sign_on(client, provider, SAM)
    now = int(provider.clock().timestamp())
    signed_in: dict[str, Any] = {"iss": provider.issuer, "aud": "nieuwsbrief", "iat": now, "exp": now + 300}
    provider.lie = lambda _claims: signed_in | {"sub": "sam-1", "jti": "x"}
    assert tell(server, provider.logout_token()) == 400
    provider.lie = lambda claims: claims
    for header in ({"alg": "none"}, {"alg": "HS256"}):
        provider.header = header
        assert tell(server, provider.logout_token(sub="sam-1")) == 400
    provider.header, provider.key = {"alg": "RS256", "kid": "een"}, RSAKey.generate_key(2048, {"kid": "een"})
    assert tell(server, provider.logout_token(sub="sam-1")) == 400
    assert tell(server, "") == 400
    assert is_inside(client)


def test_a_key_that_the_provider_began_to_sign_with_since_is_asked_for(
    client: FlaskClient, server: FlaskClient, provider: Provider
) -> None:
    sign_on(client, provider, SAM)
    provider.header, provider.key = (
        {"alg": "RS256", "kid": "twee"},
        RSAKey.generate_key(2048, {"kid": "twee"}),
    )
    provider.published = [provider.key]
    assert tell(server, provider.logout_token(sub="sam-1")) == 200
    assert not is_inside(client)


def test_made_up_messages_are_looked_at_so_many_times_only_and_right_ones_always(
    server: FlaskClient, provider: Provider
) -> None:
    for _time in range(NETWORK.free + 2):
        assert tell(server, provider.logout_token(sub="sam-1")) == 200
    answers = [tell(server, "verzonnen") for _time in range(NETWORK.free + 2)]
    assert answers == [400] * NETWORK.free + [429] * 2
