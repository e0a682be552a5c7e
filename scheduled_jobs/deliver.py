"""What the ledger holds is sent."""

from newsletter_service.delivery.sender import send_until_empty
from newsletter_service.web.sending import outbox


def run() -> str:
    """Send all that is due."""
    verdicts = send_until_empty(outbox())
    return ", ".join(f"{verdict.value} {count}" for verdict, count in sorted(verdicts.items()))
