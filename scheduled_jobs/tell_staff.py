"""Staff hear by mail of what should not go on unseen."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from newsletter_service.bounces import notices as bounces
from newsletter_service.db import reading, unit_of_work
from newsletter_service.services import services
from newsletter_service.staff.access import notices as access
from newsletter_service.staff.notices import Alert, tell_once


def of_refusals() -> str:
    """Tell staff of refusals for policy that were not told yet."""
    return _tell(bounces.prepare)


def of_failed_sign_ins() -> str:
    """Tell administrators of a peak of failed sign-ins, if there is one that was not told yet."""
    return _tell(access.prepare)


def _tell(prepare: Callable[[Session, datetime], Alert | None]) -> str:
    now = services().clock()
    with reading() as session:
        alert = prepare(session, now)
    if alert is None:
        return ""
    with unit_of_work() as session:
        tell_once(session, alert, now)
    figures = ", ".join(f"{name} {count}" for name, count in alert.detail.items())
    return f"told {len(alert.notice.letters)} members of staff: {figures}"
