"""Signed links: each token has one purpose and, where asked, a time at which it ends."""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from hashlib import sha256
from typing import Any

from itsdangerous import BadData, Signer
from itsdangerous.encoding import base64_decode, base64_encode


class Purpose(StrEnum):
    """What a token is good for; a token made for one purpose is worthless for another."""

    CONFIRM = "confirm"
    NEVER = "never"
    MANAGE = "manage"
    UNSUBSCRIBE = "unsubscribe"


class BadToken(Exception):
    """The token was tampered with, made for something else, or cut off on its way."""


class ExpiredToken(Exception):
    """The token was genuine but its time is over."""


@cache
def _signer(secret_key: str, purpose: Purpose) -> Signer:
    """Signs for one purpose; its key is derived once, for every letter needs two links."""
    key = hmac.digest(secret_key.encode(), f"newsletter.{purpose.value}".encode(), sha256)
    return Signer(key, key_derivation="none", digest_method=sha256)


@dataclass(frozen=True)
class Tokens:
    """Makes and reads tokens under one secret key."""

    secret_key: str

    def make(self, purpose: Purpose, data: Mapping[str, Any], expires_at: datetime | None = None) -> str:
        """A URL-safe token that carries `data` (JSON values, readable by its holder) until `expires_at` (aware)."""
        body = dict(data)
        if expires_at is not None:
            body["exp"] = int(expires_at.timestamp())
        words = json.dumps(body, separators=(",", ":")).encode()
        return _signer(self.secret_key, purpose).sign(base64_encode(words)).decode("ascii")

    def read(self, purpose: Purpose, token: str, now: datetime) -> dict[str, Any]:
        """The data in `token`; raises BadToken or ExpiredToken. `now` is aware."""
        body = self._body(purpose, token)
        expires = body.pop("exp", None)
        if expires is not None and now.timestamp() >= expires:
            raise ExpiredToken
        return body

    def read_expired(self, purpose: Purpose, token: str) -> dict[str, Any]:
        """The data in `token` whether or not its time is over: good for starting over, for nothing else."""
        body = self._body(purpose, token)
        body.pop("exp", None)
        return body

    def _body(self, purpose: Purpose, token: str) -> dict[str, Any]:
        try:
            body: dict[str, Any] = json.loads(base64_decode(_signer(self.secret_key, purpose).unsign(token)))
        except BadData as error:
            raise BadToken from error
        return body
