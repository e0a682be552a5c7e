"""Sealed moments: a page holds them, and nothing is kept here."""

from datetime import UTC, datetime

from newsletter_service.keys.secret_keys import SecretKeys
from newsletter_service.links.tokens import is_genuine, seal

_SEAL_BYTES = 16
_LONGEST = 100


def sealed_moment(keys: SecretKeys, purpose: str, about: str, moment: datetime) -> str:
    """`moment` to the second, as nobody else can write it; `about` may be anything, and is not shown."""
    return _sealed(keys.current, purpose, about, str(int(moment.timestamp())))


def read_moment(keys: SecretKeys, purpose: str, about: str, sealed: str) -> datetime | None:
    """The moment that was sealed for this purpose and about this; None for none of ours."""
    words = sealed[:_LONGEST].partition(".")[0]
    if not words.isdecimal() or not is_genuine(keys, sealed, lambda key: _sealed(key, purpose, about, words)):
        return None
    return datetime.fromtimestamp(int(words), UTC)


def _sealed(secret_key: str, purpose: str, about: str, words: str) -> str:
    return f"{words}.{seal(secret_key, purpose, f'{about} {words}', _SEAL_BYTES).hex()}"
