"""What a browser is asked to sign with a passkey: random, in the session's cookie, and taken out of it once."""

from secrets import token_urlsafe

from flask import session

_CHALLENGE = "challenge"
_BYTES = 24


def new_challenge() -> str:
    """Returns what is to be signed next; what was asked before counts no more."""
    made = token_urlsafe(_BYTES)
    session[_CHALLENGE] = made
    return made


def take_challenge() -> str | None:
    """Returns what was to be signed, once."""
    taken = session.pop(_CHALLENGE, None)
    return taken if isinstance(taken, str) else None
