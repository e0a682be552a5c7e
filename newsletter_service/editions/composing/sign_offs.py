"""The organisations' agreement to exactly what readers would get."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from newsletter_service.editions import rules
from newsletter_service.editions.content import content_hash, items_in
from newsletter_service.editions.models import CorrectionSignOff, Edition, SignOff
from newsletter_service.editions.rules import Empty, Move
from newsletter_service.editions.service import lock, note, status_of
from newsletter_service.errors import NotAllowed
from newsletter_service.publisher.service import organisations
from newsletter_service.staff.models import User
from newsletter_service.staff.rules import may_sign_off
from newsletter_service.staff.service import actor_of


@dataclass(frozen=True)
class SignOffState:
    """What an organisation said: `signed_at` and `by` if it signed, `valid` if nothing changed since."""

    organisation_id: int
    short_name: str
    signed_at: datetime | None = None
    by: str = ""
    valid: bool = False

    @property
    def lapsed(self) -> bool:
        """Whether something changed since it signed."""
        return self.signed_at is not None and not self.valid


def sign_off(session: Session, edition: Edition, user: User, now: datetime, seen: str | None = None) -> None:
    """Agree, on behalf of the user's organisation, to what readers would get now.

    `seen` is the content hash of what the user was looking at, if a page knows it. Raises WrongState, Empty,
    NotAllowed, rules.ChangedSinceSeen.
    """
    lock(session, edition)
    rules.sign_off(status_of(edition))
    organisation_id = signs_for(user)
    if organisation_id is None:
        raise NotAllowed("only heads sign off, on behalf of their organisation")
    items = items_in(edition)
    if not items:
        raise Empty
    content = content_hash(edition, items)
    if seen is not None and seen != content:
        raise rules.ChangedSinceSeen
    mine = next((one for one in edition.sign_offs if one.organisation_id == organisation_id), None)
    if mine is None:
        mine = SignOff(organisation_id=organisation_id)
        edition.sign_offs.append(mine)
    mine.user_id, mine.content_hash, mine.at = user.id, content, now
    session.flush()
    note(session, edition, Move.SIGN_OFF, user, now, organisation=organisation_id, content=content)


def signs_for(user: User) -> int | None:
    """The organisation on whose behalf `user` may agree to something, if any."""
    mine = user.organisation_id
    return mine if mine is not None and may_sign_off(actor_of(user), mine) else None


def sign_offs(session: Session, edition: Edition) -> list[SignOffState]:
    """Whether every organisation agreed to what readers would get now."""
    return states_of(session, edition.sign_offs, content_hash(edition, items_in(edition)))


def states_of(
    session: Session, signed_off: Sequence[SignOff | CorrectionSignOff], content: str
) -> list[SignOffState]:
    """Whether every organisation agreed to `content` (a hash), given what was signed."""
    signed = {one.organisation_id: one for one in signed_off}
    states = []
    for organisation in organisations(session):
        one = signed.get(organisation.id)
        if one is None:
            states.append(SignOffState(organisation.id, organisation.short_name))
        else:
            valid = one.content_hash == content
            states.append(
                SignOffState(organisation.id, organisation.short_name, one.at, one.user.name, valid)
            )
    return states
