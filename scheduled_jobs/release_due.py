"""At its time an edition or a correction goes out, unless it is held, unsigned where that matters, or far too late."""

from newsletter_service.db import unit_of_work
from newsletter_service.editions.corrections.approval import release_due_corrections
from newsletter_service.editions.releasing.service import release_due
from newsletter_service.services import services


def run() -> str:
    """Release, or hold, every edition and every correction whose time has come."""
    now = services().clock()
    with unit_of_work() as session:
        moved = [f"{edition.number} is {edition.state}" for edition in release_due(session, services(), now)]
    with unit_of_work() as session:
        corrections = release_due_corrections(session, services(), now)
        moved += [f"correction {one.id} is {'held' if one.held_at else 'released'}" for one in corrections]
    return f"due: {', '.join(moved)}" if moved else ""
