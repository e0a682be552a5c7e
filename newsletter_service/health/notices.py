"""Tells administrators of trouble, once, and once when it is over."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from newsletter_service.health import emails
from newsletter_service.health.models import Trouble
from newsletter_service.health.service import Changes
from newsletter_service.languages import Language
from newsletter_service.letters.values import Notice
from newsletter_service.staff.notices import Alert, PreparedNotice, prepare_notice, staff_with, tell_once
from newsletter_service.staff.rules import Role

BEGAN, OVER = "health.trouble_told", "health.over_told"

_Build = Callable[[Trouble, str, Language], Notice]


def tell(session: Session, changes: Changes, address: str, now: datetime) -> None:
    """Writes the mails of what began and of what is over into the ledger; `address` is that of the page about it."""
    for trouble in changes.began:
        tell_once(session, _alert(session, trouble, BEGAN, emails.began, address), now)
    for trouble in changes.over:
        tell_once(session, _alert(session, trouble, OVER, emails.over, address), now)


def of_silence(session: Session, trouble: Trouble, address: str) -> PreparedNotice:
    """Returns the mails of trouble that cannot wait for the ledger, for nobody may be there to send it."""
    administrators = staff_with(session, (Role.ADMINISTRATOR,))
    return prepare_notice(administrators, partial(emails.began, trouble, address))


def _alert(session: Session, trouble: Trouble, action: str, build: _Build, address: str) -> Alert:
    notice = prepare_notice(staff_with(session, (Role.ADMINISTRATOR,)), partial(build, trouble, address))
    return Alert(notice, action, "trouble", trouble.id, {"letters": len(notice.letters)})
