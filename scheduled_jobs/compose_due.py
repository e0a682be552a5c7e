"""At closing time an edition is composed."""

from newsletter_service.db import unit_of_work
from newsletter_service.editions.composing.ahead import compare_ahead
from newsletter_service.editions.composing.service import closed_editions, compose_due
from newsletter_service.services import services


def run() -> str:
    """Compose every edition whose closing time has come."""
    now = services().clock()
    with unit_of_work() as session:
        due = bool(closed_editions(session, now))
    if due:
        compare_ahead(now)
    with unit_of_work() as session:
        numbers = [edition.number for edition in compose_due(session, services(), now)]
    return f"composed: {', '.join(map(str, numbers))}" if numbers else ""
