"""Codes of an app (TOTP, RFC 6238) and recovery codes, by Flask-Security; secrets are kept encrypted.

Their key is made of the one that never changes, as that of passwords is: a lost secret key would lock everybody out.
"""

import hmac
from datetime import datetime
from functools import lru_cache
from hashlib import sha256

from flask_security import Totp
from passlib.exc import TokenError

from newsletter_service.staff.second_factor.rules import CODES_AT_ONCE

_PERIOD_SECONDS = 30
_KEY = "1"


class AppCodes(Totp):
    """Flask-Security's secrets and codes, by our own clock and with each code good once."""

    def counter_of(self, secret: str, typed: str, last: int | None, now: datetime) -> int | None:
        """Returns the step of time that a code belongs to: now, or just before or after; None if none after `last`."""
        try:
            found = self._totp.verify(
                typed, secret, time=now, window=_PERIOD_SECONDS, last_counter=last if last is not None else -1
            )
        except TokenError:
            return None
        return int(found.counter)

    def address(self, secret: str, label: str, issuer: str) -> str:
        """Returns the address that an app reads from a picture."""
        return str(self._totp.from_source(secret).to_uri(label=label, issuer=issuer))


@lru_cache(maxsize=4)
def app_codes(key: str) -> AppCodes:
    """Returns what makes and reads secrets that are encrypted under `key`."""
    return AppCodes({_KEY: sha256(f"second factors:{key}".encode()).hexdigest()}, "newsletter")


def new_recovery_codes(key: str) -> list[str]:
    """Returns codes such as 0f3a-91bc-77d2, to be shown once."""
    codes: list[str] = app_codes(key).generate_recovery_codes(CODES_AT_ONCE)
    return codes


def recovery_hash(key: str, user_id: int, typed: str) -> str:
    """Returns what is kept of a recovery code; blanks, hyphens and capitals do not matter."""
    letters = "".join(letter for letter in typed.lower() if letter.isalnum())
    return hmac.digest(key.encode(), f"recovery {user_id} {letters}".encode(), "sha256").hex()
