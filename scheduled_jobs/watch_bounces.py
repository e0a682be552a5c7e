"""Staff hear of it when mail servers refuse letters for policy."""

from newsletter_service.bounces.notices import prepare, tell
from newsletter_service.db import db, read_only, unit_of_work
from newsletter_service.services import services


def run() -> str:
    """Tell staff of refusals for policy that were not told yet."""
    now = services().clock()
    read_only()
    alert = prepare(db.session(), services(), now)
    db.session.rollback()
    if alert is None:
        return ""
    with unit_of_work() as session:
        tell(session, alert, now)
    return f"told {len(alert.notice.letters)} members of staff of {alert.refusals} refusals for policy"
