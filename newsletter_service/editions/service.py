"""Editions as a whole: finding them, holding, resuming and cancelling them, and their statement."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import Session

from newsletter_service.db import LARGEST_NUMBER, rows_changed
from newsletter_service.delivery import reporting
from newsletter_service.delivery import service as delivery
from newsletter_service.delivery.rules import OPEN_STATES, DeliveryState
from newsletter_service.editions import rules
from newsletter_service.editions.content import content_hash, items_in
from newsletter_service.editions.models import Calendar, Edition, Exclusion
from newsletter_service.editions.rules import BadTime, EditionState, EditionStatus, HoldReason, Move
from newsletter_service.errors import NotFound
from newsletter_service.publisher.service import NOT_SET_UP, organisations
from newsletter_service.staff.models import User
from newsletter_service.staff.service import record


@dataclass(frozen=True)
class Statement:
    """What became of an edition's letters, in numbers of readers.

    `deferred` ones are among the open ones, `repeated` ones (which may have come twice) among the sent ones.
    """

    intended: int
    sent: int = 0
    failed: int = 0
    excluded: int = 0
    cancelled: int = 0
    uncertain: int = 0
    open: int = 0
    deferred: int = 0
    repeated: int = 0

    @property
    def adds_up(self) -> bool:
        """Whether every reader it was meant for is accounted for."""
        accounted = self.sent + self.failed + self.excluded + self.cancelled + self.uncertain + self.open
        return self.intended == accounted


def calendar(session: Session) -> Calendar:
    """The publishing calendar's one row; raises NotFound before the newsletter is set up."""
    found = session.scalars(select(Calendar).order_by(Calendar.id).limit(1)).first()
    if found is None:
        raise NotFound(NOT_SET_UP)
    return found


def all_editions(session: Session) -> list[Edition]:
    """All editions, the newest first."""
    return list(session.scalars(select(Edition).order_by(Edition.number.desc())))


def next_collecting(session: Session) -> Edition | None:
    """The edition whose copy closes first of those that are still open, if there is one."""
    collecting = select(Edition).where(Edition.state == EditionState.COLLECTING).order_by(Edition.closes_at)
    return session.scalars(collecting.limit(1)).first()


def edition_numbered(session: Session, number: int) -> Edition:
    """Edition `number`; raises NotFound."""
    found = session.scalar(select(Edition).where(Edition.number == min(number, LARGEST_NUMBER)))
    if found is None:
        raise NotFound(f"there is no edition {number}")
    return found


def lock(session: Session, edition: Edition) -> None:
    """Reload an edition and keep others from changing it until the transaction ends."""
    session.flush()  # refreshing would drop what is not written yet
    session.refresh(edition, with_for_update={"of": Edition})


def status_of(edition: Edition) -> EditionStatus:
    """The state of an edition, as the rules know it."""
    return EditionStatus(edition.state, edition.held_from)


def set_status(edition: Edition, at: EditionStatus) -> None:
    """Set the state of an edition."""
    edition.state, edition.held_from = at.state, at.held_from


def note(
    session: Session, edition: Edition, move: Move, user: User | None, now: datetime, **detail: object
) -> None:
    """Write a move into the audit trail; without a user it was the scheduler or the command line."""
    record(session, user, f"edition.{move}", "edition", edition.id, now, **detail)


def missing_sign_offs(session: Session, edition: Edition, content: str) -> tuple[int, ...]:
    """Ids of the organisations whose agreement to `content` (a hash) the release rule still waits for."""
    rule = calendar(session).release_rule
    ids = tuple(organisation.id for organisation in organisations(session))
    signed = {one.organisation_id: one.content_hash for one in edition.sign_offs}
    return rules.missing_sign_offs(rule, ids, signed, content)


def missing_names(session: Session, edition: Edition) -> tuple[str, ...]:
    """Short names of the organisations that did not agree to what readers would get, whatever the release rule."""
    signed = {one.organisation_id: one.content_hash for one in edition.sign_offs}
    content = content_hash(edition, items_in(edition))
    return tuple(one.short_name for one in organisations(session) if signed.get(one.id) != content)


