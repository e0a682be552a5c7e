"""Use cases of one's own account."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from newsletter_service.languages import Language
from newsletter_service.links.tokens import new_key
from newsletter_service.staff.access import service as access
from newsletter_service.staff.models import User
from newsletter_service.staff.rules import GETS, NoticeKind, Role
from newsletter_service.staff.service import actor_of, record


def offered(user: User) -> list[NoticeKind]:
    """Returns the notices that this person's roles bring, and that they may do without."""
    roles: Collection[Role] = actor_of(user).roles
    return [kind for kind in NoticeKind if not GETS[kind].isdisjoint(roles)]


def describe(session: Session, user: User, name: str, language: Language, now: datetime) -> None:
    """Gives oneself another name or language."""
    changed = [
        what for what, value in (("name", name), ("language", language)) if getattr(user, what) != value
    ]
    user.name, user.language = name, language
    if changed:
        record(session, user, "account.change", "account", user.id, now, changed=changed)


def choose_notices(session: Session, user: User, wanted: Collection[NoticeKind], now: datetime) -> None:
    """Lets go on, of the notices that are offered, only those that are wanted."""
    muted = sorted(kind for kind in NoticeKind if kind in offered(user) and kind not in wanted)
    kept = sorted(kind for kind in user.muted if kind not in offered(user))
    if muted + kept != user.muted:
        before, user.muted = user.muted, muted + kept
        record(session, user, "account.notices", "account", user.id, now, muted=[before, user.muted])


def follow(session: Session, user: User, now: datetime) -> None:
    """Gives oneself a link for one's agenda; the former one, which others may have by now, is dead."""
    user.agenda_key = new_key()
    record(session, user, "account.agenda", "account", user.id, now, on=True)


def stop_following(session: Session, user: User, now: datetime) -> None:
    """Takes the link for one's agenda away."""
    if user.agenda_key is not None:
        user.agenda_key = None
        record(session, user, "account.agenda", "account", user.id, now, on=False)


def sign_out_others(session: Session, user: User, key: str, now: datetime) -> int:
    """Ends all of one's sessions but that with this key, and returns their number."""
    ended = access.end_all(session, user.id, but=key)
    record(session, user, "account.sign_out_others", "account", user.id, now, sessions=ended)
    return ended
