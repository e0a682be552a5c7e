"""Pure decisions about claims to a segment: what proves one, how long that holds, when its owner is asked again."""

from datetime import datetime, timedelta
from enum import StrEnum

UNDO_WITHIN = timedelta(minutes=10)
"""A decision can be taken back until the reader is told of it; so long they do not hear that a claim waits again."""
ASK_BEFORE = timedelta(days=30)
REMIND_BEFORE = timedelta(days=7)
FEWEST_DAYS, MOST_DAYS = 60, 3650
"""How long staff may let a check hold: at least twice as long as its owner is asked before the end."""


class ClaimState(StrEnum):
    """Where a claim to a segment stands; only VERIFIED ones open restricted items."""

    WAITING = "waiting"
    VERIFIED = "verified"
    DECLINED = "declined"
    LAPSED = "lapsed"


class Evidence(StrEnum):
    """What a verification goes by."""

    DOMAIN = "domain"
    PERSON = "person"
    IMPORT = "import"


class DeclineReason(StrEnum):
    """Why a claim was declined, as its owner may be told."""

    NOT_FOUND = "not_found"
    NOT_YOURS = "not_yours"
    OTHER_ADDRESS = "other_address"


class Reminder(StrEnum):
    """What is due for a verification that comes to its end."""

    ASK = "ask"
    REMIND = "remind"
    LAPSE = "lapse"


def due(until: datetime, reminders: int, now: datetime) -> Reminder | None:
    """What is due for a verification that ends at `until` and of whose end its owner heard so often.

    Nobody loses it unasked: one that is found over its time is asked about first, and ends later (see `extended`).
    """
    if now >= until and reminders > 1:
        return Reminder.LAPSE
    if now >= until - REMIND_BEFORE and reminders == 1:
        return Reminder.REMIND
    if now >= until - ASK_BEFORE and not reminders:
        return Reminder.ASK
    return None


def extended(until: datetime, what: Reminder, now: datetime) -> datetime:
    """When a verification ends about which its owner is asked or reminded now: what is still to come fits in before."""
    return max(until, now + (2 * REMIND_BEFORE if what is Reminder.ASK else REMIND_BEFORE))


def may_renew(state: ClaimState, reminders: int) -> bool:
    """Whether its owner may renew a claim by the button in a mail: only what was verified once, and was asked about."""
    return reminders > 0 and state in (ClaimState.VERIFIED, ClaimState.LAPSED)
