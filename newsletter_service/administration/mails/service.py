"""What the newsletter says itself in mails to readers, and changing it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.administration.service import ChangedMeanwhile, Values
from newsletter_service.db import add_missing
from newsletter_service.editions.merging import changed, combined
from newsletter_service.publisher.models import OwnWords
from newsletter_service.publisher.rules import ReaderMail
from newsletter_service.staff.models import User
from newsletter_service.staff.service import record


def own_words(session: Session, mail: ReaderMail) -> OwnWords:
    """What is said in one mail; empty where nobody said anything yet."""
    found = session.scalars(select(OwnWords).where(OwnWords.mail == mail)).one_or_none()
    return found or OwnWords(mail=mail, subject_nl="", subject_en="", sentence_nl="", sentence_en="")


def with_words(session: Session) -> set[ReaderMail]:
    """The mails in which the newsletter says something itself."""
    rows = session.scalars(select(OwnWords)).all()
    return {
        row.mail for row in rows if row.subject_nl or row.subject_en or row.sentence_nl or row.sentence_en
    }


def change(session: Session, mail: ReaderMail, typed: Values, began: str, by: User, now: datetime) -> None:
    """Save what was typed on top of what `began` tells of (see `merging`); ChangedMeanwhile."""
    add_missing(session, OwnWords, [{"mail": mail}])
    held = select(OwnWords).where(OwnWords.mail == mail).with_for_update()
    row = session.scalars(held.execution_options(populate_existing=True)).one()
    theirs = {name: getattr(row, name) for name in typed}
    values, clashing = combined(session, ("own_words", row.id), began, typed, theirs, by)
    if clashing:
        raise ChangedMeanwhile(values, theirs, clashing)
    names = changed(values, theirs)
    for name in names:
        setattr(row, name, values[name])
    session.flush()
    if names:
        detail = {name: [theirs[name], values[name]] for name in names}
        record(session, by, "own_words.change", "own_words", row.id, now, mail=mail, changed=names, **detail)
