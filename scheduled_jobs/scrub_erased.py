"""Who was erased goes from the database's files too, within the minute."""

from newsletter_service.services import services
from newsletter_service.subscriptions.erasing.scrubbing import scrub


def run() -> str:
    """Rewrite the files once after each erasure, or several; the next run tries again where somebody was reading."""
    return "" if scrub(services().clock()) else "the database's files could not be rewritten yet"
