"""Use cases of acts that need a second person.

What a request does is bound to a hash: `current` gives what it would do now (None: that can not be done any more), and
if that is another thing than was asked for, nobody can accept it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from newsletter_service.db import rows_changed
from newsletter_service.errors import Conflict, NotAllowed, NotFound
from newsletter_service.links.urls import Links
from newsletter_service.staff.four_eyes import emails
from newsletter_service.staff.four_eyes.models import ActRequest, FourEyes
from newsletter_service.staff.four_eyes.rules import (
    GRANTED_FOR,
    OPEN_FOR,
    ROLES,
    Act,
    RequestState,
    fingerprint,
)
from newsletter_service.staff.models import User
from newsletter_service.staff.notices import prepare_notice, staff_with, write_down
from newsletter_service.staff.rules import Role
from newsletter_service.staff.service import record

What = dict[str, Any]
_DECIDED_SHOWN = 20


class NobodyElse(Conflict):
    """There is no second person with the right role."""

    def __init__(self) -> None:
        super().__init__("nobody else may accept this")


class Overtaken(Conflict):
    """The request is not open any more, or would do another thing now."""

    def __init__(self) -> None:
        super().__init__("this request is not what it was")


def settings(session: Session) -> dict[Act, bool]:
    """Whether each act needs a second person."""
    chosen = {row.act: row.needed for row in session.scalars(select(FourEyes))}
    return {act: chosen.get(act, False) for act in Act}


def needed(session: Session, act: Act) -> bool:
    """Whether an act needs a second person."""
    return settings(session)[act]


def set_needed(session: Session, wanted: Mapping[Act, bool], by: User, now: datetime) -> None:
    """Set which acts need a second person; each that changes is an entry of its own."""
    before = settings(session)
    for act, is_needed in wanted.items():
        if is_needed != before[act]:
            session.merge(FourEyes(act=act, needed=is_needed))
            action = "setting.four_eyes_on" if is_needed else "setting.four_eyes_off"
            record(session, by, action, "setting", 0, now, act=act)
    session.flush()


def able(session: Session, act: Act) -> list[User]:
    """Returns who may do an act, and so accept what somebody else asks for."""
    return staff_with(session, ROLES[act])


def second_persons(session: Session, act: Act, first: User) -> list[User]:
    """Returns who may accept what `first` asks for."""
    return [user for user in able(session, act) if user.id != first.id]


def ask(session: Session, links: Links, act: Act, what: What, by: User, now: datetime) -> ActRequest:
    """Asks for a second person and mails those who may be it. NobodyElse.

    Asking for the same again changes nothing; what a colleague asked for stays theirs, also where it is the same.
    """
    others = second_persons(session, act, by)
    if not others:
        raise NobodyElse
    hashed = fingerprint(act, what)
    mine = (one for one in open_requests(session, now, act) if one.asked_by_id == by.id)
    found = next((one for one in mine if one.hash == hashed), None)
    if found is not None:
        return found
    request = ActRequest(
        act=act, what=what, hash=hashed, state=RequestState.OPEN, asked_by_id=by.id, asked_at=now
    )
    session.add(request)
    session.flush()
    _note(session, "request.ask", request, by, now)
    words = partial(emails.somebody_asks, request.id, by.name, act, links)
    write_down(session, prepare_notice(others, words), now)
    return request


def ask_first(
    session: Session, links: Links, act: Act, what: What, by: User, now: datetime
) -> ActRequest | None:
    """Asks for a second person where an act needs one; None where it may be done right away. NobodyElse."""
    return ask(session, links, act, what, by, now) if needed(session, act) else None


def accept(
    session: Session,
    links: Links,
    number: int,
    seen: str,
    by: User,
    now: datetime,
    current: Callable[[Session, ActRequest], What | None],
) -> ActRequest:
    """Accepts what was seen; what follows is done by the caller in the same transaction. NotAllowed, Overtaken.

    It is done in the name of who asked: somebody who may not do it any more is no first person, and one is too few.
    """
    request = _to_decide(session, number, by, now)
    if not request.asked_by.active or not _has_role(request.act, request.asked_by):
        raise Overtaken
    what = current(session, request)
    if seen != request.hash or what is None or fingerprint(request.act, what) != request.hash:
        raise Overtaken
    _decide(session, links, request, RequestState.ACCEPTED, by, now)
    return request


def decline(session: Session, links: Links, number: int, by: User, now: datetime) -> None:
    """Declines a request. NotAllowed, Overtaken."""
    _decide(session, links, _to_decide(session, number, by, now), RequestState.DECLINED, by, now)


def withdraw(session: Session, number: int, by: User, now: datetime) -> None:
    """Takes a request of one's own back. NotAllowed, Overtaken."""
    request = _held(session, number)
    if request.asked_by_id != by.id:
        raise NotAllowed("only who asked takes it back")
    _still_open(request, now)
    request.state, request.decided_by_id, request.decided_at = RequestState.WITHDRAWN, by.id, now
    _note(session, "request.withdraw", request, by, now)


