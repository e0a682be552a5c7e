"""Who gets to see a page at all. A blueprint for staff is closed as a whole; views only narrow it further."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import Blueprint
from flask_login import current_user

from newsletter_service.errors import NotAllowed
from newsletter_service.staff.access.carrying import ask_to_sign_in
from newsletter_service.staff.access.sessions import somebody_is_there
from newsletter_service.staff.models import User
from newsletter_service.staff.rules import Actor, Role
from newsletter_service.staff.service import actor_of

P = ParamSpec("P")
R = TypeVar("R")


def staff_only(blueprint: Blueprint) -> Blueprint:
    """Close all pages of `blueprint` to those who are not signed in: they are asked to."""

    @blueprint.before_request
    def _ask_to_sign_in() -> Any:
        answer = None if current_user.is_authenticated else ask_to_sign_in()
        if answer is None:
            somebody_is_there()
        return answer

    return blueprint


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
