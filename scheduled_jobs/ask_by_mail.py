"""Those on lists that prove no consent are asked whether they want the newsletter, as budgets of mails allow."""

from newsletter_service.db import reading, unit_of_work
from newsletter_service.services import services
from newsletter_service.subscriptions.requesting import service


def run() -> str:
    """Ask whose time has come, each in a transaction of its own."""
    now = services().clock()
    with reading() as session:
        due = service.due(session, now)
    asked = 0
    for request_id in due:
        with unit_of_work() as session:
            asked += service.ask(session, services(), request_id, now)
    return f"asked {asked} people of lists" if asked else ""
