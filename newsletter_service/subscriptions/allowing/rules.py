"""Pure decisions about taking back that an address is never mailed."""

from datetime import datetime, timedelta

from newsletter_service.delivery.rules import BOUNCED, Suppressed

ASKED_AGAIN_AFTER = timedelta(days=30)
"""Anybody can ask for the link: so seldom does an address that wants no mail get it."""


def may_ask(scope: Suppressed, reason: str, asked_before: datetime | None, now: datetime) -> bool:
    """Whether the owner of a suppressed address may be asked if they want mail again; `asked_before` is the last time.

    Where mail came back they need not be: they may sign up again as it is.
    """
    if scope is not Suppressed.ALL_MAIL or reason == BOUNCED:
        return False
    return asked_before is None or now - asked_before >= ASKED_AGAIN_AFTER
