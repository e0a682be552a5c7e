"""Readers are asked again about a text that changed, where its editor said so."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from newsletter_service.db import reading, unit_of_work
from newsletter_service.documents.models import Document
from newsletter_service.publisher.mail_context import MailContext
from newsletter_service.services import services
from newsletter_service.subscriptions.reconsent import notices, service

_Do = Callable[[Session, MailContext, Document, int, datetime], bool]


def run() -> str:
    """Ask, remind and end; each reader in a transaction of its own."""
    now = services().clock()
    with reading() as session:
        document = service.asking(session)
        if document is None:
            return ""
        number = document.id
        silent = service.to_end(session, document, now)
        reminded = service.to_remind(session, document, now)
        asked = service.to_ask(session, document, now)
    ended = sum(_done(notices.end, number, one, now) for one in silent)
    again = sum(_done(notices.remind, number, one, now) for one in reminded)
    first = sum(_done(notices.ask, number, one, now) for one in asked)
    if first or again or ended:
        return f"asked {first} readers to agree again, reminded {again}, ended {ended} subscriptions"
    return ""


def _done(do: _Do, document_id: int, subscriber_id: int, now: datetime) -> bool:
    with unit_of_work() as session:
        return do(session, services(), session.get_one(Document, document_id), subscriber_id, now)
