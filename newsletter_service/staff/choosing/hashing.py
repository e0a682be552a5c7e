"""From what somebody typed to what is kept of it, outside of any transaction: it is slow on purpose."""

from newsletter_service.db import db
from newsletter_service.staff.access import passwords
from newsletter_service.staff.accounts.making import check_password, names_around, own_names
from newsletter_service.staff.models import User
from newsletter_service.web.transactions import look_again

_PATIENCE_SECONDS = 5


def hash_chosen(user: User, typed: str) -> str:
    """Returns the hash of a password that is good enough for this account. WeakPassword, or passwords.Busy."""
    look_again()
    names = [*own_names(user), *names_around(db.session())]
    db.session.rollback()
    check_password(typed, names)
    with passwords.slot(_PATIENCE_SECONDS):
        return passwords.hashed(typed)
