"""There is always a next edition that collects."""

from newsletter_service.db import unit_of_work
from newsletter_service.editions.composing import open_next_edition
from newsletter_service.web.parts import parts


def run() -> str:
    """Open the next edition unless one is open."""
    with unit_of_work() as session:
        edition = open_next_edition(session, parts().clock())
        return f"edition {edition.number} collects until {edition.closes_at:%Y-%m-%d %H:%M} UTC"
