"""Signed links of readers: each token has one purpose and, where asked, a time at which it ends."""

import hmac
import re
import secrets
from binascii import b2a_base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from newsletter_service.keys.secret_keys import SecretKeys

_KEY_BYTES, _SEAL_BYTES = 9, 15  # which base64 writes without padding
_KEY_LETTERS, _SEAL_LETTERS = 12, 20
_FORMER_SEAL_BYTES, _FORMER_SEAL_LETTERS = 18, 24
# What sentences, mail programs and people leave around an address is no part of it: brackets, quotes, full stops.
_BEFORE = r"(?:[^A-Za-z0-9%]|%[0-9A-Fa-f]{2})*"
_TOKEN = re.compile(
    rf"{_BEFORE}([A-Za-z0-9]{{{_KEY_LETTERS}}}(?:-(\d{{1,12}}))?)-([A-Za-z0-9]{{{_SEAL_LETTERS}}})(?![A-Za-z0-9])",
    re.ASCII,
)
# In letters of before there were keys; some programs cut off the hyphen at the end of a few.
_FORMER_TOKEN = re.compile(
    rf"{_BEFORE}(\d{{1,18}}-\d{{1,9}}(?:-(\d{{1,12}}))?)-([A-Za-z0-9_-]{{23,24}})(?![A-Za-z0-9_-])", re.ASCII
)
_LETTERS_ONLY = bytes.maketrans(b"+/", b"pS")  # it is compared, never decoded
_FOR_URLS = bytes.maketrans(b"+/", b"-_")
NOBODYS_KEY = "0" * _KEY_LETTERS
"""A key that no reader gets: links made with it look right and do nothing."""


class Purpose(StrEnum):
    """What a token is good for; a token made for one purpose is worthless for another."""

    CONFIRM = "confirm"
    NEVER = "never"
    MANAGE = "manage"
    UNSUBSCRIBE = "unsubscribe"
    STILL_THERE = "still_there"
    NEW_ADDRESS = "new_address"
    OLD_ADDRESS = "old_address"
    ALLOW = "allow"
    AGREE = "agree"
    INVITED = "invited"
    LOST = "lost"
    AGENDA = "agenda"


_SEALED_TOGETHER = {
    Purpose.CONFIRM: ("subscribing", 0),
    Purpose.NEVER: ("subscribing", 1),
    Purpose.MANAGE: ("subscribed", 0),
    Purpose.UNSUBSCRIBE: ("subscribed", 1),
    Purpose.STILL_THERE: ("still there", 0),
    Purpose.NEW_ADDRESS: ("changing address", 0),
    Purpose.OLD_ADDRESS: ("changing address", 1),
    Purpose.ALLOW: ("mailing again", 0),
    Purpose.AGREE: ("agree", 0),
    Purpose.INVITED: ("choosing", 0),
    Purpose.LOST: ("choosing", 1),
    Purpose.AGENDA: ("agenda", 0),
}
"""What is asked for together is sealed together: two seals from one hash, of which neither tells the other."""


class BadToken(Exception):
    """The token was tampered with, made for something else, or cut off on its way."""


class ExpiredToken(Exception):
    """The token was genuine but its time is over."""


class Holder(NamedTuple):
    """Whose token it is: who has `key`, or had `former` ("number-generation") when links were made of that.

    `lasting` tokens stand in letters, where others may find them; the rest end at a time of their own.
    """

    key: str
    former: str = ""
    lasting: bool = True


def new_key() -> str:
    """What one subscription is known by in its links: random, so that no other ever has it."""
    return _letters(secrets.token_bytes(_KEY_BYTES))


def new_keys(count: int) -> list[str]:
    """So many keys as `new_key` makes one, of random bytes that the system is asked for once."""
    letters = _letters(secrets.token_bytes(count * _KEY_BYTES))
    return [letters[place : place + _KEY_LETTERS] for place in range(0, len(letters), _KEY_LETTERS)]


