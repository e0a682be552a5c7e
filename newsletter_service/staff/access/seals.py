"""Small texts that browsers keep for us and cannot change: whose browser it is, and whose page."""

from datetime import datetime, timedelta

from newsletter_service.keys.secret_keys import SecretKeys
from newsletter_service.links.tokens import is_genuine, seal

_SEAL_BYTES = 16
_LONGEST = 200
_PAGE_LASTS = timedelta(days=7)


def browser_seal(keys: SecretKeys, user_id: int, name: str) -> str:
    """For the cookie of a browser in which an account signed in; `name` is random and tells it from others."""
    return _sealed(keys.current, "known-browser", f"{user_id}.{name}")


def read_browser(keys: SecretKeys, sealed: str) -> tuple[int, str] | None:
    """The account and the name in such a cookie, or None."""
    words = _opened(keys, "known-browser", sealed)
    if words is None:
        return None
    user_id, _, name = words.partition(".")
    return int(user_id), name


def page_seal(keys: SecretKeys, user_id: int, now: datetime) -> str:
    """For the forms of a page that an account looks at: what comes back with it was typed on a page of theirs."""
    return _sealed(keys.current, "page", f"{user_id}.{int(now.timestamp())}")


def read_page(keys: SecretKeys, sealed: str, now: datetime) -> int | None:
    """The account on whose page something was typed in the last seven days, or None."""
    words = _opened(keys, "page", sealed)
    if words is None:
        return None
    user_id, _, made_at = words.partition(".")
    return int(user_id) if now.timestamp() - int(made_at) < _PAGE_LASTS.total_seconds() else None


def _sealed(secret_key: str, purpose: str, words: str) -> str:
    return f"{words}.{seal(secret_key, purpose, words, _SEAL_BYTES).hex()}"


def _opened(keys: SecretKeys, purpose: str, sealed: str) -> str | None:
    words = sealed[:_LONGEST].rpartition(".")[0]
    return words if is_genuine(keys, sealed, lambda key: _sealed(key, purpose, words)) else None
