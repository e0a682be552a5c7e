"""Somebody whose password was right and whose second step is to come: in the session's cookie, for ten minutes."""

from datetime import UTC, datetime
from hashlib import sha256

from flask import g, session

from newsletter_service.db import db
from newsletter_service.services import services
from newsletter_service.staff.access.service import Account
from newsletter_service.staff.models import User
from newsletter_service.staff.second_factor.rules import HALFWAY_LASTS

_HALFWAY = "halfway"


def go_halfway(account: Account, now: datetime) -> None:
    """Keep who it is, and by which password; nothing of the session before goes on."""
    session.clear()
    session[_HALFWAY] = [account.user_id, int(now.timestamp()), _mark(account.password_hash)]
    g.pop("csrf_token", None)


def who_is_halfway() -> User | None:
    """Returns the account whose password was right a moment ago, if it is still open and has that password."""
    kept = session.get(_HALFWAY)
    if kept is None:
        return None
    user_id, at, mark = kept
    if services().clock() - datetime.fromtimestamp(at, UTC) >= HALFWAY_LASTS:
        return None
    user = db.session().get(User, user_id)
    return user if user is not None and user.active and _mark(user.password) == mark else None


def _mark(password_hash: str | None) -> str:
    return sha256((password_hash or "").encode()).hexdigest()[:16]
