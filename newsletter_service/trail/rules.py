"""When the head of the audit trail is mailed, who may see the trail, and what is looked for in it."""

from datetime import datetime, time
from enum import StrEnum

from newsletter_service.clock import DEFAULT_ZONE, in_zone, recurring_moment
from newsletter_service.staff.rules import Actor, Role

AT = time(3, 0)
"""Each night at this time."""


def is_due(since: datetime | None, now: datetime) -> bool:
    """Whether it is time to mail the head: of one that began, or was mailed last, at `since` (None: it is empty)."""
    tonight = recurring_moment(in_zone(now, DEFAULT_ZONE).date(), AT, DEFAULT_ZONE)
    return since is not None and since < tonight <= now


class Done(StrEnum):
    """Who did something that was no member of staff."""

    BY_ITSELF = "dienst"
    AT_A_TERMINAL = "server"


class Topic(StrEnum):
    """What entries are about, as staff look for them."""

    SIGNING_IN = "inloggen"
    ITEMS = "berichten"
    EDITIONS = "edities"
    CORRECTIONS = "rechtzettingen"
    READERS = "lezers"
    CLAIMS = "functies"
    TEXTS = "teksten"
    SETTINGS = "instellingen"
    SERVER = "server"
    TRAIL = "logboek"

    @property
    def kinds(self) -> tuple[str, ...]:
        """What actions of this topic begin with, before their dot."""
        return _KINDS[self]


_KINDS = {
    Topic.SIGNING_IN: ("account",),
    Topic.ITEMS: ("item", "conversation"),
    Topic.EDITIONS: ("edition",),
    Topic.CORRECTIONS: ("correction",),
    Topic.READERS: ("subscriber", "subscribers", "list", "bounces"),
    Topic.CLAIMS: ("claim", "segment"),
    Topic.TEXTS: ("document",),
    Topic.SETTINGS: (
        "calendar",
        "newsletter",
        "organisation",
        "topic",
        "own_words",
        "setting",
        "retention",
        "request",
    ),
    Topic.SERVER: ("command", "database", "health", "service"),
    Topic.TRAIL: ("audit",),
}


def may_see_trail(actor: Actor) -> bool:
    """Administrators, and the heads, who keep an eye on one another's organisation."""
    return not {Role.ADMINISTRATOR, Role.HEAD}.isdisjoint(actor.roles)
