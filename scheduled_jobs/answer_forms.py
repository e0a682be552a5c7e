"""What strangers asked for on forms is answered."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from newsletter_service.db import reading, unit_of_work
from newsletter_service.publisher.mail_context import MailContext
from newsletter_service.services import services
from newsletter_service.staff.choosing import service as choosing
from newsletter_service.subscriptions.requests import service


def run() -> str:
    """Answer what waits, each in a transaction of its own; what gets no answer is forgotten."""
    with reading() as session:
        waiting, unanswerable = service.waiting(session), service.unanswerable(session)
        of_staff = choosing.waiting(session)
    if unanswerable:
        with unit_of_work() as session:
            service.drop_unanswerable(session)
    answered = sum(_answered(service.answer, request_id) for request_id in waiting)
    answered += sum(_answered(choosing.answer, request_id) for request_id in of_staff)
    return f"forms: {answered} answered" if answered else ""


def _answered(answer: Callable[[Session, MailContext, int], bool], request_id: int) -> bool:
    with unit_of_work() as session:
        return answer(session, services(), request_id)
