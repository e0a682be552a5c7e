"""An identity provider over real HTTP, which checks what it is sent as a strict one does, and lies as it is told to."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from flask import Flask, jsonify, request
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from werkzeug.wrappers import Response

from tests.browser.conftest import reserved_port, served
from tests.conftest import Clock

CLIENT, SECRET = "nieuwsbrief", "een-geheim-dat-alleen-tests-kennen"
Claims = dict[str, Any]


@cache
def _usual_key() -> RSAKey:
    """Made once: that takes longer than signing anything with it."""
    return RSAKey.generate_key(2048, {"kid": "een"})


@dataclass
class Provider:
    """`person` is who signs in there next; `lie` changes an ID token before `key` signs it; keys are `published`."""

    issuer: str
    clock: Clock
    key: RSAKey = field(default_factory=_usual_key)
    person: Claims = field(default_factory=dict)
    lie: Callable[[Claims], Claims] = lambda claims: claims
    header: Claims = field(default_factory=lambda: {"alg": "RS256", "kid": "een"})
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    metadata: Claims = field(default_factory=dict)
    published: list[RSAKey] = field(default_factory=list)

    def signed_in(self, address: str) -> str:
        """Sign in at the page that somebody was sent to; where they are sent back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert (asked["client_id"], asked["response_type"]) == (CLIENT, "code")
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = token_urlsafe()
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def public_keys(self) -> list[Claims]:
        return [dict(key.as_dict(private=False)) for key in self.published]

    def token(self) -> tuple[Response, int]:
        """What a code is exchanged for, once, by whom it was made for."""
        asked = self.codes.pop(request.form.get("code", ""), None)
        who = request.authorization
        if who is None or (who.username, who.password) != (CLIENT, SECRET):
            return jsonify(error="invalid_client"), 401
        if asked is None or request.form.get("redirect_uri") != asked["redirect_uri"]:
            return jsonify(error="invalid_grant"), 400
        digest = sha256(request.form.get("code_verifier", "").encode()).digest()
        if urlsafe_b64encode(digest).decode().rstrip("=") != asked["code_challenge"]:
            return jsonify(error="invalid_grant"), 400
        now = int(self.clock().timestamp())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        return jsonify(
            access_token="x", token_type="Bearer", id_token=self._signed({**claims, **self.person})
        ), 200

    def logout_token(self, **claims: Any) -> str:
        """Says that somebody was signed out here, as it sends it to who asked to be told."""
        now, event = int(self.clock().timestamp()), "http://schemas.openid.net/event/backchannel-logout"
        told = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": token_urlsafe()}
        return self._signed({**told, "events": {event: {}}, **claims})

    def _signed(self, claims: Claims) -> str:
        told, alg = self.lie(claims), self.header["alg"]
        if alg == "none":
            parts = [
                urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=")
                for one in (self.header, told)
            ]
            return ".".join([*parts, ""])
        key = OctKey.import_key(SECRET) if alg == "HS256" else self.key
        return jwt.encode(self.header, told, key, algorithms=[alg])


@contextmanager
def running_provider(clock: Clock) -> Iterator[Provider]:
    """One on 127.0.0.1."""
    with reserved_port() as port:
        issuer = f"http://127.0.0.1:{port}"
        provider, app = Provider(issuer, clock), Flask("provider")
        provider.published = [provider.key]
        provider.metadata = {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/keys",
            "end_session_endpoint": f"{issuer}/leave",
            "id_token_signing_alg_values_supported": ["none", "HS256", "RS256"],
        }
        app.add_url_rule("/.well-known/openid-configuration", "metadata", lambda: jsonify(provider.metadata))
        app.add_url_rule("/keys", "keys", lambda: jsonify(keys=provider.public_keys()))
        app.add_url_rule("/token", "token", provider.token, methods=["POST"])
        with served(app, port):
            yield provider
