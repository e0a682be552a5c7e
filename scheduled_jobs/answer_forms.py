"""What strangers asked for on forms is answered."""

from newsletter_service.db import reading, unit_of_work
from newsletter_service.services import services
from newsletter_service.subscriptions.requests import service


def run() -> str:
    """Answer what waits, each in a transaction of its own; what gets no answer is forgotten."""
    with reading() as session:
        waiting, unanswerable = service.waiting(session), service.unanswerable(session)
    if unanswerable:
        with unit_of_work() as session:
            service.drop_unanswerable(session)
    answered = 0
    for request_id in waiting:
        with unit_of_work() as session:
            answered += service.answer(session, services(), request_id)
    return f"forms: {answered} answered" if answered else ""