def seal(secret_key: str, purpose: str, words: str, size: int) -> bytes:
    """A keyed hash (BLAKE2b) of `size` bytes that nobody makes without the key; `purpose` has at most 16 bytes.

    What is sealed for one purpose proves nothing for another. Every letter needs some, so it has to be quick.
    """
    seal = _unused_seal(secret_key, purpose, size).copy()
    seal.update(words.encode())
    return seal.digest()


def is_genuine(keys: SecretKeys, seal: str, sealing: Callable[[str], str]) -> bool:
    """Whether `seal` is what `sealing` makes under one of these keys."""
    return any(hmac.compare_digest(seal.encode(), sealing(key).encode()) for key in keys.every)


@lru_cache
def _unused_seal(secret_key: str, purpose: str, size: int) -> blake2b:
    key = blake2b(secret_key.encode()).digest()
    return blake2b(digest_size=size, key=key, person=purpose.encode())


@dataclass(frozen=True)
class Tokens:
    """Makes tokens under the current secret key, and reads those of former ones too."""

    keys: SecretKeys

    def make(self, purpose: Purpose, key: str, expires_at: datetime | None = None) -> str:
        """A URL-safe token of the reader with that key, good until `expires_at` (aware) if that is given."""
        words = key if expires_at is None else f"{key}-{int(expires_at.timestamp())}"
        return f"{words}-{_seal(self.keys.current, purpose, words)}"

    def read(self, purpose: Purpose, token: str, now: datetime) -> Holder:
        """Whose token it is, whatever is around it; raises BadToken or ExpiredToken. `now` is aware."""
        holder, expires = self._opened(purpose, token)
        if expires is not None and now.timestamp() >= expires:
            raise ExpiredToken
        return holder

    def read_expired(self, purpose: Purpose, token: str) -> Holder:
        """Whose token it is, whether or not its time is over: good for starting over, for nothing else."""
        return self._opened(purpose, token)[0]

    def _opened(self, purpose: Purpose, token: str) -> tuple[Holder, int | None]:
        if match := _TOKEN.match(token):
            words, expires, seal = match.groups()
            genuine = is_genuine(self.keys, seal, lambda key: _seal(key, purpose, words))
            holder = Holder(words[:_KEY_LETTERS], lasting=expires is None)
        elif match := _FORMER_TOKEN.match(token):
            words, expires, cut = match.groups()
            whole = cut.ljust(_FORMER_SEAL_LETTERS, "-")
            genuine = is_genuine(self.keys, whole, lambda key: _former_seal(key, purpose, words))
            holder = Holder("", "-".join(words.split("-")[:2]), lasting=expires is None)
        else:
            raise BadToken
        if not genuine:
            raise BadToken
        return holder, int(expires) if expires else None


def _seal(secret_key: str, purpose: Purpose, words: str) -> str:
    together, place = _SEALED_TOGETHER[purpose]
    return _two_seals(secret_key, together, words)[place]


@lru_cache(maxsize=1)
def _two_seals(secret_key: str, together: str, words: str) -> tuple[str, str]:
    both = _letters(seal(secret_key, together, words, 2 * _SEAL_BYTES))
    return both[:_SEAL_LETTERS], both[_SEAL_LETTERS:]


def _letters(random: bytes) -> str:
    """Letters and digits only: a hyphen or full stop at the end of an address is taken for the sentence's."""
    return b2a_base64(random, newline=False).translate(_LETTERS_ONLY).decode("ascii")


def _former_seal(secret_key: str, purpose: Purpose, words: str) -> str:
    together, place = _SEALED_TOGETHER[purpose]
    letters = b2a_base64(seal(secret_key, together, words, 2 * _FORMER_SEAL_BYTES), newline=False)
    both = letters.translate(_FOR_URLS).decode("ascii")
    return both[place * _FORMER_SEAL_LETTERS :][:_FORMER_SEAL_LETTERS]
