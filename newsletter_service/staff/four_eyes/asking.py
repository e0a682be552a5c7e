"""What views do before an act that may need a second person."""

from datetime import datetime

from flask import flash
from sqlalchemy.orm import Session

from newsletter_service.services import services
from newsletter_service.staff.four_eyes import wording
from newsletter_service.staff.four_eyes.rules import Act
from newsletter_service.staff.four_eyes.service import (
    NobodyElse,
    What,
    ask_first,
    second_persons,
    use_grant,
)
from newsletter_service.staff.models import User


def asks_first(session: Session, act: Act, what: What, user: User, now: datetime) -> bool:
    """Whether an act has to wait for a second person, who was asked then; that is said on the next page."""
    try:
        request = ask_first(session, services().links, act, what, user, now)
    except NobodyElse:
        flash(wording.nobody_else(), "warn")
        return True
    if request is not None:
        flash(wording.asked(second_persons(session, act, user)), "ok")
    return request is not None


def may_take_along(session: Session, user: User, now: datetime) -> bool:
    """Whether somebody may take readers along as a file, whichever page it is on; if not, a second person was asked.

    It is asked for oneself: what a colleague is granted is no use to anybody else.
    """
    granted = use_grant(session, Act.EXPORT, user, now)
    return granted or not asks_first(session, Act.EXPORT, {"who": user.id}, user, now)
