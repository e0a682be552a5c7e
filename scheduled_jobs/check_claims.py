"""Claims to segments: domains prove some, readers hear what was decided, and are asked about what ends."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from newsletter_service.db import reading, unit_of_work
from newsletter_service.publisher.mail_context import MailContext
from newsletter_service.services import services
from newsletter_service.subscriptions.verification import notices
from newsletter_service.subscriptions.verification.service import settle_waiting


def run() -> str:
    """Settle, tell and ask; each reader's mail in a transaction of its own."""
    now = services().clock()
    with unit_of_work() as session:
        settled = settle_waiting(session, now)
    told = _each(notices.to_tell, notices.tell, now)
    asked = _each(notices.coming_to_an_end, notices.ask_or_end, now)
    if settled or told or asked:
        return f"verified {settled} claims by domain, told {told} readers, asked {asked}"
    return ""


def _each(
    whom: Callable[[Session, datetime], Sequence[int]],
    do: Callable[[Session, MailContext, int, datetime], bool],
    now: datetime,
) -> int:
    with reading() as session:
        found = whom(session, now)
    done = 0
    for subscriber_id in found:
        with unit_of_work() as session:
            done += do(session, services(), subscriber_id, now)
    return done