def hold(
    session: Session,
    edition: Edition,
    user: User | None,
    now: datetime,
    words: str = "",
    *,
    reason: HoldReason | None = None,
) -> None:
    """Stop a composed or running edition and pause its mailing, for a `reason` of ours or in the words of who does it.

    Raises WrongState.
    """
    lock(session, edition)
    set_status(edition, rules.hold(status_of(edition)))
    edition.hold_reason, edition.hold_words = reason, words[:300]
    why = reason or edition.hold_words
    if edition.mailing is not None and edition.mailing.paused_at is None:
        delivery.pause_mailing(session, edition.mailing, why, now)
    note(session, edition, Move.HOLD, user, now, reason=why)


def resume(
    session: Session, edition: Edition, user: User | None, now: datetime, sends_at: datetime | None = None
) -> None:
    """Let a held edition go on, at a new time if one is given; raises WrongState, TooLate, BadTime."""
    lock(session, edition)
    if sends_at is not None and sends_at < now:
        raise BadTime("an edition cannot go out in the past", "sends_at")
    planned = sends_at or edition.sends_at
    set_status(edition, rules.resume(status_of(edition), sends_at=planned, now=now))
    if edition.mailing is not None:
        delivery.resume_mailing(session, edition.mailing)
    else:
        edition.sends_at = planned
    edition.hold_reason, edition.hold_words = None, ""
    note(session, edition, Move.RESUME, user, now, sends_at=planned.isoformat())


def hold_to_cancel(session: Session, edition: Edition, user: User | None, now: datetime) -> None:
    """Stop an edition that is being sent immediately: cancelling many letters takes seconds. Raises WrongState."""
    if edition.state == EditionState.SENDING:
        hold(session, edition, user, now, reason=HoldReason.CANCELLING)


def cancel(session: Session, edition: Edition, user: User | None, now: datetime) -> int:
    """Cancel an edition; returns the number of letters that were still to go and are cancelled. Raises WrongState.

    `hold_to_cancel` comes first, in a transaction of its own.
    """
    lock(session, edition)
    set_status(edition, rules.cancel(status_of(edition)))
    stopped = 0
    if edition.mailing is not None:
        delivery.pause_mailing(session, edition.mailing, "", now)
        stopped = delivery.cancel_mailing(session, edition.mailing, now)
    note(session, edition, Move.CANCEL, user, now, letters=stopped)
    return stopped


def mailing_of(edition: Edition) -> int:
    """The number of an edition's mailing; NotFound before it is released."""
    if edition.mailing_id is None:
        raise NotFound(f"edition {edition.number} was not released")
    return edition.mailing_id


def statement(session: Session, edition: Edition) -> Statement:
    """What became of the letters of a released edition; zeros before it is released."""
    if edition.numbers is not None:
        return Statement(**edition.numbers)
    if edition.mailing_id is None:
        return Statement(intended=edition.intended or 0)
    excluded = select(func.count()).select_from(Exclusion).where(Exclusion.edition_id == edition.id)
    without = edition.excluded + session.scalars(excluded).one()
    return statement_of(session, edition.mailing_id, edition.intended or 0, without)


def forget_who_was_excluded(session: Session, before: datetime) -> int:
    """Leaves of those without a letter of an edition that was sent before a moment their number; returns that."""
    forgotten = 0
    old = exists().where(Exclusion.edition_id == Edition.id)
    for edition_id in session.scalars(select(Edition.id).where(Edition.sent_at < before, old)).all():
        number = rows_changed(session, delete(Exclusion).where(Exclusion.edition_id == edition_id))
        session.execute(
            update(Edition).where(Edition.id == edition_id).values(excluded=Edition.excluded + number)
        )
        forgotten += number
    return forgotten


def keep_statement(session: Session, edition: Edition) -> None:
    """Count the letters of a sent edition for the last time, until some go out once more or are counted otherwise."""
    edition.numbers = None
    edition.numbers = asdict(statement(session, edition))


def statement_of(session: Session, mailing_id: int, intended: int, excluded: int = 0) -> Statement:
    """What became of the letters of a mailing that was meant for so many readers."""
    counts = delivery.counts(session, mailing_id)
    return Statement(
        intended=intended,
        sent=counts[DeliveryState.SENT],
        failed=counts[DeliveryState.FAILED],
        excluded=excluded,
        cancelled=counts[DeliveryState.CANCELLED],
        uncertain=counts[DeliveryState.UNCERTAIN],
        open=sum(counts[state] for state in OPEN_STATES),
        deferred=counts[DeliveryState.DEFERRED],
        repeated=reporting.repeated(session, mailing_id),
    )
