"""Use cases of a service that keeps still: what is known of its database, and letting that go on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from newsletter_service.continuity import service as continuity
from newsletter_service.continuity.models import Continuity
from newsletter_service.continuity.rules import Why
from newsletter_service.continuity.service import Standing, still_row
from newsletter_service.delivery import copies
from newsletter_service.editions.composing.service import compose_edition
from newsletter_service.editions.models import Correction, Edition
from newsletter_service.editions.rules import EditionState, HoldReason
from newsletter_service.editions.service import hold
from newsletter_service.errors import Conflict
from newsletter_service.services import Services
from newsletter_service.staff.models import User
from newsletter_service.staff.service import record


class Answer(StrEnum):
    """What a person says of the time since the copy was made."""

    NOTHING_WENT_OUT = "nothing_went_out"
    """No letter went out since: the rest goes."""
    LETTERS_MAY_HAVE_GONE = "letters_may_have_gone"
    """Nobody can tell: what was under way is left uncertain, what could have come due is held."""


class GoesOn(Conflict):
    """The service does not keep still (any more): somebody was first."""


@dataclass(frozen=True)
class UnderWay:
    """An edition, or one of its corrections, with letters that were still to go when the copy was made."""

    number: int
    letters: int
    correction: bool


@dataclass(frozen=True)
class Situation:
    """What is known of a service that keeps still since `since`.

    The copy is of `known_at`; until `worked_until` this machine saw the original at work (None: not after that).
    `may_be_out` are editions that wait, and that the original may have released since.
    """

    why: Why
    since: datetime
    known_at: datetime
    worked_until: datetime | None
    under_way: tuple[UnderWay, ...]
    notices: int
    may_be_out: tuple[int, ...]


def situation(session: Session, now: datetime) -> Situation | None:
    """What is known if the service keeps still, None if it does not."""
    row = still_row(session)
    if row is None or row.still_why is None or row.still_since is None or row.known_at is None:
        return None
    open_then = copies.open_letters(session, row.last_delivery_id or 0)
    return Situation(
        why=row.still_why,
        since=row.still_since,
        known_at=row.known_at,
        worked_until=row.worked_until,
        under_way=_under_way(session, open_then),
        notices=open_then.get(None, 0),
        may_be_out=tuple(edition.number for edition in _that_may_be_out(session, now)),
    )


def go_on(session: Session, services: Services, user: User | None, answer: Answer, now: datetime) -> Standing:
    """Let the service go on from this copy; tell the result to the witness once it is committed. Raises GoesOn."""
    row = still_row(session, held=True)
    if row is None:
        raise GoesOn("the service goes on already")
    told = {"answer": str(answer), "why": str(row.still_why), "known_at": _text(row.known_at)}
    last_id, letters = row.last_delivery_id or 0, 0
    copies.forget_workers(session, now, hold=services.delivery.hold_uncertain)
    if answer is Answer.LETTERS_MAY_HAVE_GONE:
        letters = copies.leave_uncertain(session, last_id, now)
        _hold_what_may_be_out(session, services, user, now)
    standing = continuity.go_on(session.connection(), now)
    record(session, user, "service.go_on", Continuity.__tablename__, row.id, now, letters=letters, **told)
    return standing


def _under_way(session: Session, open_then: dict[int | None, int]) -> tuple[UnderWay, ...]:
    mailings = [one for one in open_then if one is not None]
    editions = select(Edition.mailing_id, Edition.number).where(Edition.mailing_id.in_(mailings))
    corrections = (
        select(Correction.mailing_id, Edition.number)
        .join(Edition, Edition.id == Correction.edition_id)
        .where(Correction.mailing_id.in_(mailings))
    )
    found = [
        UnderWay(number, open_then[mailing], correction)
        for query, correction in ((editions, False), (corrections, True))
        for mailing, number in session.execute(query)
    ]
    return tuple(sorted(found, key=lambda one: (one.number, one.correction)))


def _that_may_be_out(session: Session, now: datetime) -> Sequence[Edition]:
    """Editions that were ready to go, and those whose copy closed since: somebody may have released any of them."""
    closed = (Edition.state == EditionState.COLLECTING) & (Edition.closes_at <= now)
    waiting = select(Edition).where(or_(Edition.state == EditionState.COMPOSED, closed))
    return session.scalars(waiting.order_by(Edition.number)).all()


def _hold_what_may_be_out(session: Session, services: Services, user: User | None, now: datetime) -> None:
    for edition in _that_may_be_out(session, now):
        if edition.state is EditionState.COLLECTING:
            compose_edition(session, services, edition, user, now)
        hold(session, edition, user, now, reason=HoldReason.RESTORED)
    waiting = select(Correction).where(Correction.mailing_id.is_(None), Correction.due_at.is_not(None))
    for correction in session.scalars(waiting):
        correction.held_at, correction.held_by_id, correction.due_at = now, user.id if user else None, None


def _text(moment: datetime | None) -> str:
    return moment.isoformat() if moment is not None else ""
