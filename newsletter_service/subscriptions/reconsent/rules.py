"""Pure decisions about asking readers for consent again: how long they have, and when they are reminded."""

from datetime import datetime, timedelta

ANSWER_WITHIN = timedelta(days=30)
"""So long readers have from the first mail on, where their subscription ends without an answer."""
REMIND_AFTER = timedelta(days=14)
REMINDED_FOR_AT_LEAST = timedelta(days=7)


def ends_at(until: datetime, reminded: datetime) -> datetime:
    """When a subscription ends whose reader is reminded just now: nobody has less than a week after that."""
    return max(until, reminded + REMINDED_FOR_AT_LEAST)
