"""The database is looked at and marked: a copy of it is noticed, and says of which moment it is."""

from newsletter_service.continuity.service import look
from newsletter_service.db import db
from newsletter_service.services import services


def run() -> str:
    """Mark that this database goes on, where it does."""
    delivery = services().delivery
    with db.engine.begin() as connection:
        standing = look(connection, delivery.witness, delivery.clock(), marks=True)
    standing.tell(delivery.witness)
    return ""
