"""Letters that a clock that was ahead put off for longer than any letter waits are due now."""

from newsletter_service.db import unit_of_work
from newsletter_service.delivery import service
from newsletter_service.services import services


def run() -> str:
    """Make them due."""
    with unit_of_work() as session:
        letters = service.repair_clock_skew(session, services().clock())
    return f"due now, for they were put off for too long: {letters} letters" if letters else ""
