"""Verifying passwords: slow on purpose, hence never in a transaction and never many at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore
from unicodedata import normalize

from argon2 import extract_parameters
from flask_security.utils import hash_password, verify_password

from newsletter_service.staff.rules import MAX_PASSWORD
from newsletter_service.staff.strength import as_kept

AT_ONCE = 2
_slots = BoundedSemaphore(AT_ONCE)


class Busy(Exception):
    """As many passwords as one process verifies at a time are being verified."""


@contextmanager
def slot(patience: float = 0) -> Iterator[None]:
    """One of the few places in which a password is verified; Busy if none is free within `patience` seconds."""
    if not _slots.acquire(timeout=patience):
        raise Busy
    try:
        yield
    finally:
        _slots.release()


def matches(typed: str, password_hash: str | None) -> bool:
    """Whether `typed` is the password behind `password_hash`; takes as long if there is none (None)."""
    if len(typed) > MAX_PASSWORD:
        return False
    nobody = _of_nobody()  # asked for each time, or the first unknown account would take longer
    verified = any(verify_password(form, password_hash or nobody) for form in _forms(typed))
    return verified and password_hash is not None


def _forms(typed: str) -> tuple[str, ...]:
    """Returns the form that passwords are kept in, and the one of before where that is another one."""
    return tuple(dict.fromkeys((as_kept(typed), normalize("NFKD", typed))))


def renewed(typed: str, password_hash: str) -> str | None:
    """A new hash of the password behind `password_hash` if that was made at another cost than the configured one.

    As slow as `matches`, which comes first.
    """
    as_it_was, as_it_should_be = extract_parameters(password_hash), extract_parameters(_of_nobody())
    return None if as_it_was == as_it_should_be else hashed(typed)


def hashed(typed: str) -> str:
    """What is kept of a password; slow on purpose."""
    return str(hash_password(as_kept(typed)))


@cache
def _of_nobody() -> str:
    return str(hash_password("the password of nobody"))
