"""What waits for one member of staff, the most urgent first."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from newsletter_service.editions.models import Edition
from newsletter_service.editions.pages.edition_list import Line, overview
from newsletter_service.editions.rules import EditionState, ReleaseRule
from newsletter_service.editions.service import calendar, missing_names
from newsletter_service.editorial.models import Item
from newsletter_service.editorial.rules import ItemState
from newsletter_service.editorial.service import list_items, unsettled_look_alikes
from newsletter_service.staff.models import User
from newsletter_service.staff.rules import Role


@dataclass(frozen=True)
class Today:
    """What waits: editions that are held, or to be agreed to, items that look alike, drafts; and what comes next.

    `binding` says whether an edition without the agreement stays where it is.
    """

    held: tuple[Line, ...]
    to_agree: tuple[Line, ...]
    binding: bool
    alike: tuple[tuple[Item, Item], ...]
    drafts: tuple[Item, ...]
    coming: tuple[Line, ...]

    @property
    def waiting(self) -> int:
        """How many things wait."""
        return len(self.held) + len(self.to_agree) + len(self.alike) + len(self.drafts)


def today(session: Session, user: User, now: datetime) -> Today:
    """What waits for `user` now."""
    coming = overview(session, now).coming
    return Today(
        held=tuple(line for line in coming if line.held),
        to_agree=tuple(line for line in coming if _awaits(session, user, line.edition)),
        binding=calendar(session).release_rule == ReleaseRule.BOTH,
        alike=_alike(session),
        drafts=_drafts(session, user),
        coming=tuple(line for line in coming if not line.held),
    )


def _awaits(session: Session, user: User, edition: Edition) -> bool:
    if edition.state != EditionState.COMPOSED or not user.has_role(Role.HEAD) or user.organisation is None:
        return False
    return user.organisation.short_name in missing_names(session, edition)


def _alike(session: Session) -> tuple[tuple[Item, Item], ...]:
    items = {item.id: item for item in list_items(session, ItemState.QUEUED, None)}
    return tuple((items[pair.first], items[pair.second]) for pair in unsettled_look_alikes(session))


def _drafts(session: Session, user: User) -> tuple[Item, ...]:
    """Those of the reader's own organisation: nobody else's are theirs to finish."""
    if user.organisation_id is None:
        return ()
    return tuple(list_items(session, ItemState.DRAFT, user.organisation_id))
