"""The areas of the desk, as its frame shows them: who may enter which, and what waits there for them."""

from dataclasses import dataclass

from newsletter_service.staff.models import User
from newsletter_service.staff.rules import Role, may_see_readers
from newsletter_service.staff.service import actor_of
from newsletter_service.today.service import Waiting


@dataclass(frozen=True)
class Area:
    """One area: its name and the key that leads to it, where it begins, and how many things in it wait for somebody."""

    name: str
    key: str
    endpoint: str
    waiting: int = 0


def areas(user: User, waiting: Waiting) -> tuple[tuple[Area, ...], ...]:
    """The areas that `user` may enter, in groups: today, what is made, and for whom."""
    administers, writes = user.has_role(Role.ADMINISTRATOR), user.has_role(Role.COMMUNICATOR)
    making = (
        (Area("copy", "k", "editorial.queue", waiting.items), True),
        (Area("editions", "e", "editions.index", waiting.editions), True),
        (Area("calendar", "a", "editions.calendar.show"), administers),
    )
    knowing = (
        (Area("readers", "l", "register.index"), may_see_readers(actor_of(user))),
        (Area("claims", "f", "claims.show", waiting.claims), writes),
        (Area("administration", "d", "administration.show"), administers),
        (Area("documents", "t", "documents.index"), administers or writes),
        (Area("accounts", "u", "accounts.index"), administers),
        (Area("requests", "q", "four_eyes.index", len(waiting.requests)), True),
        (Area("trail", "b", "trail.index"), administers or user.has_role(Role.HEAD)),
        (Area("condition", "o", "condition.show"), administers),
    )
    today = ((Area("today", "v", "today.show", waiting.total), True),)
    entered = (tuple(area for area, may in group if may) for group in (today, making, knowing))
    return tuple(group for group in entered if group)
