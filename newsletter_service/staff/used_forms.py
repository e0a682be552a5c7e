"""A form does its work once: the key that it was shown with is written down together with what it made."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from newsletter_service.staff.models import UsedForm, User


def made_by(session: Session, user: User, key: str) -> int | None:
    """The id of what this person's form made already; None for a form (or no key) that made nothing yet."""
    if not key:
        return None
    return session.scalar(select(UsedForm.made).where(UsedForm.user_id == user.id, UsedForm.key == key))


def made_before(session: Session, user: User, key: str) -> int | None:
    """As `made_by`, before making something: of two presses at the same time the second waits here for the first."""
    if not key:
        return None
    held = select(User.id).where(User.id == user.id)
    session.execute(held.with_for_update(key_share=True))  # others may still refer to the account
    return made_by(session, user, key)


def note_made(session: Session, user: User, key: str, made: int, now: datetime) -> None:
    """Write down what a form made, in the transaction that makes it."""
    if key:
        session.add(UsedForm(user_id=user.id, key=key, made=made, at=now))
        session.flush()


def forget_used_forms(session: Session, before: datetime) -> None:
    """Forget the forms that were used before this moment."""
    session.execute(delete(UsedForm).where(UsedForm.at < before))
