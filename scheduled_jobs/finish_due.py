"""An edition of which nothing is open any more is sent, and its statement adds up; what was paused is told."""

from newsletter_service.db import unit_of_work
from newsletter_service.editions.corrections.service import hold_paused
from newsletter_service.editions.releasing.service import finish_due
from newsletter_service.editions.service import statement
from newsletter_service.services import services


def run() -> str:
    """Finish every edition that is through; one line a statement, in Dutch: it is for those who make the newsletter."""
    now = services().clock()
    with unit_of_work() as session:
        finished = finish_due(session, services(), now)
        hold_paused(session, services(), now)
        lines = []
        for edition in finished:
            told = statement(session, edition)
            lines.append(
                f"Editie {edition.number} verstuurd: {told.intended} bedoeld = {told.sent} verstuurd "
                f"+ {told.failed} mislukt + {told.excluded} overgeslagen + {told.cancelled} geannuleerd "
                f"+ {told.uncertain} onzeker"
            )
    return "\n".join(lines)
