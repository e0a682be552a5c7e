"""Pauses that have ended by themselves are written down as such."""

from newsletter_service.db import unit_of_work
from newsletter_service.services import services
from newsletter_service.subscriptions.pausing.service import end_due


def run() -> str:
    """Write down which pauses are over."""
    with unit_of_work() as session:
        ended = end_due(session, services().clock())
    return f"ended {ended} pauses" if ended else ""
