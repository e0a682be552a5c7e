"""What servers refused for good counts as what comes back."""

from newsletter_service.bounces.service import take_in_refusals
from newsletter_service.db import unit_of_work
from newsletter_service.services import services


def run() -> str:
    """Take in refusals that were not counted yet."""
    with unit_of_work() as session:
        number = take_in_refusals(session, services().clock())
    return f"counted {number} refusals" if number else ""
