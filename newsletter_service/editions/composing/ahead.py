"""Comparing items before the transaction that composes, in which others would wait for it."""

from datetime import datetime

from newsletter_service.db import unit_of_work
from newsletter_service.editorial.likeness.pairs import look_alikes, texts_of, told_before
from newsletter_service.editorial.service import queued_items, sent_items


def compare_ahead(now: datetime) -> None:
    """Compare what waits and what was sent; what comes of it is kept for who composes next in this process."""
    with unit_of_work() as session:
        waiting = [texts_of(item) for item in queued_items(session)]
        sent = sent_items(session, now)
    look_alikes(waiting)
    told_before(waiting, sent, ())
