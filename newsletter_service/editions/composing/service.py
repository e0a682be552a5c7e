"""Opening the next edition, and composing those whose copy has closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from newsletter_service.editions import rules
from newsletter_service.editions.calendar.rules import next_slot, slot_following
from newsletter_service.editions.calendar.service import settings_of
from newsletter_service.editions.composing import rules as composing_rules
from newsletter_service.editions.composing.default_texts import Texts, default_texts, follow_defaults
from newsletter_service.editions.composing.notices import tell_composed
from newsletter_service.editions.composing.room import groups_of
from newsletter_service.editions.composing.rules import Candidate, Decision, Terms, ahead_after
from newsletter_service.editions.content import items_in
from newsletter_service.editions.models import Calendar, Edition, Placement
from newsletter_service.editions.readers import GOOD_FOR, seen_by
from newsletter_service.editions.rules import EditionState, Move
from newsletter_service.editions.service import calendar, lock, note, set_status, status_of
from newsletter_service.editorial.likeness.pairs import LookAlike, look_alikes
from newsletter_service.editorial.models import Item
from newsletter_service.editorial.rules import ItemState, Kind
from newsletter_service.editorial.service import kept_apart, sent_look_alikes
from newsletter_service.publisher.mail_context import MailContext
from newsletter_service.publisher.service import newsletter, organisations
from newsletter_service.staff.models import User

COMPARED = 6
"""How many editions back the balance between organisations is shown."""
UNDER_WAY = (EditionState.COMPOSED, EditionState.HELD, EditionState.SENDING)


def open_next_edition(session: Session, now: datetime) -> Edition:
    """The edition that collects; it is made, with the next number and slot, if there is none. Idempotent."""
    settings = calendar(session)
    session.execute(select(Calendar.id).where(Calendar.id == settings.id).with_for_update())
    collecting = select(Edition).where(Edition.state == EditionState.COLLECTING).order_by(Edition.number)
    found = session.scalars(collecting.limit(1)).first()
    if found is not None:
        return found
    number, latest = session.execute(select(func.max(Edition.number), func.max(Edition.sends_at))).one()
    slot = next_slot(settings_of(settings).rhythm(), now, after=latest)
    edition = Edition(
        number=(number or 0) + 1,
        closes_at=slot.closes_at,
        sends_at=slot.sends_at,
        zone=settings.zone,
        text_limit=settings.text_limit,
        item_limit=settings.item_limit,
    )
    session.add(edition)
    session.flush()
    return edition


def compose_due(session: Session, mail_context: MailContext, now: datetime) -> list[Edition]:
    """Compose every edition whose copy has closed, tell staff, and see that another one collects."""
    composed = closed_editions(session, now)
    for edition in composed:
        compose_edition(session, mail_context, edition, None, now)
    open_next_edition(session, now)
    return composed


def closed_editions(session: Session, now: datetime) -> list[Edition]:
    """Those of which the copy has closed and that are to be composed now."""
    closed = select(Edition).where(Edition.state == EditionState.COLLECTING, Edition.closes_at <= now)
    return list(session.scalars(closed.order_by(Edition.number)))


def compose_edition(
    session: Session, mail_context: MailContext, edition: Edition, user: User | None, now: datetime
) -> None:
    """Compose one edition now: closes a collecting one (and tells staff), or composes a composed one again.

    Composing again undoes what was moved, dropped and added by hand. Raises WrongState.
    """
    lock(session, edition)
    closing = edition.state == EditionState.COLLECTING
    move = Move.CLOSE if closing else Move.RECOMPOSE
    set_status(edition, rules.close(status_of(edition)) if closing else rules.recompose(status_of(edition)))
    before = current_defaults(session, edition)
    edition.item_limit = calendar(session).item_limit
    decided = _decided(session, edition, now)
    _place(edition, decided.decisions)
    edition.ahead = sorted(decided.ahead)
    session.flush()
    follow_defaults(edition, before, current_defaults(session, edition))
    edition.composed_at = now
    if closing:
        edition.closes_at = min(edition.closes_at, now)
    note(session, edition, move, user, now, items=len(items_in(edition)))
    if closing:
        tell_composed(session, mail_context, edition, now)
        open_next_edition(session, now)


def decide(session: Session, edition: Edition, now: datetime) -> list[Decision]:
    """What composing this edition now would decide; writes nothing."""
    return _decided(session, edition, now).decisions


@dataclass(frozen=True)
class _Decided:
    decisions: list[Decision]
    ahead: frozenset[int]


def _decided(session: Session, edition: Edition, now: datetime) -> _Decided:
    settings = calendar(session)
    waiting = waiting_items(session, edition)
    before = editions_before(session, edition)
    terms = Terms(
        sends_at=edition.sends_at,
        next_sends_at=slot_following(settings_of(settings).rhythm(), edition.sends_at).sends_at,
        limit=settings.item_limit,
        organisations=tuple(organisation.id for organisation in organisations(session)),
        readers=groups_of(seen_by(session, waiting, max(edition.sends_at, now), now - GOOD_FOR)),
        ahead=frozenset(before[0].ahead) if before else frozenset(),
        led=next((led for one in before if (led := _led(one)) is not None), None),
    )
    pairs = [pair.pair for pair in unsettled(session, waiting)]
    sent = {item: pair.other(item) for item, pair in sent_look_alikes(session, waiting, now).items()}
    candidates = [candidate(item) for item in waiting]
    decisions = composing_rules.compose(candidates, terms, pairs, sent, now)
    return _Decided(decisions, ahead_after(terms, candidates, decisions))


def editions_before(session: Session, edition: Edition) -> Sequence[Edition]:
    """The last editions before this one that were composed and not cancelled, the newest first."""
    composed = Edition.composed_at.is_not(None) & (Edition.state != EditionState.CANCELLED)
    query = select(Edition).where(Edition.number < edition.number, composed).order_by(Edition.number.desc())
    return session.scalars(query.limit(COMPARED)).all()


def _led(edition: Edition) -> int | None:
    """Whose item is featured; None where it is everybody's, or there is none."""
    first = next(iter(items_in(edition)), None)
    return first.organisation_id if first is not None and not first.joint else None


