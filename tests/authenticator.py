"""A passkey in software: makes and uses keys as a browser with an authenticator does (WebAuthn, attestation "none")."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_bytes
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT_VERIFIED, WITH_KEY = 0x05, 0x40


def encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """One key for one site; `origin` is what the browser says the page is, which a phishing page cannot change."""

    origin: str
    host: str
    credential_id: bytes = field(default_factory=lambda: token_bytes(16))
    sign_count: int = 0
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, asked: str) -> str:
        """What the browser answers who is asked for a new passkey."""
        client = self._client("webauthn.create", json.loads(asked)["challenge"])
        attestation = {"fmt": "none", "attStmt": {}, "authData": self._data(WITH_KEY) + self._described()}
        return self._answer(clientDataJSON=client, attestationObject=cbor2.dumps(attestation))

    def use(self, asked: str) -> str:
        """What the browser answers who is asked to use it."""
        self.sign_count += 1
        client, data = self._client("webauthn.get", json.loads(asked)["challenge"]), self._data()
        signature = self.key.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signature)

    def _client(self, kind: str, challenge: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def _data(self, more: int = 0) -> bytes:
        flags = bytes([PRESENT_VERIFIED | more])
        return sha256(self.host.encode()).digest() + flags + self.sign_count.to_bytes(4, "big")

    def _described(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        cose: dict[int, Any] = {1: 2, 3: -7, -1: 1, -2: x, -3: y}
        return bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + cbor2.dumps(cose)

    def _answer(self, **response: bytes) -> str:
        name = encoded(self.credential_id)
        told = {key: encoded(value) for key, value in response.items()}
        return json.dumps(
            {"id": name, "rawId": name, "type": "public-key", "response": told, "clientExtensionResults": {}}
        )
