"""Where readers are many they are counted now and then, so that no page has to."""

from newsletter_service.db import reading, unit_of_work
from newsletter_service.editions.readers import are_many, count_kinds, keep_kinds
from newsletter_service.services import services


def run() -> str:
    """Count readers by what they chose, and keep that; of few nothing is kept, for pages count those themselves."""
    now = services().clock()
    with reading() as session:
        kinds = count_kinds(session) if are_many(session) else {}
    if kinds:
        with unit_of_work() as session:
            keep_kinds(session, kinds, now)
    return ""
