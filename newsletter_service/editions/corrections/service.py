"""Corrections: a short letter to exactly those who got an edition, or one of its items; writing it, and sending it."""

from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import Session

from newsletter_service.audience.rules import is_public
from newsletter_service.delivery import service as delivery
from newsletter_service.delivery.ledger.recipients import perhaps_reached, reached
from newsletter_service.delivery.models import Delivery, Letter, Mailing
from newsletter_service.editions.content import correction_content, item_view, items_in
from newsletter_service.editions.corrections.emails import correction_held
from newsletter_service.editions.merging import changed, combined
from newsletter_service.editions.models import Correction, Edition, LetterItem
from newsletter_service.editions.notices import tell_staff
from newsletter_service.editions.preview.service import letter_of
from newsletter_service.editions.readers import RECIPIENT, may_be_mailed
from newsletter_service.editions.rules import (
    CorrectionChanged,
    EditionConflict,
    NobodyHasIt,
    NothingWritten,
    hash_of,
)
from newsletter_service.editions.service import Statement, lock, mailing_of, statement_of
from newsletter_service.editorial.models import Item
from newsletter_service.errors import Invalid, NotFound
from newsletter_service.languages import Language
from newsletter_service.letters.values import PreparedLetter
from newsletter_service.publisher.mail_context import MailContext
from newsletter_service.staff.models import User
from newsletter_service.staff.service import record
from newsletter_service.subscriptions.models import Subscriber


@dataclass(frozen=True)
class Audience:
    """The number of readers a correction goes to, and of those of whom it is uncertain whether they got the edition."""

    readers: int
    unsure: int


@dataclass(frozen=True)
class Words:
    """What a correction says, and about which item (None: about none in particular)."""

    subject: str
    text: str
    item_id: int | None = None


class WrittenMeanwhile(EditionConflict):
    """Somebody changed the same part of a correction first; nothing was saved.

    `yours` is what was typed, with `theirs` where nothing clashes; `by` names who changed each part that does.
    """

    def __init__(self, yours: Words, theirs: Words, by: dict[str, str]) -> None:
        super().__init__("correction_changed", "somebody else changed this correction meanwhile")
        self.yours = yours
        self.theirs = theirs
        self.by = by


NOTHING = Words("", "")


def draft_of(session: Session, edition: Edition) -> Correction | None:
    """The correction that was not sent yet, if any."""
    query = select(Correction).where(Correction.edition_id == edition.id, Correction.mailing_id.is_(None))
    return session.scalars(query).first()


def seen_draft(session: Session, edition: Edition, seen: str) -> Correction:
    """The correction that was not sent yet, as somebody saw it (its fingerprint), for nobody else to change meanwhile.

    Raises NothingWritten, CorrectionChanged.
    """
    lock(session, edition)
    draft = draft_of(session, edition)
    if draft is None:
        raise NothingWritten
    session.refresh(draft)
    if fingerprint(draft) != seen:
        raise CorrectionChanged
    return draft


def released_correction(session: Session, edition: Edition, number: int) -> Correction:
    """One of the corrections that went out, by its own number; NotFound."""
    found = session.get(Correction, number)
    if found is None or found.edition_id != edition.id or found.mailing_id is None:
        raise NotFound(f"edition {edition.number} has no correction {number}")
    return found


def words_of(correction: Correction) -> Words:
    """What a correction says now."""
    return Words(correction.subject, correction.text, correction.item_id)


def fingerprint(correction: Correction) -> str:
    """Tells whether a correction is still what somebody looked at or agreed to (SHA-256, hex)."""
    return hash_of([correction.subject, correction.text, correction.item_id])


def items_to_correct(session: Session, edition: Edition) -> list[Item]:
    """The items that a correction can be about.

    Where nothing says who got which items of an edition, those that were not for everybody are left out.
    """
    known = _knows_items(session, edition)
    return [item for item in items_in(edition) if known or is_public(item_view(item))]


def _knows_items(session: Session, edition: Edition) -> bool:
    mine = exists().where(LetterItem.letter_id == Letter.id, Letter.mailing_id == mailing_of(edition))
    return bool(session.scalar(select(mine)))


def audience(session: Session, edition: Edition, now: datetime, item_id: int | None = None) -> Audience:
    """Who would get a correction (of that item) now."""
    had_it = _had_it(session, edition, item_id)
    return Audience(
        readers=_number(session, had_it, now),
        unsure=_number(session, and_(had_it, perhaps_reached(mailing_of(edition))), now),
    )


def _had_it(session: Session, edition: Edition, item_id: int | None) -> ColumnElement[bool]:
    """The deliveries of all who got the edition, or the item, or may have got it."""
    had_edition = reached(mailing_of(edition))
    if item_id is None or not _knows_items(session, edition):
        return had_edition
    letters = select(LetterItem.letter_id).where(LetterItem.item_id == item_id)
    return and_(had_edition, Delivery.letter_id.in_(letters))


def _number(session: Session, had_it: ColumnElement[bool], now: datetime) -> int:
    """The number of readers who have such a row and get letters now."""
    query = (
        select(func.count()).select_from(Delivery).join(Subscriber, Subscriber.id == Delivery.subscriber_id)
    )
    return session.scalars(query.where(may_be_mailed(now), had_it)).one()


