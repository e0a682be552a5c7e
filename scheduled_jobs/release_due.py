"""At its time an edition goes out, unless it is held, unsigned where that matters, or far too late."""

from newsletter_service.db import unit_of_work
from newsletter_service.editions.release import release_due
from newsletter_service.parts import parts


def run() -> str:
    """Release, or hold, every edition whose time has come."""
    with unit_of_work() as session:
        moved = [
            f"{edition.number} is {edition.state}"
            for edition in release_due(session, parts(), parts().clock())
        ]
    return f"due: {', '.join(moved)}" if moved else ""
