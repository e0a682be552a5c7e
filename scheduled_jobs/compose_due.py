"""At closing time an edition is composed."""

from newsletter_service.db import unit_of_work
from newsletter_service.editions.composing.service import compose_due
from newsletter_service.services import services


def run() -> str:
    """Compose every edition whose closing time has come."""
    with unit_of_work() as session:
        numbers = [edition.number for edition in compose_due(session, services(), services().clock())]
    return f"composed: {', '.join(map(str, numbers))}" if numbers else ""
