"""Each night the head of the audit trail is mailed to people of every organisation."""

from newsletter_service.db import reading, unit_of_work
from newsletter_service.services import services
from newsletter_service.trail.notices import due, mail_head


def run() -> str:
    """Mail it, if that was not done tonight."""
    now = services().clock()
    with reading() as session:
        if not due(session, now):
            return ""
    with unit_of_work() as session:
        head, told = mail_head(session, now)
    return f"mailed the head of the audit trail, entry {head.number}, to {told} people"
