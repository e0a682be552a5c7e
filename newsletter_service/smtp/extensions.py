"""What a server announced in its reply to EHLO."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

_TOO_MANY_DIGITS = 20


@dataclass(frozen=True)
class Extensions:
    """The service extensions that matter to a client of prepared messages; 0 is no limit.

    `size` is in bytes; one connection takes `mail_max` messages, to `domain_max` recipient domains (RFC 9422).
    """

    pipelining: bool = False
    chunking: bool = False
    smtputf8: bool = False
    size: int = 0
    mail_max: int = 0
    domain_max: int = 0

    @classmethod
    def announced(cls, features: Mapping[str, str]) -> Self:
        """Reads the reply to EHLO as smtplib keeps it: parameters by lower-case keyword."""
        limits = dict(limit.upper().partition("=")[::2] for limit in features.get("limits", "").split())
        return cls(
            pipelining="pipelining" in features,
            chunking="chunking" in features and "pipelining" in features,
            smtputf8="smtputf8" in features,
            size=_number(features.get("size", "")),
            mail_max=_number(limits.get("MAILMAX", "")),
            domain_max=_number(limits.get("RCPTDOMAINMAX", "")),
        )


def _number(digits: str) -> int:
    """A limit as announced; 0 for what is no number, or one too large to matter."""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < _TOO_MANY_DIGITS else 0
