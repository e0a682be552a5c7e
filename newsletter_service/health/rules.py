"""What counts as trouble, decided on plain values. Pure."""

from datetime import datetime, timedelta

from newsletter_service.smtp.certificates import Validity

_ENDS_SOON = timedelta(days=14)
_LAST_PART = 5


def is_about_to_end(validity: Validity, now: datetime) -> bool:
    """Whether a certificate should have been renewed by now: two weeks, or a fifth of its life, before its end."""
    left, life = validity.ends - now, validity.ends - validity.begins
    return left < min(_ENDS_SOON, life / _LAST_PART)
