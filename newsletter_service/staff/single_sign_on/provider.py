"""Talks to an identity provider: where it sends people, what they come back with, and whether that is genuine.

The protocol is Authlib's; what is accepted is said here. Signatures by public keys only: one that offers "none",
or a shared secret, is not taken at its word. Clocks may differ by a minute.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry

from newsletter_service.identity_provider import IdentityProvider
from newsletter_service.staff.single_sign_on.rules import Identity, SignedOff

ALGORITHMS = [
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
    "Ed25519",
]
_LEEWAY_SECONDS = 60
_TIMEOUT_SECONDS = 10
_KEPT_FOR = timedelta(hours=1)
_SIGN_OFF_IS_NEWS_FOR = timedelta(minutes=5)
_ONE_MINUTE = timedelta(minutes=1)
_SIGN_OFF = "http://schemas.openid.net/event/backchannel-logout"
_SCOPE = "openid email profile"
_VERIFIER_LETTERS = 48
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class SignOnFailed(Exception):
    """The provider is away, or what it says is not genuine; the message is for the log, and names nobody."""


class _NotItsKeys(SignOnFailed):
    """None of the keys that are known signed it: a forgery, or the provider has begun to sign with another."""


class Question(NamedTuple):
    """What somebody is sent away with, and what has to come back."""

    url: str
    state: str
    nonce: str
    verifier: str


class Metadata(NamedTuple):
    """What a provider says of itself, and the keys that it signs with."""

    endpoints: Mapping[str, Any]
    keys: KeySet


def ask(provider: IdentityProvider, redirect_uri: str, now: datetime) -> Question:
    """Returns where to send somebody who wants to sign in. SignOnFailed."""
    endpoint = str(metadata(provider, now).endpoints["authorization_endpoint"])
    nonce, verifier = generate_token(), generate_token(_VERIFIER_LETTERS)
    with _session(provider, redirect_uri) as session:
        url, state = session.create_authorization_url(endpoint, nonce=nonce, code_verifier=verifier)
    return Question(url, state, nonce, verifier)


def answered(
    provider: IdentityProvider, redirect_uri: str, code: str, question: Question, now: datetime
) -> Identity:
    """Returns who came back with this code. SignOnFailed if what the provider says of them is not genuine."""
    found = metadata(provider, now)
    try:
        with _session(provider, redirect_uri) as session:
            token = session.fetch_token(
                str(found.endpoints["token_endpoint"]),
                code=code,
                code_verifier=question.verifier,
                timeout=_TIMEOUT_SECONDS,
            )
    except (requests.RequestException, AuthlibBaseError, ValueError) as error:
        raise SignOnFailed(f"no token: {type(error).__name__}") from error
    id_token = str(token.get("id_token", ""))
    try:
        claims = _genuine(provider, id_token, question.nonce, found, now)
    except _NotItsKeys:
        claims = _genuine(provider, id_token, question.nonce, _asked_anew(provider, now), now)
    return _identity(provider, claims)


def signed_off(provider: IdentityProvider, logout_token: str, now: datetime) -> SignedOff:
    """Returns whom a provider says it signed out, or which session of theirs. SignOnFailed if that is not genuine.

    Anybody may send one: if no key that is known signed it, keys are asked for again once a minute and not each time.
    """
    try:
        claims = _told_now(provider, logout_token, metadata(provider, now), now)
    except _NotItsKeys:
        fresh = _metadata(provider.issuer, -int(now.timestamp() // _ONE_MINUTE.total_seconds()))
        claims = _told_now(provider, logout_token, fresh, now)
    return SignedOff(
        provider.issuer, str(claims["jti"]), _text(claims, "sub"), _text(claims, "sid"), _SIGN_OFF_IS_NEWS_FOR
    )


def _told_now(
    provider: IdentityProvider, logout_token: str, found: Metadata, now: datetime
) -> Mapping[str, Any]:
    """Returns what a logout token says (OpenID Connect Back-Channel Logout, 2.6), if it was made for us just now."""
    told_by = JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=_LEEWAY_SECONDS,
        iss={"essential": True, "value": str(found.endpoints["issuer"])},
        aud={"essential": True, "value": provider.client_id},
        iat={"essential": True},
        jti={"essential": True},
    )
    try:
        claims = jwt.decode(logout_token, found.keys, algorithms=ALGORITHMS).claims
        told_by.validate(claims)
    except (BadSignatureError, InvalidKeyIdError) as error:
        raise _NotItsKeys(f"the token is not genuine: {type(error).__name__}") from error
    except (JoseError, ValueError, TypeError) as error:
        raise SignOnFailed(f"the token is not genuine: {type(error).__name__}") from error
    events, is_old = claims.get("events"), claims["iat"] < (now - _SIGN_OFF_IS_NEWS_FOR).timestamp()
    if is_old or "nonce" in claims or not isinstance(events, dict) or _SIGN_OFF not in events:
        raise SignOnFailed("the token tells of nobody who signed out just now")
    if not (_text(claims, "sub") or _text(claims, "sid")):
        raise SignOnFailed("the token names nobody")
    return claims


def sign_out_address(provider: IdentityProvider, back: str, now: datetime) -> str:
    """Returns where to sign out at the provider too; empty where it has no such place. SignOnFailed."""
    endpoint = metadata(provider, now).endpoints.get("end_session_endpoint")
    if not endpoint:
        return ""
    return f"{endpoint}?{urlencode({'client_id': provider.client_id, 'post_logout_redirect_uri': back})}"


def metadata(provider: IdentityProvider, now: datetime) -> Metadata:
    """Returns what a provider says of itself, asked once an hour. SignOnFailed."""
    return _metadata(provider.issuer, int(now.timestamp() // _KEPT_FOR.total_seconds()))


def _asked_anew(provider: IdentityProvider, now: datetime) -> Metadata:
    """Returns the same as it is now; only an answer that came from the provider itself gets here. SignOnFailed."""
    _metadata.cache_clear()
    return metadata(provider, now)


@lru_cache(maxsize=8)
def _metadata(issuer: str, _when: int) -> Metadata:
    try:
        told = _fetched(f"{issuer}/.well-known/openid-configuration")
        if str(told.get("issuer", "")).rstrip("/") != issuer:
            raise SignOnFailed("the provider calls itself something else")
        if not all(isinstance(told.get(name), str) for name in _ENDPOINTS):
            raise SignOnFailed("the provider does not say where its endpoints are")
        return Metadata(told, KeySet.import_key_set(_fetched(told["jwks_uri"])))  # type: ignore[arg-type]  # as it came
    except (requests.RequestException, JoseError, ValueError, KeyError) as error:
        raise SignOnFailed(f"the provider does not answer: {type(error).__name__}") from error


def _fetched(address: str) -> dict[str, Any]:
    answer = requests.get(address, timeout=_TIMEOUT_SECONDS, allow_redirects=False)
    answer.raise_for_status()
    told = answer.json()
    if not isinstance(told, dict):
        raise ValueError("no object")
    return told


def _session(provider: IdentityProvider, redirect_uri: str) -> OAuth2Session:
    return OAuth2Session(
        provider.client_id,
        provider.client_secret,
        scope=_SCOPE,
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
    )


def _genuine(
    provider: IdentityProvider, id_token: str, nonce: str, found: Metadata, now: datetime
) -> Mapping[str, Any]:
    """Returns what an ID token says, if the provider signed it for us, for this question, and it still holds."""
    wanted = {"iss": found.endpoints["issuer"], "aud": provider.client_id}
    options = {name: {"essential": True, "value": value} for name, value in wanted.items()}
    try:
        token = jwt.decode(id_token, found.keys, algorithms=ALGORITHMS)
        asked = {"nonce": nonce, "client_id": provider.client_id}
        CodeIDToken(token.claims, token.header, options, asked).validate(
            now=int(now.timestamp()), leeway=_LEEWAY_SECONDS
        )
    except (BadSignatureError, InvalidKeyIdError) as error:
        raise _NotItsKeys(f"the token is not genuine: {type(error).__name__}") from error
    except (JoseError, AuthlibBaseError, ValueError, TypeError) as error:
        raise SignOnFailed(f"the token is not genuine: {type(error).__name__}") from error
    return token.claims


def _identity(provider: IdentityProvider, claims: Mapping[str, Any]) -> Identity:
    listed = claims.get(provider.groups_claim)
    groups = [listed] if isinstance(listed, str) else listed if isinstance(listed, list) else []
    return Identity(
        issuer=provider.issuer,
        subject=str(claims["sub"]),
        email=_text(claims, "email") or _text(claims, "preferred_username"),
        email_verified=claims.get("email_verified") is True and bool(_text(claims, "email")),
        name=_text(claims, "name"),
        groups=frozenset(str(group) for group in groups),
        session_id=_text(claims, "sid"),
    )


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value.strip() if isinstance(value, str) else ""
