"""Changes of address to which the old one did not object in time come about; unanswered ones are forgotten."""

from newsletter_service.db import reading, unit_of_work
from newsletter_service.services import services
from newsletter_service.subscriptions.address_changes.service import due, finish


def run() -> str:
    """Finish what is due, each reader in a transaction of their own."""
    now, moved = services().clock(), 0
    with reading() as session:
        found = due(session, now)
    for subscriber_id in found:
        with unit_of_work() as session:
            moved += finish(session, services(), subscriber_id, now)
    return f"changed {moved} addresses" if moved else ""
