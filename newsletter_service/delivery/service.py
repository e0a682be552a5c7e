"""Use cases of the ledger: write letters and deliveries down, stop them, count them."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, delete, func, insert, literal, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.functions import FunctionElement

from newsletter_service.db import UtcDateTime, rows_changed
from newsletter_service.delivery.ledger import domain_backoff
from newsletter_service.delivery.ledger.due import MAY_BE_CLAIMED
from newsletter_service.delivery.ledger.workers import STOPPED
from newsletter_service.delivery.models import Delivery, DeliveryTotal, Letter, Mailing
from newsletter_service.delivery.rules import (
    EDITION_GIVE_UP,
    LONGEST_WAIT,
    NOTICE_GIVE_UP,
    OPEN_STATES,
    DeliveryState,
)
from newsletter_service.letters.stored import as_words
from newsletter_service.letters.values import Notice, PreparedLetter

NO_SUBSCRIBER = 0
"""Whose a notice is that goes to somebody who is no subscriber; those to staff are nobody's."""


def write_notice(
    session: Session,
    letter: Notice | PreparedLetter,
    address: str,
    now: datetime,
    *,
    name: str = "",
    subscriber_id: int | None = None,
    subscriber_key: str | None = None,
    give_up_after: timedelta = NOTICE_GIVE_UP,
    to_suppressed: bool = False,
) -> Delivery:
    """One letter to one address, belonging to no mailing: it goes out with the next run of the delivery job.

    Of a notice the words are written down; its letter is made when it goes, outside of any transaction that writes.
    Only one `to_suppressed` goes to an address that is not mailed otherwise: whoever writes it answers for that.
    """
    written = add_letter(session, None, letter, now)
    written.to_suppressed = to_suppressed
    row = Delivery(
        letter_id=written.id,
        subscriber_id=subscriber_id,
        subscriber_key=subscriber_key,
        address=address,
        domain=address.rpartition("@")[2],
        name=name,
        created_at=now,
        next_attempt_at=now,
        give_up_at=now + give_up_after,
    )
    session.add(row)
    session.flush()
    return row


def open_mailing(session: Session, now: datetime) -> Mailing:
    """A new mailing, not paused, still without letters."""
    mailing = Mailing(created_at=now)
    session.add(mailing)
    session.flush()
    return mailing


def add_letter(
    session: Session, mailing: Mailing | None, letter: Notice | PreparedLetter, now: datetime
) -> Letter:
    """Put a prepared letter, or the words of a notice, into the ledger."""
    row = Letter(
        mailing_id=mailing.id if mailing else None,
        language=letter.language,
        subject=letter.subject,
        created_at=now,
    )
    if isinstance(letter, Notice):
        row.words = as_words(letter)
    else:
        row.skeleton = letter.skeleton
    session.add(row)
    session.flush()
    return row


def add_deliveries(
    session: Session,
    mailing: Mailing,
    letter_id: int,
    recipients: Select[int, str, str, str, str],
    now: datetime,
    *,
    answers: InstrumentedAttribute[int] | None = None,
) -> int:
    """Writes one ready row for each of `recipients` and returns their number; names and addresses stay in the database.

    They are selected as subscriber_id, subscriber_key, address, domain and name; `answers` is the column among what
    they are selected from with the delivery that theirs is threaded under. A subscriber who is already in this mailing
    is an IntegrityError.
    """
    shared: dict[str, ColumnElement[Any] | InstrumentedAttribute[int]] = {
        "mailing_id": literal(mailing.id),
        "letter_id": literal(letter_id),
        "created_at": literal(now, UtcDateTime),
        "next_attempt_at": literal(now, UtcDateTime),
        "give_up_at": literal(now + EDITION_GIVE_UP, UtcDateTime),
    }
    if answers is not None:
        shared["answers_id"] = answers
    rows = recipients.add_columns(*shared.values())
    statement = insert(Delivery).from_select([*_OF_A_RECIPIENT, *shared], rows)
    return rows_changed(session, statement)


_OF_A_RECIPIENT = ("subscriber_id", "subscriber_key", "address", "domain", "name")


