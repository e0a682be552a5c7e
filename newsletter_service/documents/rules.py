"""Which texts there are that readers can hold us to."""

from enum import StrEnum
from hashlib import sha256


class Kind(StrEnum):
    """A text of which every version is kept."""

    CONSENT = "consent"


def words_hash(words: str) -> str:
    """The SHA-256 of a text as it was shown, in hexadecimal digits."""
    return sha256(words.encode()).hexdigest()
