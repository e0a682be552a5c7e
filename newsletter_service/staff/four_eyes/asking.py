"""What views do before an act that may need a second person."""

from datetime import datetime

from flask import flash
from sqlalchemy.orm import Session

from newsletter_service.services import services
from newsletter_service.staff.four_eyes import wording
from newsletter_service.staff.four_eyes.rules import Act
from newsletter_service.staff.four_eyes.service import NobodyElse, What, ask_first, second_persons
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
