"""Administrators hear of it when passwords are being guessed."""

from newsletter_service.db import db, read_only, unit_of_work
from newsletter_service.services import services
from newsletter_service.staff.access.notices import prepare, tell


def run() -> str:
    """Tell administrators of a peak of failed sign-ins, if there is one that was not told yet."""
    now = services().clock()
    read_only()
    peak = prepare(db.session(), services(), now)
    db.session.rollback()
    if peak is None:
        return ""
    with unit_of_work() as session:
        tell(session, peak, now)
    return f"told {len(peak.notice.letters)} administrators of {peak.failures} failed sign-ins"
