"""Use cases of signing up again: ask, find, take up, forget."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from newsletter_service.db import add_missing
from newsletter_service.documents.service import Read, keep_shown, shown_as
from newsletter_service.links.tokens import Holder, new_key
from newsletter_service.links.urls import CONFIRM_WITHIN
from newsletter_service.subscriptions.choosing.service import choose, chosen
from newsletter_service.subscriptions.consent.rules import By, Step
from newsletter_service.subscriptions.consent.service import record_wish
from newsletter_service.subscriptions.models import Subscriber
from newsletter_service.subscriptions.renewing.models import Renewal
from newsletter_service.subscriptions.rules import Choices, Status


def ask(
    session: Session,
    subscriber: Subscriber,
    choices: Choices,
    read: Read | None,
    asked_by: tuple[By, str],
    now: datetime,
) -> Renewal:
    """Keep a sign-up for somebody who left beside what is stored about them; the last one counts."""
    by, source = asked_by
    asked = {
        "choices": choices.as_json(),
        "wording_hash": keep_shown(session, read.wording, now) if read is not None else "",
        "privacy_hash": keep_shown(session, read.privacy, now) if read is not None else "",
        "actor": by.actor,
        "staff_id": by.staff_id,
        "source": source,
        "asked_at": now,
    }
    new = {"subscriber_id": subscriber.id, "link_key": new_key()}
    add_missing(session, Renewal, [new | asked])
    renewal = session.get_one(Renewal, subscriber.id, with_for_update={"of": Renewal}, populate_existing=True)
    for name, value in asked.items():
        setattr(renewal, name, value)
    session.flush()
    return renewal


def find(session: Session, holder: Holder, *, to_change: bool = False) -> Renewal | None:
    """The sign-up whose mail had this link; `to_change` holds its reader's row until the transaction ends."""
    mine = select(Renewal).where(Renewal.link_key == holder.key)
    if to_change:
        whose = select(Subscriber.id).join(Renewal, Renewal.subscriber_id == Subscriber.id)
        session.execute(whose.where(Renewal.link_key == holder.key).with_for_update(of=Subscriber))
        mine = mine.execution_options(populate_existing=True)
    return session.scalars(mine).one_or_none()


def take_up(session: Session, renewal: Renewal, now: datetime) -> None:
    """Let the sign-up become the reader's own, as one that waits to be confirmed; earlier links end."""
    subscriber = renewal.subscriber
    subscriber.link_key, subscriber.former_link = renewal.link_key, None
    subscriber.status, subscriber.asked_at, subscriber.paused_until = Status.PENDING, renewal.asked_at, None
    choose(session, subscriber, Choices.from_json(renewal.choices), now)
    by = By(renewal.actor, renewal.staff_id)
    record_wish(
        session,
        subscriber,
        Step.ASKED,
        by,
        renewal.source,
        renewal.asked_at,
        read=_read(session, renewal),
        detail=chosen(subscriber),
    )
    session.delete(renewal)
    session.flush()


def _read(session: Session, renewal: Renewal) -> Read | None:
    if not renewal.wording_hash:
        return None
    return Read(shown_as(session, renewal.wording_hash), shown_as(session, renewal.privacy_hash))


def drop(session: Session, subscriber: Subscriber) -> None:
    """Forget what somebody signed this reader up for."""
    session.execute(delete(Renewal).where(Renewal.subscriber_id == subscriber.id))


def forget_stale(session: Session, now: datetime) -> None:
    """Forget sign-ups that nobody confirmed in time."""
    session.execute(delete(Renewal).where(Renewal.asked_at < now - CONFIRM_WITHIN))
