"""What waits for one member of staff, the most urgent first."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.editions.composing.sign_offs import signs_for
from newsletter_service.editions.corrections.approval import awaiting
from newsletter_service.editions.models import Edition
from newsletter_service.editions.pages.edition_list import Line, coming
from newsletter_service.editions.rules import EditionState, ReleaseRule
from newsletter_service.editions.service import calendar, missing_names
from newsletter_service.editorial.models import Conversation, Item, JointAgreement
from newsletter_service.editorial.rules import ItemState, Wish
from newsletter_service.editorial.service import (
    get_item,
    list_items,
    unsettled_look_alikes,
    voice_of,
    wishes,
)
from newsletter_service.staff.four_eyes.models import ActRequest
from newsletter_service.staff.four_eyes.service import may_decide, open_requests
from newsletter_service.staff.models import User
from newsletter_service.staff.rules import Role
from newsletter_service.subscriptions.claims.service import number_waiting

PUT_OFF = timedelta(days=7)
"""For so long nobody is reminded of two items about which somebody wants to decide later."""


@dataclass(frozen=True)
class Waiting:
    """Editions that are held or to be agreed to, and those of which a correction is; items that look alike, and drafts;
    the number of claims; and what colleagues ask a second person to accept.
    """

    held: tuple[Edition, ...]
    to_agree: tuple[Edition, ...]
    alike: tuple[tuple[Item, Item], ...]
    to_join: tuple[Item, ...]
    drafts: tuple[Item, ...]
    claims: int
    requests: tuple[ActRequest, ...] = ()
    corrected: tuple[Edition, ...] = ()

    @property
    def editions(self) -> int:
        """How many things wait among the editions."""
        return len(self.held) + len(self.to_agree) + len(self.corrected)

    @property
    def items(self) -> int:
        """How many things wait among the items."""
        return len(self.alike) + len(self.to_join) + len(self.drafts)

    @property
    def total(self) -> int:
        """How many things wait, as rows of the page: claims are checked one after another, and are one of them."""
        return self.editions + self.items + bool(self.claims) + len(self.requests)


@dataclass(frozen=True)
class Today:
    """What waits, and what comes next; `binding` says whether an edition without the agreement stays where it is."""

    waiting: Waiting
    binding: bool
    held: tuple[Line, ...]
    coming: tuple[Line, ...]


def today(session: Session, user: User, now: datetime) -> Today:
    """What waits for `user` now."""
    lines = coming(session, now)
    return Today(
        waiting=waiting(session, user, now),
        binding=calendar(session).release_rule == ReleaseRule.BOTH,
        held=tuple(line for line in lines if line.held),
        coming=tuple(line for line in lines if not line.held),
    )


def waiting(session: Session, user: User, now: datetime) -> Waiting:
    """What waits for `user`, without what takes long to find out: every page of the desk counts it."""
    open_editions = session.scalars(
        select(Edition)
        .where(Edition.state.in_((EditionState.HELD, EditionState.COMPOSED)))
        .order_by(Edition.sends_at)
    ).all()
    signs = signs_for(user)
    return Waiting(
        held=tuple(one for one in open_editions if one.state == EditionState.HELD),
        to_agree=tuple(one for one in open_editions if _awaits(session, user, one)),
        alike=_alike(session, user, now),
        to_join=_to_join(session, user),
        drafts=_drafts(session, user),
        claims=number_waiting(session) if user.has_role(Role.COMMUNICATOR) else 0,
        corrected=tuple(awaiting(session, signs)) if signs is not None else (),
        requests=tuple(one for one in open_requests(session, now) if may_decide(one, user, now)),
    )


def _awaits(session: Session, user: User, edition: Edition) -> bool:
    if edition.state != EditionState.COMPOSED or not user.has_role(Role.HEAD) or user.organisation is None:
        return False
    return user.organisation.short_name in missing_names(session, edition)


def _alike(session: Session, user: User, now: datetime) -> tuple[tuple[Item, Item], ...]:
    wished = wishes(session)
    pairs = [one for one in unsettled_look_alikes(session) if _asks(wished.get(one.pair), user, now)]
    return tuple((get_item(session, pair.first), get_item(session, pair.second)) for pair in pairs)


def _asks(wished: Conversation | None, user: User, now: datetime) -> bool:
    """Whether two items that look alike wait for this user: not while another has to answer, or it was put off."""
    if wished is None:
        return True
    if wished.wish == Wish.LATER:
        return wished.at <= now - PUT_OFF
    return wished.by_id != user.id


def _to_join(session: Session, user: User) -> tuple[Item, ...]:
    """The joint items to which the organisation of this head did not agree yet."""
    mine = voice_of(user)
    if not mine:
        return ()
    open_ones = select(Item).join(JointAgreement).where(JointAgreement.settled_at.is_(None))
    found = session.scalars(open_ones.where(Item.state == ItemState.QUEUED).order_by(Item.id))
    return tuple(one for one in found if one.agreement and mine[0] not in one.agreement.voices)


def _drafts(session: Session, user: User) -> tuple[Item, ...]:
    """Those of the reader's own organisation: nobody else's are theirs to finish."""
    if user.organisation_id is None:
        return ()
    return tuple(list_items(session, ItemState.DRAFT, user.organisation_id))
