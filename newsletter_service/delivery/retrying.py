"""What people decide about letters that did not surely arrive: once more, or to count them as sent."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Select, Update, update
from sqlalchemy.orm import Session

from newsletter_service.delivery.models import Delivery
from newsletter_service.delivery.reporting import Filter, Group
from newsletter_service.delivery.rules import EDITION_GIVE_UP, State

RETRIED = (Group.FAILED, Group.UNCERTAIN)


def retry(session: Session, mailing_id: int, which: Filter, readers: Select[int], now: datetime) -> int:
    """Let failed or uncertain letters to `readers` (their ids) go out once more; how many.

    They keep their Message-ID. One to an address that is not to be mailed any more is cancelled when its turn comes.
    """
    return _change(
        session,
        update(Delivery)
        .where(*which.rows(mailing_id), Delivery.reader_id.in_(readers))
        .values(
            state=State.DEFERRED,
            settled_at=None,
            next_attempt_at=now,
            give_up_at=now + EDITION_GIVE_UP,
            cancel_asked_at=None,
        ),
    )


def count_as_sent(session: Session, mailing_id: int, which: Filter) -> int:
    """Believe that letters arrived of which the outcome is unknown; how many. They may have arrived twice."""
    uncertain = replace(which, group=Group.UNCERTAIN)
    return _change(session, update(Delivery).where(*uncertain.rows(mailing_id)).values(state=State.SENT))


def _change(session: Session, statement: Update) -> int:
    done = session.execute(statement.execution_options(synchronize_session=False))
    session.expire_all()
    return int(done.rowcount)  # type: ignore[attr-defined]
