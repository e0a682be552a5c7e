"""Who needs a second factor, and how often it may be tried, decided on plain values."""

from datetime import datetime, timedelta

from newsletter_service.budgets.rules import Budget
from newsletter_service.staff.rules import Actor, Role, may_edit_edition

HALFWAY_LASTS = timedelta(minutes=10)
"""How long somebody whose password was right has for the second factor."""
FRESH_FOR = timedelta(minutes=15)
"""How long after signing in somebody may change what they sign in with."""
CODES_AT_ONCE = 10
PASSKEY_NAME_LENGTH = 60
TRIES = Budget(free=10, each=timedelta(minutes=5))
"""For one account, from wherever: only who knows its password ever comes here."""


def needs_second_factor(actor: Actor) -> bool:
    """Whether a password is too little for what this person may do: release, or administer."""
    return may_edit_edition(actor) or Role.ADMINISTRATOR in actor.roles


def is_fresh(started_at: datetime, now: datetime) -> bool:
    """Whether a session is young enough to change what one signs in with."""
    return now - started_at < FRESH_FOR
