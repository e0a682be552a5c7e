"""Signed links of readers: each token has one purpose and, where asked, a time at which it ends."""

import hmac
import re
from binascii import b2a_base64
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

_TOKEN = re.compile(r"(\d{1,18})-(\d{1,9})(?:-(\d{1,12}))?-([A-Za-z0-9_-]{24})", re.ASCII)
_FOR_URLS = bytes.maketrans(b"+/", b"-_")
_SEAL_BYTES = 18  # 144 bits, which base64 writes without padding
_SEAL_LETTERS = 24


class Purpose(StrEnum):
    """What a token is good for; a token made for one purpose is worthless for another."""

    CONFIRM = "confirm"
    NEVER = "never"
    MANAGE = "manage"
    UNSUBSCRIBE = "unsubscribe"


_SEALS = {
    Purpose.CONFIRM: ("subscribing", slice(_SEAL_LETTERS)),
    Purpose.NEVER: ("subscribing", slice(_SEAL_LETTERS, None)),
    Purpose.MANAGE: ("subscribed", slice(_SEAL_LETTERS)),
    Purpose.UNSUBSCRIBE: ("subscribed", slice(_SEAL_LETTERS, None)),
}
"""What is asked for together is sealed together: two seals from one hash, of which neither tells the other."""


class BadToken(Exception):
    """The token was tampered with, made for something else, or cut off on its way."""


class ExpiredToken(Exception):
    """The token was genuine but its time is over."""


class Holder(NamedTuple):
    """Whose token it is: the reader, and the subscription of theirs that it was made for."""

    reader_id: int
    generation: int


def seal(secret_key: str, purpose: str, words: str, size: int) -> bytes:
    """A keyed hash (BLAKE2b) of `size` bytes that nobody makes without the key; `purpose` has at most 16 bytes.

    What is sealed for one purpose proves nothing for another. Every letter needs some, so it has to be quick.
    """
    seal = _unused_seal(secret_key, purpose, size).copy()
    seal.update(words.encode())
    return seal.digest()


@lru_cache
def _unused_seal(secret_key: str, purpose: str, size: int) -> blake2b:
    key = blake2b(secret_key.encode()).digest()
    return blake2b(digest_size=size, key=key, person=purpose.encode())


@dataclass(frozen=True)
class Tokens:
    """Makes and reads tokens under one secret key."""

    secret_key: str

    def make(
        self, purpose: Purpose, reader_id: int, generation: int, expires_at: datetime | None = None
    ) -> str:
        """A URL-safe token of a reader, good until `expires_at` (aware) if that is given."""
        words = f"{reader_id}-{generation}"
        if expires_at is not None:
            words += f"-{int(expires_at.timestamp())}"
        return f"{words}-{self._seal(purpose, words)}"

    def read(self, purpose: Purpose, token: str, now: datetime) -> Holder:
        """Whose token it is; raises BadToken or ExpiredToken. `now` is aware."""
        holder, expires = self._opened(purpose, token)
        if expires is not None and now.timestamp() >= expires:
            raise ExpiredToken
        return holder

    def read_expired(self, purpose: Purpose, token: str) -> Holder:
        """Whose token it is, whether or not its time is over: good for starting over, for nothing else."""
        return self._opened(purpose, token)[0]

    def _seal(self, purpose: Purpose, words: str) -> str:
        together, mine = _SEALS[purpose]
        return _two_seals(self.secret_key, together, words)[mine]

    def _opened(self, purpose: Purpose, token: str) -> tuple[Holder, int | None]:
        match = _TOKEN.fullmatch(token)
        if match is None:
            raise BadToken
        reader_id, generation, expires, seal = match.groups()
        words = token[: -len(seal) - 1]
        if not hmac.compare_digest(seal, self._seal(purpose, words)):
            raise BadToken
        return Holder(int(reader_id), int(generation)), int(expires) if expires else None


@lru_cache(maxsize=1)
def _two_seals(secret_key: str, together: str, words: str) -> str:
    digits = b2a_base64(seal(secret_key, together, words, 2 * _SEAL_BYTES), newline=False)
    return digits.translate(_FOR_URLS).decode("ascii")
