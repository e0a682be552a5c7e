"""Claims to segments: domains prove some, readers hear what was decided, and are asked about what ends."""

from newsletter_service.db import unit_of_work
from newsletter_service.services import services
from newsletter_service.subscriptions.verification import notices
from newsletter_service.subscriptions.verification.service import settle_waiting
from scheduled_jobs.one_by_one import each


def run() -> str:
    """Settle, tell and ask; each reader's mail in a transaction of its own."""
    now = services().clock()
    with unit_of_work() as session:
        settled = settle_waiting(session, now)
    told = each(notices.to_tell, lambda work, one, at: notices.tell(work, services(), one, at), now)
    asked = each(
        notices.coming_to_an_end, lambda work, one, at: notices.ask_or_end(work, services(), one, at), now
    )
    if settled or told or asked:
        return f"verified {settled} claims by domain, told {told} readers, asked {asked}"
    return ""
