"""When a correction that was put to the heads goes out. Pure decisions."""

from datetime import datetime, timedelta
from enum import StrEnum

from newsletter_service.editions.rules import ReleaseRule, is_late


class Next(StrEnum):
    """What happens to a correction now."""

    GO = "go"
    HOLD = "hold"
    WAIT = "wait"


def due_at(rule: ReleaseRule, minutes: int, now: datetime, *, held: bool) -> datetime | None:
    """Until when one that is offered now waits; None: for as long as not all have agreed."""
    if rule is ReleaseRule.BOTH or held:
        return None
    return now + timedelta(minutes=minutes)


def what_next(
    rule: ReleaseRule, missing: tuple[int, ...], due: datetime | None, now: datetime, *, held: bool
) -> Next:
    """What happens to one that waits; `missing` are the organisations that did not agree to what it says.

    Once all have agreed it goes out, held or not. Long past its time nobody expects it any more: it is held.
    """
    if not missing:
        return Next.GO
    if rule is ReleaseRule.BOTH or held or due is None or now < due:
        return Next.WAIT
    return Next.HOLD if is_late(due, now) else Next.GO