def write(
    session: Session,
    mail_context: MailContext,
    edition: Edition,
    words: Words,
    began: str,
    user: User,
    now: datetime,
) -> None:
    """Keep what a correction is to say, written on top of the words that `began` tells of, part by part.

    A changed text is put to the heads again; one that is held stays held. Raises NotFound before the edition is
    released, Invalid, WrittenMeanwhile; letters.errors.LetterError.
    """
    lock(session, edition)
    mailing_of(edition)
    if words.item_id not in (None, *(item.id for item in items_to_correct(session, edition))):
        raise Invalid("a correction is about an item of its edition", "item_id")
    draft = draft_of(session, edition)
    before = words_of(draft) if draft is not None else NOTHING
    after = _merged(session, draft, words, began, user) if draft is not None else words
    if draft is None:
        draft = Correction(edition_id=edition.id, user_id=user.id)
        session.add(draft)
    draft.subject, draft.text, draft.item_id = after.subject, after.text, after.item_id
    if after != before:
        draft.user_id, draft.offered_at, draft.due_at = user.id, None, None
    session.flush()
    session.refresh(draft)
    letter_for(session, mail_context, edition, draft, "nl")
    detail = {"edition": edition.number, "changed": changed(asdict(after), asdict(before))}
    record(session, user, "correction.write", "correction", draft.id, now, **detail)


def _merged(session: Session, draft: Correction, words: Words, began: str, user: User) -> Words:
    theirs = words_of(draft)
    values, by = combined(session, ("correction", draft.id), began, asdict(words), asdict(theirs), user)
    if by:
        raise WrittenMeanwhile(Words(**values), theirs, by)
    return Words(**values)


def discard(session: Session, edition: Edition, seen: str, user: User, now: datetime) -> None:
    """Throw a correction away that was not sent. Raises NothingWritten, CorrectionChanged."""
    draft = seen_draft(session, edition, seen)
    detail = {"edition": edition.number, "subject": draft.subject}
    record(session, user, "correction.discard", "correction", draft.id, now, **detail)
    session.delete(draft)
    session.flush()


def letter_for(
    session: Session, mail_context: MailContext, edition: Edition, draft: Correction, language: Language
) -> PreparedLetter:
    """What a reader of this language would get; letters.errors.LetterError."""
    return letter_of(session, mail_context, correction_content(edition, draft, language))


def send(
    session: Session,
    mail_context: MailContext,
    edition: Edition,
    draft: Correction,
    user: User | None,
    now: datetime,
) -> None:
    """Let a correction go to all who got what it corrects and still want letters; without a user its time has come.

    Raises NobodyHasIt; letters.errors.LetterError.
    """
    delivery.block_unsubscribes(session)
    draft.mailing, draft.released_at = delivery.open_mailing(session, now), now
    draft.held_at, draft.held_by_id, draft.hindrance = None, None, None
    draft.readers = _address(session, mail_context, edition, draft, draft.mailing, now)
    if not draft.readers:
        raise NobodyHasIt
    detail = {"edition": edition.number, "readers": draft.readers}
    record(session, user, "correction.release", "correction", draft.id, now, **detail)


def _address(
    session: Session,
    mail_context: MailContext,
    edition: Edition,
    draft: Correction,
    mailing: Mailing,
    now: datetime,
) -> int:
    """Write one letter per language and one delivery per reader; returns their number. No reader is loaded."""
    had_it, written = _had_it(session, edition, draft.item_id), 0
    languages = select(Subscriber.language).join(Delivery, Delivery.subscriber_id == Subscriber.id)
    for language in session.scalars(languages.where(may_be_mailed(now), had_it).distinct()).all():
        prepared = letter_for(session, mail_context, edition, draft, language)
        letter = delivery.add_letter(session, mailing, prepared, now)
        readers = _recipients(language, had_it, now)
        written += delivery.add_deliveries(session, mailing, letter.id, readers, now, answers=Delivery.id)
    return written


def _recipients(
    language: Language, had_it: ColumnElement[bool], now: datetime
) -> Select[int, str, str, str, str]:
    query = select(*RECIPIENT).join(Delivery, Delivery.subscriber_id == Subscriber.id)
    return query.where(may_be_mailed(now), Subscriber.language == language, had_it)


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


def hold_paused(session: Session, mail_context: MailContext, now: datetime) -> int:
    """Hold the corrections that the mail server refuses, and tell staff; returns the number of corrections."""
    query = select(Correction, Mailing, Edition.number).join_from(Correction, Mailing)
    released = query.join(Edition, Edition.id == Correction.edition_id)
    paused = released.where(Mailing.paused_at.is_not(None), Correction.held_at.is_(None))
    found = session.execute(paused).all()
    for correction, mailing, number in found:
        correction.held_at = now
        tell_staff(session, mail_context, partial(correction_held, number, mailing.pause_reason), now)
    return len(found)


def resume(session: Session, correction: Correction, user: User, now: datetime) -> None:
    """Let a held correction go on."""
    if correction.mailing is not None:
        correction.held_at = None
        delivery.resume_mailing(session, correction.mailing)
        record(session, user, "correction.resume", "correction", correction.id, now)