def pause_mailing(session: Session, mailing: Mailing, reason: str, now: datetime) -> None:
    """From now on nothing of `mailing` is claimed or handed over; what is on the wire finishes."""
    mailing.paused_at = now
    mailing.pause_reason = reason[:500]
    session.flush()


def resume_mailing(session: Session, mailing: Mailing) -> None:
    """Let `mailing` go on where it was paused."""
    mailing.paused_at = None
    mailing.pause_reason = ""
    session.flush()


def cancel_mailing(session: Session, mailing: Mailing, now: datetime) -> int:
    """Cancels all of a paused mailing that is still open and returns the number of rows.

    Rows that a worker is writing at this very moment are left out: waiting for them could be waiting for one
    another. Nobody claims them while the mailing is paused, so that asking again gets them.
    """
    mine = select(Delivery.id).where(Delivery.mailing_id == mailing.id, Delivery.settled_at.is_(None))
    return _cancel(session, now, Delivery.id.in_(mine.with_for_update(skip_locked=True)))


def block_unsubscribes(session: Session) -> None:
    """Have who leaves wait until this transaction ends: its rows, which they cannot see yet, are cancelled then.

    For whatever writes rows to readers, before it looks who they are. SQLite has one writer at a time anyway.
    """
    _take(session, func.pg_advisory_xact_lock(_LEAVING))


def _take(session: Session, lock: FunctionElement[None]) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(lock))


_LEAVING = 5_137_020_818  # any number that no other lock in this database has


def cancel_for_subscriber(
    session: Session, subscriber_id: int, now: datetime, address: str | None = None
) -> int:
    """Cancel every edition still on its way to a reader who leaves, and returns the number of rows.

    Notices to the reader stay; those to another address than theirs go too, where that `address` is given.
    """
    _take(session, func.pg_advisory_xact_lock_shared(_LEAVING))
    editions = Delivery.mailing_id.is_not(None)
    which = editions if address is None else or_(editions, Delivery.address != address)
    return _cancel(session, now, Delivery.subscriber_id == subscriber_id, which)


def cancel_notices_elsewhere(session: Session, subscriber_id: int, address: str, now: datetime) -> int:
    """Cancel notices about a subscriber that are on their way to another address than theirs; returns their number."""
    mine = (Delivery.subscriber_id == subscriber_id, Delivery.mailing_id.is_(None))
    return _cancel(session, now, *mine, Delivery.address != address)


def cancel_notices_to(session: Session, address: str, now: datetime) -> int:
    """Cancel what is on its way to an address that is no subscriber's, but for staff; returns the number of letters."""
    theirs = (Delivery.address == address, Delivery.subscriber_id.is_not(None))
    return _cancel(session, now, *theirs, Delivery.mailing_id.is_(None))


def readdress(session: Session, subscriber_id: int, address: str, subscriber_key: str) -> int:
    """Lets letters of mailings that are still to go to a subscriber go to another address; returns their number.

    One that is with the server just now goes where it was going. Workers find that they hold the others no more.
    """
    _take(session, func.pg_advisory_xact_lock_shared(_LEAVING))
    freed = case((Delivery.attempts > 0, DeliveryState.DEFERRED), else_=DeliveryState.READY)
    waiting = (Delivery.settled_at.is_(None), Delivery.handed_at.is_(None))
    moved = (
        update(Delivery)
        .where(Delivery.subscriber_id == subscriber_id, Delivery.mailing_id.is_not(None), *waiting)
        .values(
            address=address,
            domain=address.rpartition("@")[2],
            subscriber_key=subscriber_key,
            lease_holder=None,
            state=case((Delivery.state == DeliveryState.CLAIMED, freed), else_=Delivery.state),
        )
    )
    return rows_changed(session, moved)


def _cancel(session: Session, now: datetime, *which: ColumnElement[bool]) -> int:
    """Stop open rows, or for one that is with the server just now, any further attempt. How many."""
    unhanded = Delivery.handed_at.is_(None)
    stopped = (
        update(Delivery)
        .where(*which, Delivery.settled_at.is_(None))
        .values(
            cancel_asked_at=now,
            state=case((unhanded, STOPPED), else_=Delivery.state),
            settled_at=case((unhanded, now), else_=None),
            lease_holder=case((unhanded, None), else_=Delivery.lease_holder),
        )
    )
    return rows_changed(session, stopped)