def use_grant(session: Session, act: Act, by: User, now: datetime) -> bool:
    """Whether somebody may do once, within a day, what was accepted for them; it is used up by that."""
    mine = select(ActRequest).where(
        ActRequest.act == act,
        ActRequest.state == RequestState.ACCEPTED,
        ActRequest.asked_by_id == by.id,
        ActRequest.decided_at > now - GRANTED_FOR,
    )
    request = session.scalars(mine.limit(1).with_for_update(of=ActRequest)).first()
    if request is None:
        return False
    request.state = RequestState.USED
    session.flush()
    return True


def forget(session: Session, before: datetime) -> int:
    """Forgets requests of before a moment and returns their number; the audit trail keeps what was done."""
    return rows_changed(session, delete(ActRequest).where(ActRequest.asked_at < before))


def numbered(session: Session, number: int) -> ActRequest:
    """A request by number; NotFound."""
    found = session.get(ActRequest, number)
    if found is None:
        raise NotFound(f"no request {number}")
    return found


def open_requests(session: Session, now: datetime, act: Act | None = None) -> Sequence[ActRequest]:
    """Requests that wait for somebody, the oldest first: all, or those of one act."""
    which = [ActRequest.state == RequestState.OPEN, ActRequest.asked_at > now - OPEN_FOR]
    if act is not None:
        which.append(ActRequest.act == act)
    return session.scalars(select(ActRequest).where(*which).order_by(ActRequest.id)).all()


def decided_requests(session: Session) -> Sequence[ActRequest]:
    """The requests that were decided last, the newest first."""
    query = select(ActRequest).where(ActRequest.state != RequestState.OPEN)
    return session.scalars(query.order_by(ActRequest.id.desc()).limit(_DECIDED_SHOWN)).all()


def may_decide(request: ActRequest, user: User, now: datetime) -> bool:
    """Whether somebody may be the second person of a request: never who asked."""
    is_open = request.state is RequestState.OPEN and request.asked_at > now - OPEN_FOR
    return is_open and request.asked_by_id != user.id and _has_role(request.act, user)


def _has_role(act: Act, user: User) -> bool:
    mine: set[Role] = {role.name for role in user.roles}
    return not mine.isdisjoint(ROLES[act])


def _to_decide(session: Session, number: int, by: User, now: datetime) -> ActRequest:
    request = _held(session, number)
    if request.asked_by_id == by.id or not _has_role(request.act, by):
        raise NotAllowed("a second person with the right role decides")
    _still_open(request, now)
    return request


def _still_open(request: ActRequest, now: datetime) -> None:
    if request.state is not RequestState.OPEN or request.asked_at <= now - OPEN_FOR:
        raise Overtaken


def _held(session: Session, number: int) -> ActRequest:
    query = select(ActRequest).where(ActRequest.id == number).with_for_update(of=ActRequest)
    found = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound(f"no request {number}")
    return found


def _decide(
    session: Session, links: Links, request: ActRequest, state: RequestState, by: User, now: datetime
) -> None:
    request.state, request.decided_by_id, request.decided_at = state, by.id, now
    session.flush()
    accepted = state is RequestState.ACCEPTED
    _note(session, "request.accept" if accepted else "request.decline", request, by, now)
    words = partial(emails.somebody_decided, request.id, by.name, request.act, links, accepted=accepted)
    write_down(session, prepare_notice([request.asked_by], words), now)


def _note(session: Session, action: str, request: ActRequest, by: User, now: datetime) -> None:
    detail = {"act": request.act, "hash": request.hash, "asked_by": request.asked_by_id}
    record(session, by, action, "request", request.id, now, **detail)
