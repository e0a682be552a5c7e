"""Pure decisions about changes of address: who is asked, when it is agreed to, and when it is over."""

from datetime import datetime, timedelta
from enum import StrEnum

from newsletter_service.subscriptions.rules import Status

OBJECT_WITHIN = timedelta(days=3)
"""So long the old address may refuse what staff asked for a reader who cannot read it any more."""


ONE_PRESS = timedelta(minutes=5)
"""Asking for the same address again within this time is the same wish, whose letters are on their way."""


class NewAddressAnswer(StrEnum):
    """What the new address is told."""

    CONFIRM = "confirm"
    KNOWN = "known"
    NOTHING = "nothing"


def answer_to_new(*, unwanted: bool, status: Status | None, was_confirmed: bool) -> NewAddressAnswer:
    """What a new address gets that stands as `status` (None: unknown) with us: never more than it wants.

    A sign-up that nobody confirmed is no reason to refuse: who owns the mailbox decides.
    """
    if unwanted:
        return NewAddressAnswer.NOTHING
    is_somebodys = status is not None and (status != Status.PENDING or was_confirmed)
    return NewAddressAnswer.KNOWN if is_somebodys else NewAddressAnswer.CONFIRM


def is_agreed(
    new_agreed_at: datetime | None,
    old_agreed_at: datetime | None,
    silence_counts_from: datetime | None,
    now: datetime,
) -> bool:
    """Whether both addresses agree; the old one also by having said nothing, where that counts by `now`."""
    is_silent = silence_counts_from is not None and now >= silence_counts_from
    return new_agreed_at is not None and (old_agreed_at is not None or is_silent)


def silence_counts_from(*, by_staff: bool, comes_back: bool, now: datetime) -> datetime | None:
    """When the old address need not have answered: never where the reader asked, who had the link from there.

    Staff vouch for who cannot read it any more; at one that mail comes back from (`comes_back`) nobody could refuse.
    """
    if not by_staff:
        return None
    return now if comes_back else now + OBJECT_WITHIN
