"""The session behind a request: whose it is, when it ends, and what keeps it going."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from flask import current_app, g, request, session
from flask_login import current_user

from newsletter_service.db import db
from newsletter_service.services import services
from newsletter_service.staff.access import rules, service
from newsletter_service.staff.access.door import ACTIVE_AT
from newsletter_service.staff.access.seals import page_seal
from newsletter_service.staff.models import User

V = TypeVar("V", bound=Callable[..., object])
BACKGROUND_HEADER = "X-Background"


def load_user(key: object) -> User | None:
    """Whose session the cookie has the key of; None if it is over, or a cookie of other times."""
    active_at = session.get(ACTIVE_AT)
    if not isinstance(key, str) or not isinstance(active_at, int):
        return None
    found = service.find(db.session(), key, datetime.fromtimestamp(active_at, UTC), services().clock())
    if found is None:
        return None
    g.session_started_at, g.by_provider = found.started_at, found.by_provider
    return found.user


def in_background(view: V) -> V:
    """Mark `view` as one that pages ask for by themselves: nobody has to be there for it."""
    view.in_background = True  # type: ignore[attr-defined]  # functions take attributes
    return view


def somebody_is_there() -> None:
    """Let the session go on for another pause, if a person and not a page asked for this."""
    view = current_app.view_functions.get(request.endpoint or "")
    if not getattr(view, "in_background", False) and BACKGROUND_HEADER not in request.headers:
        session[ACTIVE_AT] = int(services().clock().timestamp())


def session_ends() -> datetime:
    """When the signed-in user's session ends, if they do nothing more."""
    return rules.session_ends(g.session_started_at, datetime.fromtimestamp(session[ACTIVE_AT], UTC))


def page_stamp() -> str:
    """For a form: seals that its page was made for who is signed in; "" for nobody."""
    if not current_user.is_authenticated:
        return ""
    return page_seal(services().keys, current_user.id, services().clock())
