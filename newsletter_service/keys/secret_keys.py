"""The secret keys of the service, and what tells keys apart without telling them."""

import hmac
from dataclasses import dataclass, field
from enum import StrEnum


class KeyName(StrEnum):
    """The keys whose fingerprints the database keeps."""

    SECRET = "secret"  # noqa: S105  # a name, not a key
    SUPPRESSION = "suppression"


@dataclass(frozen=True)
class SecretKeys:
    """SECRET_KEY, which seals all that is new, and SECRET_KEY_FALLBACKS, newest first, which open what they sealed."""

    current: str = field(repr=False)
    former: tuple[str, ...] = field(default=(), repr=False)
    every: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """All of them, the current one first."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "every", (self.current, *self.former))

    @property
    def oldest(self) -> str:
        """The first key there was, as far as they are given."""
        return self.every[-1]


def fingerprint(key: str) -> str:
    """Returns what tells two keys apart without telling either (16 hex digits)."""
    return hmac.digest(key.encode(), b"suppression key", "sha256").hex()[:16]
