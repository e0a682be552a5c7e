"""When the head of the audit trail is mailed."""

from datetime import datetime, time

from newsletter_service.clock import DEFAULT_ZONE, in_zone, recurring_moment

AT = time(3, 0)
"""Each night at this time."""


def is_due(since: datetime | None, now: datetime) -> bool:
    """Whether it is time to mail the head: of one that began, or was mailed last, at `since` (None: it is empty)."""
    tonight = recurring_moment(in_zone(now, DEFAULT_ZONE).date(), AT, DEFAULT_ZONE)
    return since is not None and since < tonight <= now
