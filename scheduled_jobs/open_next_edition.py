"""There is always a next edition that collects."""

from sqlalchemy import func, select

from newsletter_service.db import unit_of_work
from newsletter_service.editions.composing.service import open_next_edition
from newsletter_service.editions.models import Edition
from newsletter_service.services import services


def run() -> str:
    """Open the next edition unless one is open."""
    with unit_of_work() as session:
        latest = session.scalar(select(func.max(Edition.number)))
        edition = open_next_edition(session, services().clock())
        if edition.number <= (latest or 0):
            return ""
        return f"edition {edition.number} collects until {edition.closes_at:%Y-%m-%d %H:%M} UTC"
