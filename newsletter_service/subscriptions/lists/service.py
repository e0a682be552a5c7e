"""Use cases of lists that staff hand in; the work on them is done in `working`, between these transactions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from newsletter_service.documents.terms.service import terms
from newsletter_service.errors import NotFound
from newsletter_service.retention import Term
from newsletter_service.staff.models import User
from newsletter_service.staff.service import record
from newsletter_service.subscriptions.importing.rules import Answers
from newsletter_service.subscriptions.lists.answers import as_kept
from newsletter_service.subscriptions.lists.models import SubscriberList
from newsletter_service.subscriptions.lists.rules import BUSY, MOST_TRIES, OPEN, OVER, ListState, moved

_SHOWN = 20
_SUBJECT = "subscriber_list"


def hand_in(session: Session, key: str, file_name: str, by: User, now: datetime) -> SubscriberList:
    """Take note of a list whose file is kept under `key`."""
    name = file_name.replace("\0", "")[-150:]  # PostgreSQL takes no NUL
    handed_in = SubscriberList(key=key, file_name=name, by_id=by.id, handed_in_at=now)
    session.add(handed_in)
    session.flush()
    record(session, by, "list.handed_in", _SUBJECT, handed_in.id, now)
    return handed_in


def numbered(session: Session, number: int, *, to_change: bool = False) -> SubscriberList:
    """A list by number, held until the transaction ends if `to_change`; NotFound."""
    query = select(SubscriberList).where(SubscriberList.id == number)
    if to_change:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(f"no list {number}")
    return found


def last_lists(session: Session) -> Sequence[SubscriberList]:
    """The lists that were handed in last, the newest first."""
    newest = select(SubscriberList).order_by(SubscriberList.id.desc()).limit(_SHOWN)
    return session.scalars(newest).all()


def answer(session: Session, number: int, chosen: Sequence[str], answers: Answers) -> None:
    """Say what the columns are and where consent came from; the list is checked next, and nothing is changed yet."""
    one = _move(session, number, ListState.ANSWERED)
    one.chosen, one.answers, one.outcome = list(chosen), as_kept(answers), None


def approve(session: Session, number: int, by: User, now: datetime) -> None:
    """Let a list that was checked be taken in; who does that brings its readers."""
    one = _move(session, number, ListState.APPROVED)
    one.by_id = by.id
    record(session, by, "list.approved", _SUBJECT, number, now)


def what_is_taken_in(session: Session, number: int) -> dict[str, Any] | None:
    """What taking in a list that was checked would do; None for one that is not waiting for that."""
    one = numbered(session, number)
    if one.state is not ListState.CHECKED:
        return None
    return {"list": number, "chosen": one.chosen, "answers": one.answers, "outcome": one.outcome}


def ask_again(session: Session, number: int) -> None:
    """Let a list that was checked wait for other answers."""
    _move(session, number, ListState.LOOKED_AT)


def throw_away(session: Session, number: int, by: User, now: datetime) -> None:
    """Let go of a list that is not taken in yet."""
    _move(session, number, ListState.THROWN_AWAY)
    record(session, by, "list.thrown_away", _SUBJECT, number, now)


@dataclass(frozen=True)
class Work:
    """What is to be done for one list, as values that outlive the transaction."""

    number: int
    key: str
    file_name: str
    by_id: int
    state: ListState
    chosen: tuple[str, ...] | None
    answers: dict[str, object] | None


def has_work(session: Session) -> bool:
    """Whether any list waits for work."""
    busy = select(SubscriberList.id).where(SubscriberList.state.in_(BUSY)).limit(1)
    return session.scalar(busy) is not None


def next_work(session: Session) -> Work | None:
    """The list that waits longest for work, claimed for one more try; one that was tried too often is given up."""
    busy = select(SubscriberList).where(SubscriberList.state.in_(BUSY)).order_by(SubscriberList.id)
    for one in session.scalars(busy.with_for_update()):
        if one.tries == MOST_TRIES:
            one.state = ListState.STUCK
            continue
        one.tries += 1
        session.flush()
        chosen = tuple(one.chosen) if one.chosen is not None else None
        return Work(one.id, one.key, one.file_name, one.by_id, one.state, chosen, one.answers)
    return None


def try_again(session: Session, work: Work) -> None:
    """Take a try back that was none of the list's fault."""
    numbered(session, work.number, to_change=True).tries -= 1
    session.flush()


def is_wanted(session: Session, work: Work) -> bool:
    """Whether a list still waits for this work; its row is held until the transaction ends."""
    return numbered(session, work.number, to_change=True).state is work.state


def looked_at(session: Session, work: Work) -> None:
    """Take note that a list was looked at."""
    _move(session, work.number, ListState.LOOKED_AT)


def unreadable(session: Session, work: Work) -> None:
    """Take note that a file cannot be read."""
    _move(session, work.number, ListState.UNREADABLE)


def checked(session: Session, work: Work, outcome: dict[str, int]) -> None:
    """Take note of what would become of the lines of a list."""
    _move(session, work.number, ListState.CHECKED).outcome = outcome


def taken_in(session: Session, work: Work, outcome: dict[str, int]) -> None:
    """Take note of what became of the lines of a list, in the transaction that takes them in."""
    _move(session, work.number, ListState.TAKEN_IN).outcome = outcome


def _move(session: Session, number: int, to: ListState) -> SubscriberList:
    one = numbered(session, number, to_change=True)
    one.state, one.tries = moved(one.state, to), 0
    session.flush()
    return one


@dataclass(frozen=True)
class Needed:
    """The keys of folders: of those whose upload is needed still, and of those whose report is."""

    uploads: frozenset[str]
    reports: frozenset[str]


def forget_old(session: Session, now: datetime) -> Needed:
    """Give up lists that nobody went on with, forget those of long ago, and say whose files are needed still."""
    kept = terms(session)
    stale = select(SubscriberList).where(
        SubscriberList.state.in_(OPEN), SubscriberList.handed_in_at < now - kept[Term.LISTS]
    )
    for one in session.scalars(stale.with_for_update()):
        one.state = ListState.FORGOTTEN
    session.execute(
        delete(SubscriberList).where(
            SubscriberList.state.in_(OVER), SubscriberList.handed_in_at < now - kept[Term.LIST_REPORTS]
        )
    )
    session.flush()
    found = session.execute(select(SubscriberList.key, SubscriberList.state)).all()
    return Needed(
        frozenset(row.key for row in found if row.state in OPEN), frozenset(row.key for row in found)
    )
