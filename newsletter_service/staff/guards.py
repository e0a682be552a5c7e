"""Who gets to see a page at all. A blueprint for staff is closed as a whole; views only narrow it further."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import Blueprint, current_app, g, redirect, request, url_for
from flask_login import current_user

from newsletter_service.db import db
from newsletter_service.errors import NotAllowed
from newsletter_service.services import services
from newsletter_service.staff.access.carrying import ask_to_sign_in
from newsletter_service.staff.access.sessions import somebody_is_there
from newsletter_service.staff.models import User
from newsletter_service.staff.rules import Actor, Role
from newsletter_service.staff.second_factor.rules import needs_second_factor
from newsletter_service.staff.second_factor.service import has_any
from newsletter_service.staff.service import actor_of

P = ParamSpec("P")
R = TypeVar("R")
V = TypeVar("V", bound=Callable[..., object])
_BEFORE_SECOND_FACTOR: set[object] = set()


def staff_only(blueprint: Blueprint) -> Blueprint:
    """Close all pages of `blueprint` to those who are not signed in: they are asked to."""

    @blueprint.before_request
    def _ask_to_sign_in() -> Any:
        answer = None if current_user.is_authenticated else ask_to_sign_in()
        if answer is None:
            somebody_is_there()
            answer = _ask_for_second_factor()
        return answer

    return blueprint


def before_second_factor(view: V) -> V:
    """Mark `view` as one for which nobody needs a second factor: it is how they get one."""
    _BEFORE_SECOND_FACTOR.add(view)
    return view


def _ask_for_second_factor() -> Any:
    """Lead who must have a second factor, and has none, to where one is set up; whatever else they asked for."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view in _BEFORE_SECOND_FACTOR or g.by_provider or not services().second_factor_required:
        return None
    if not needs_second_factor(acting()) or has_any(db.session(), signed_in().id):
        return None
    return redirect(url_for("second_factor.show"))


def signed_in() -> User:
    """The member of staff behind this request."""
    user: User = current_user._get_current_object()
    return user


def acting() -> Actor:
    """What the rules need to know about the signed-in user."""
    return actor_of(signed_in())


def roles_required(*roles: Role) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Narrow a view to staff with one of `roles`; for others NotAllowed."""

    def narrow(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            require(any(role in acting().roles for role in roles))
            return view(*args, **kwargs)

        return guarded

    return narrow


def require(allowed: bool) -> None:
    """NotAllowed unless `allowed`: for what depends on more than a role."""
    if not allowed:
        raise NotAllowed("not allowed for this account")