def repair_clock_skew(session: Session, now: datetime) -> int:
    """Make due what is to wait for longer than any letter does: a clock was ahead when it was put off. How many."""
    late = update(Delivery).where(MAY_BE_CLAIMED, Delivery.next_attempt_at > now + LONGEST_WAIT)
    return rows_changed(session, late.values(next_attempt_at=now))


def counts(session: Session, mailing_id: int) -> dict[DeliveryState, int]:
    """The number of letters of a mailing in each state, also of those whose rows are numbers by now.

    A letter with an unknown outcome that will be sent again counts as deferred: it is not done with.
    """
    mine = (
        Delivery.mailing_id == mailing_id,
        Delivery.state.in_(list(DeliveryState)),
    )  # all there are, as the index has them
    found = session.execute(select(Delivery.state, func.count()).where(*mine).group_by(Delivery.state))
    result = dict.fromkeys(DeliveryState, 0)
    result.update(dict(found.all()))
    if result[DeliveryState.UNCERTAIN]:
        again = select(func.count()).where(
            *mine, Delivery.state == DeliveryState.UNCERTAIN, Delivery.settled_at.is_(None)
        )
        waiting = session.scalars(again).one()
        result[DeliveryState.UNCERTAIN] -= waiting
        result[DeliveryState.DEFERRED] += waiting
    for total in session.scalars(select(DeliveryTotal).where(DeliveryTotal.mailing_id == mailing_id)):
        result[total.state] += total.number
    return result


def open_count(session: Session, mailing_id: int) -> int:
    """How many rows of a mailing may still go out."""
    by_state = counts(session, mailing_id)
    return sum(by_state[state] for state in OPEN_STATES)


def purge_notices(session: Session, before: datetime) -> int:
    """Removes notices that were settled before a moment, with their letters, and returns their number."""
    return _remove(session, Delivery.settled_at < before)


def purge_backoffs(session: Session, now: datetime) -> int:
    """Removes backoffs of domains that count no more and returns their number."""
    return domain_backoff.forget(session.connection(), now)


def erase_notices(session: Session, subscriber_id: int) -> int:
    """Removes all notices to a subscriber, also those still on their way, and returns their number."""
    return _remove(session, Delivery.subscriber_id == subscriber_id)


def erase_notices_to(session: Session, address: str, written_for: Collection[int] = ()) -> int:
    """Removes notices to an address that were written for nobody, or for other subscribers; returns their number."""
    whose = Delivery.subscriber_id.in_([NO_SUBSCRIBER, *written_for])
    return _remove(session, whose, Delivery.address == address)


def forget_recipient(session: Session, subscriber_id: int, now: datetime) -> int:
    """Stops letters of mailings to a subscriber and takes the person off all of them; returns their number."""
    cancel_for_subscriber(session, subscriber_id, now)
    return _forget(session, Delivery.subscriber_id == subscriber_id)


def forget_address(session: Session, address: str, now: datetime) -> int:
    """Removes what is left of letters to an address whose subscriber may be gone; those to staff stay.

    It reads the whole ledger. Returns the number of letters.
    """
    theirs = (Delivery.address == address, Delivery.subscriber_id.is_not(None))
    _cancel(session, now, *theirs, Delivery.mailing_id.is_not(None))
    return _remove(session, *theirs) + _forget(session, *theirs)


def _forget(session: Session, *which: ColumnElement[bool]) -> int:
    """Leave of letters what is counted: nobody, and nothing that a server said of anybody."""
    emptied = update(Delivery).where(*which).values(dict.fromkeys(_OF_A_PERSON, "") | _LINKS_TO_A_PERSON)
    return rows_changed(session, emptied)


_OF_A_PERSON = ("address", "domain", "name", "reply_text")
_LINKS_TO_A_PERSON = {"subscriber_id": None, "subscriber_key": None}


def _remove(session: Session, *which: ColumnElement[bool]) -> int:
    rows = session.scalars(select(Delivery).where(Delivery.mailing_id.is_(None), *which)).all()
    for row in rows:
        session.delete(row)
        session.flush()
        session.execute(delete(Letter).where(Letter.id == row.letter_id))
    return len(rows)
