"""The heads' agreement to a correction: it is put to them, held or agreed to, and goes out when the rule allows it."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.editions import rules
from newsletter_service.editions.composing.sign_offs import SignOffState, signs_for, states_of
from newsletter_service.editions.corrections import emails
from newsletter_service.editions.corrections.rules import Next, due_at, what_next
from newsletter_service.editions.corrections.service import audience, draft_of, fingerprint, seen_draft, send
from newsletter_service.editions.models import Correction, CorrectionSignOff, Edition
from newsletter_service.editions.notices import heads_of, tell, tell_staff
from newsletter_service.editions.rules import Hindrance, NobodyHasIt, NothingWritten, NotOffered, ReleaseRule
from newsletter_service.editions.service import calendar, lock
from newsletter_service.editions.texts import in_correction, refuse_personal_links
from newsletter_service.errors import NotAllowed
from newsletter_service.letters.errors import LetterError
from newsletter_service.publisher.mail_context import MailContext
from newsletter_service.publisher.service import organisations
from newsletter_service.staff.models import User
from newsletter_service.staff.service import record


@dataclass(frozen=True)
class Agreement:
    """What the heads said to a correction: the rule, who agreed to what it says now, and who is missing.

    `wait` is the minutes that it waits under the automatic rule, counted from when it is offered.
    """

    rule: ReleaseRule
    wait: int
    signed: tuple[SignOffState, ...]

    @property
    def missing(self) -> tuple[SignOffState, ...]:
        """The organisations that did not agree, or to other words."""
        return tuple(one for one in self.signed if not one.valid)


def agreement(session: Session, draft: Correction) -> Agreement:
    """What the heads said to a correction that was not sent."""
    settings = calendar(session)
    signed = states_of(session, draft.sign_offs, fingerprint(draft))
    return Agreement(settings.release_rule, settings.correction_minutes, tuple(signed))


def awaiting(session: Session, organisation_id: int) -> list[Edition]:
    """Returns the editions of which a correction was offered that an organisation did not agree to."""
    offered = select(Correction).where(
        Correction.released_at.is_(None), Correction.mailing_id.is_(None), Correction.offered_at.is_not(None)
    )
    drafts = session.scalars(offered.order_by(Correction.id)).all()
    return [
        session.get_one(Edition, draft.edition_id)
        for draft in drafts
        if any(one.organisation_id == organisation_id for one in agreement(session, draft).missing)
    ]


def offer(
    session: Session, mail_context: MailContext, edition: Edition, seen: str, user: User, now: datetime
) -> Correction:
    """Put the correction that somebody saw (its fingerprint) to the heads; a head agrees to it by doing so.

    It goes out immediately if nobody else has to agree, and doing it twice sends once. Raises NothingWritten,
    CorrectionChanged, PersonalLink, NobodyHasIt; letters.errors.LetterError.
    """
    draft = seen_draft(session, edition, seen)
    refuse_personal_links(in_correction(draft), mail_context.links.base_url)
    if not audience(session, edition, now, draft.item_id).readers:
        raise NobodyHasIt
    mine = signs_for(user)
    if mine is not None:
        _sign(draft, mine, user, now)
    first = draft.offered_at is None
    if first:
        draft.offered_at = now
        rule, minutes = calendar(session).release_rule, calendar(session).correction_minutes
        draft.due_at = due_at(rule, minutes, now, held=draft.held_at is not None)
    session.flush()
    record(session, user, "correction.offer", "correction", draft.id, now, edition=edition.number)
    if _move_on(session, mail_context, edition, draft, user, now) is Next.WAIT and first:
        _ask_the_others(session, mail_context, edition, draft, user, now)
    return draft


def agree(
    session: Session, mail_context: MailContext, edition: Edition, seen: str, user: User, now: datetime
) -> Correction:
    """Agree, on behalf of the user's organisation, to what a correction says; with the last one it goes out.

    Raises NotAllowed, NothingWritten, CorrectionChanged, NotOffered, NobodyHasIt; letters.errors.LetterError.
    """
    draft = seen_draft(session, edition, seen)
    organisation_id = signs_for(user)
    if organisation_id is None:
        raise NotAllowed("only heads agree, on behalf of their organisation")
    if draft.offered_at is None:
        raise NotOffered
    _sign(draft, organisation_id, user, now)
    session.flush()
    detail = {"organisation": organisation_id, "content": seen}
    record(session, user, "correction.agree", "correction", draft.id, now, **detail)
    _move_on(session, mail_context, edition, draft, user, now)
    return draft


def hold_back(
    session: Session, mail_context: MailContext, edition: Edition, user: User, now: datetime
) -> None:
    """Keep a correction that waits from going out before all heads agree; raises NothingWritten, NotOffered."""
    lock(session, edition)
    draft = draft_of(session, edition)
    if draft is None:
        raise NothingWritten
    if draft.offered_at is None:
        raise NotOffered
    if draft.held_at is None:
        draft.held_at, draft.held_by_id, draft.due_at = now, user.id, None
        record(session, user, "correction.hold", "correction", draft.id, now, edition=edition.number)
        tell_staff(
            session, mail_context, partial(emails.correction_held_back, edition.number, user.name), now
        )


def release_due_corrections(session: Session, mail_context: MailContext, now: datetime) -> list[Correction]:
    """Send or, where that cannot be, hold every correction that has waited long enough."""
    due = select(Correction.id).where(
        Correction.mailing_id.is_(None), Correction.held_at.is_(None), Correction.due_at <= now
    )
    moved = []
    for number in session.scalars(due.order_by(Correction.id)).all():
        draft = session.get_one(Correction, number)
        edition = session.get_one(Edition, draft.edition_id)
        lock(session, edition)
        session.refresh(draft)
        if (
            draft.mailing_id is None
            and _move_on(session, mail_context, edition, draft, None, now) is not Next.WAIT
        ):
            moved.append(draft)
    return moved


def _sign(draft: Correction, organisation_id: int, user: User, now: datetime) -> None:
    mine = next((one for one in draft.sign_offs if one.organisation_id == organisation_id), None)
    if mine is None:
        mine = CorrectionSignOff(organisation_id=organisation_id)
        draft.sign_offs.append(mine)
    mine.user, mine.content_hash, mine.at = user, fingerprint(draft), now


def _move_on(
    session: Session,
    mail_context: MailContext,
    edition: Edition,
    draft: Correction,
    user: User | None,
    now: datetime,
) -> Next:
    """Let a correction that was offered go, or hold it, or wait, as the rule has it."""
    held = draft.held_at is not None
    rule = calendar(session).release_rule
    step = what_next(rule, _missing(session, draft), draft.due_at, now, held=held)
    if step is Next.GO and user is not None:
        send(session, mail_context, edition, draft, user, now)
    elif step is Next.GO:
        return _send_by_itself(session, mail_context, edition, draft, now)
    elif step is Next.HOLD:
        _hold(session, mail_context, edition, draft, Hindrance.LATE, now)
    return step


def _missing(session: Session, draft: Correction) -> tuple[int, ...]:
    ids = tuple(organisation.id for organisation in organisations(session))
    signed = {one.organisation_id: one.content_hash for one in draft.sign_offs}
    return rules.missing_sign_offs(ReleaseRule.BOTH, ids, signed, fingerprint(draft))


def _send_by_itself(
    session: Session, mail_context: MailContext, edition: Edition, draft: Correction, now: datetime
) -> Next:
    """What cannot be sent is held, so that it is not tried again every few seconds."""
    try:
        with session.begin_nested():
            send(session, mail_context, edition, draft, None, now)
    except LetterError:
        _hold(session, mail_context, edition, draft, Hindrance.UNPRINTABLE, now)
    except NobodyHasIt:
        _hold(session, mail_context, edition, draft, Hindrance.NOBODY, now)
    else:
        return Next.GO
    return Next.HOLD


def _hold(
    session: Session,
    mail_context: MailContext,
    edition: Edition,
    draft: Correction,
    why: Hindrance,
    now: datetime,
) -> None:
    session.refresh(draft)
    draft.held_at, draft.hindrance, draft.due_at = now, why, None
    record(session, None, "correction.hold", "correction", draft.id, now, reason=why)
    tell_staff(session, mail_context, partial(emails.correction_hindered, edition.number, why), now)


def _ask_the_others(
    session: Session,
    mail_context: MailContext,
    edition: Edition,
    draft: Correction,
    user: User,
    now: datetime,
) -> None:
    """Mail the heads whose agreement is missing; the one who offers it has seen it."""
    facts = emails.OfferedFacts(
        number=edition.number,
        zone=edition.zone,
        by=user.name,
        subject=draft.subject,
        text=draft.text,
        due_at=draft.due_at,
    )
    asked = [head for head in heads_of(session, _missing(session, draft)) if head.id != user.id]
    tell(session, mail_context, asked, partial(emails.correction_offered, facts), now)
