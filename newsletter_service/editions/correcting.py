"""Corrections: a short letter to exactly those who got an edition, written, looked at and released once."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from newsletter_service.delivery import service as delivery
from newsletter_service.delivery.models import Delivery, Mailing
from newsletter_service.delivery.reached import perhaps_reached, reached
from newsletter_service.editions.content import correction_content
from newsletter_service.editions.emails import correction_held
from newsletter_service.editions.models import Correction, Edition
from newsletter_service.editions.notices import tell_staff
from newsletter_service.editions.preview import letter_of
from newsletter_service.editions.readership import ACTIVE, RECIPIENT
from newsletter_service.editions.rules import CorrectionChanged, NobodyHasIt, NothingWritten, hash_of
from newsletter_service.editions.service import Statement, lock, mailing_of, statement_of
from newsletter_service.editions.written import in_correction, refuse_personal_links
from newsletter_service.errors import NotFound
from newsletter_service.letters.values import PreparedLetter
from newsletter_service.publisher.press import Press
from newsletter_service.staff.models import User
from newsletter_service.staff.service import record
from newsletter_service.subscriptions.models import Subscriber


@dataclass(frozen=True)
class Audience:
    """How many readers a correction goes to, and of how many of them it is not sure that they got the edition."""

    readers: int
    unsure: int


def draft_of(session: Session, edition: Edition) -> Correction | None:
    """The correction that somebody is writing, if any."""
    query = select(Correction).where(Correction.edition_id == edition.id, Correction.mailing_id.is_(None))
    return session.scalars(query).first()


def released_correction(session: Session, edition: Edition, number: int) -> Correction:
    """One of the corrections that went out, by its own number; NotFound."""
    found = session.get(Correction, number)
    if found is None or found.edition_id != edition.id or found.mailing_id is None:
        raise NotFound(f"edition {edition.number} has no correction {number}")
    return found


def fingerprint(correction: Correction) -> str:
    """Tells whether a correction is still what somebody looked at (SHA-256, hex)."""
    return hash_of([correction.subject, correction.text])


def audience(session: Session, edition: Edition) -> Audience:
    """To whom a correction would go now."""
    mailing_id = mailing_of(edition)
    return Audience(_number(session, reached(mailing_id)), _number(session, perhaps_reached(mailing_id)))


def _number(session: Session, had_it: ColumnElement[bool]) -> int:
    """How many active readers have such a row."""
    query = select(func.count()).select_from(Delivery).join(Subscriber, Subscriber.id == Delivery.reader_id)
    return session.scalars(query.where(ACTIVE, had_it)).one()


@dataclass(frozen=True)
class Words:
    """What a correction says, written on top of what was `seen` (a fingerprint; empty: nothing yet)."""

    subject: str
    text: str
    seen: str = ""


def write(session: Session, press: Press, edition: Edition, words: Words, user: User, now: datetime) -> None:
    """Keep what a correction is to say, in place of an earlier draft.

    Raises NotFound before the edition is released, CorrectionChanged; letters.errors.LetterError.
    """
    lock(session, edition)
    mailing_of(edition)
    draft = draft_of(session, edition)
    if draft is None:
        draft = Correction(edition_id=edition.id, subject="", text="")
        session.add(draft)
    elif words.seen != fingerprint(draft):
        raise CorrectionChanged
    draft.subject, draft.text, draft.user_id = words.subject, words.text, user.id
    letter_for(session, press, edition, draft, "nl")
    session.flush()
    record(session, user, "correction.write", "correction", draft.id, now, edition=edition.number)


def letter_for(
    session: Session, press: Press, edition: Edition, draft: Correction, language: str
) -> PreparedLetter:
    """What a reader of this language would get; letters.errors.LetterError."""
    return letter_of(session, press, correction_content(edition, draft.subject, draft.text, language))


def release(
    session: Session, press: Press, edition: Edition, seen: str, user: User, now: datetime
) -> Correction:
    """Send the correction that somebody saw (its fingerprint) to all who got the edition and still want letters.

    Doing it twice sends once. Raises NothingWritten, CorrectionChanged, PersonalLink,
    NobodyHasIt; letters.errors.LetterError.
    """
    lock(session, edition)
    draft = draft_of(session, edition)
    if draft is None:
        raise NothingWritten
    if fingerprint(draft) != seen:
        raise CorrectionChanged
    refuse_personal_links(in_correction(draft), press.links.base_url)
    delivery.let_nobody_leave(session)
    draft.mailing, draft.released_at = delivery.open_mailing(session, now), now
    draft.readers = _address(session, press, edition, draft, draft.mailing, now)
    if not draft.readers:
        raise NobodyHasIt
    record(
        session,
        user,
        "correction.release",
        "correction",
        draft.id,
        now,
        edition=edition.number,
        readers=draft.readers,
    )
    return draft


def _address(
    session: Session, press: Press, edition: Edition, draft: Correction, mailing: Mailing, now: datetime
) -> int:
    """One letter a language, one delivery a reader; how many. The readers stay in the database."""
    had_it, written = reached(mailing_of(edition)), 0
    languages = select(Subscriber.language).join(Delivery, Delivery.reader_id == Subscriber.id)
    for language in session.scalars(languages.where(ACTIVE, had_it).distinct()).all():
        letter = delivery.add_letter(
            session, mailing, letter_for(session, press, edition, draft, language), now
        )
        readers = _recipients(language, had_it)
        written += delivery.add_deliveries(session, mailing, letter.id, readers, now)
    return written


def _recipients(language: str, had_it: ColumnElement[bool]) -> Select[int, str, str, str, str]:
    query = select(*RECIPIENT).join(Delivery, Delivery.reader_id == Subscriber.id)
    return query.where(ACTIVE, Subscriber.language == language, had_it)


@dataclass(frozen=True)
class Released:
    """A correction that went out, its mailing and its own statement."""

    correction: Correction
    mailing: Mailing
    numbers: Statement


def released_of(session: Session, edition: Edition) -> list[Released]:
    """The corrections of an edition that went out, the newest first, with what became of their letters."""
    query = select(Correction, Mailing).join(Mailing, Mailing.id == Correction.mailing_id)
    mine = query.where(Correction.edition_id == edition.id).order_by(Correction.id.desc())
    return [
        Released(one, mailing, statement_of(session, mailing.id, one.readers))
        for one, mailing in session.execute(mine)
    ]


def hold(session: Session, correction: Correction, user: User, now: datetime) -> None:
    """Stop a correction where it is; what is on the wire finishes."""
    if correction.mailing is not None and correction.held_at is None:
        correction.held_at = now
        delivery.pause_mailing(session, correction.mailing, "", now)
        record(session, user, "correction.hold", "correction", correction.id, now)


def hold_paused(session: Session, press: Press, now: datetime) -> int:
    """Mark the corrections that the mail server does not take as held, and tell staff; how many."""
    query = select(Correction, Mailing, Edition.number).join_from(Correction, Mailing)
    released = query.join(Edition, Edition.id == Correction.edition_id)
    paused = released.where(Mailing.paused_at.is_not(None), Correction.held_at.is_(None))
    found = session.execute(paused).all()
    for correction, mailing, number in found:
        correction.held_at = now
        tell_staff(session, press, partial(correction_held, number, mailing.pause_reason), now)
    return len(found)


def resume(session: Session, correction: Correction, user: User, now: datetime) -> None:
    """Let a held correction go on."""
    if correction.mailing is not None:
        correction.held_at = None
        delivery.resume_mailing(session, correction.mailing)
        record(session, user, "correction.resume", "correction", correction.id, now)