def waiting_items(session: Session, edition: Edition) -> list[Item]:
    """The queued items that are free for `edition`: in no other one that is under way."""
    elsewhere = exists().where(
        Placement.item_id == Item.id,
        Placement.position.is_not(None),
        Placement.edition_id == Edition.id,
        Placement.edition_id != edition.id,
        Edition.state.in_(UNDER_WAY),
    )
    queued = select(Item).where(Item.state == ItemState.QUEUED, ~elsewhere)
    return list(session.scalars(queued.order_by(Item.queued_at, Item.id)))


def candidate(item: Item) -> Candidate:
    """A queued item as the rules for composing know it."""
    return Candidate(
        id=item.id,
        organisation=item.organisation_id,
        joint=item.joint,
        kind=item.kind,
        priority=item.priority,
        queued_at=item.queued_at or item.created_at,
        not_before=item.not_before,
        expires_at=item.expires_at,
        starts_at=item.starts_at if item.kind == Kind.EVENT else None,
        passed_over=item.passed_over,
        unagreed=item.unagreed,
    )


def unsettled(session: Session, items: list[Item]) -> list[LookAlike]:
    """The pairs among `items` that look alike and that nobody has looked at yet."""
    settled = kept_apart(session)
    return [pair for pair in look_alikes(items) if pair.pair not in settled]


def current_defaults(session: Session, edition: Edition) -> Texts:
    """The texts the edition would have if nobody had written any."""
    return default_texts(edition.number, items_in(edition), newsletter(session), organisations(session))


def _place(edition: Edition, decisions: list[Decision]) -> None:
    """Write the decisions down in place of those that were there."""
    known = {placement.item_id: placement for placement in edition.placements}
    edition.placements = [_placement(known.get(decision.item_id), decision) for decision in decisions]


def _placement(known: Placement | None, decision: Decision) -> Placement:
    placement = known if known is not None else Placement(item_id=decision.item_id)
    placement.position, placement.rank = decision.position, decision.rank
    placement.reason = decision.reason
    placement.detail = decision.detail
    return placement
