"""How long a form was open before it was sent: no person fills one in at once, programs do."""

from datetime import datetime, timedelta

from newsletter_service.keys.secret_keys import SecretKeys
from newsletter_service.subscriptions.requests.sealed import read_moment, sealed_moment

_PURPOSE, _ABOUT = "form opened", ""


def opened(keys: SecretKeys, now: datetime, before: str = "") -> str:
    """The moment at which a form was opened, for its page to hold; what it held `before`, if that is one of ours."""
    if read_moment(keys, _PURPOSE, _ABOUT, before) is not None:
        return before
    return sealed_moment(keys, _PURPOSE, _ABOUT, now)


def is_hasty(keys: SecretKeys, held: str, least: timedelta, now: datetime) -> bool:
    """Whether a form was sent sooner than `least` after it was opened, or does not say when that was."""
    at = read_moment(keys, _PURPOSE, _ABOUT, held)
    return bool(least) and (at is None or now < at + least)
