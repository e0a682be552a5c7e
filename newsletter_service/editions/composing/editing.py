"""What people change about a composed edition.

Every change voids sign-offs by itself: they hold a hash of what readers would get.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from newsletter_service.editions import rules
from newsletter_service.editions.composing.default_texts import LONGEST, Texts, follow_defaults, texts_of
from newsletter_service.editions.composing.rules import section, untimely
from newsletter_service.editions.composing.service import (
    candidate,
    current_defaults,
    unsettled,
    waiting_items,
)
from newsletter_service.editions.content import items_in
from newsletter_service.editions.merging import changed, combined
from newsletter_service.editions.models import Edition, Placement
from newsletter_service.editions.rules import EditionConflict, Move, Reason
from newsletter_service.editions.service import lock, note, status_of
from newsletter_service.editorial.models import Item
from newsletter_service.editorial.service import sent_look_alikes
from newsletter_service.errors import Invalid
from newsletter_service.staff.models import User


class ChangedMeanwhile(EditionConflict):
    """Somebody saved another text in a field that was changed here too; nothing was saved.

    `yours` is what was typed, with `theirs` (what is saved) in the fields that clash with nothing; `by` names, for
    each field that does clash, who changed it ("": nobody knows).
    """

    def __init__(self, yours: Texts, theirs: Texts, by: dict[str, str]) -> None:
        super().__init__("changed_meanwhile", "somebody else saved this edition's texts meanwhile")
        self.yours = yours
        self.theirs = theirs
        self.by = by


class NotInEdition(EditionConflict):
    """The item is not (any more) in this edition."""

    def __init__(self) -> None:
        super().__init__("not_in_edition", "this item is not in this edition")


class CannotAdd(EditionConflict):
    """A waiting item cannot be added; `code` is not_waiting, embargoed, expired, started, unagreed, look_alike or
    sent_before.

    `other_id` is the item in the edition that it looks like, if that is the reason.
    """

    def __init__(self, code: str, other_id: int | None = None) -> None:
        super().__init__(code, f"this item cannot be added: {code}")
        self.other_id = other_id


def move_item(
    session: Session, edition: Edition, item_id: int, position: int, user: User, now: datetime
) -> None:
    """Put an item at `position` (0 is first; beyond an end is at it). Raises WrongState, NotInEdition."""
    _move(session, edition, item_id, lambda _at: position, user, now)


def move_up(session: Session, edition: Edition, item_id: int, user: User, now: datetime) -> None:
    """One place towards the top; the first stays. Raises WrongState, NotInEdition."""
    _move(session, edition, item_id, lambda at: at - 1, user, now)


def move_down(session: Session, edition: Edition, item_id: int, user: User, now: datetime) -> None:
    """One place towards the end; the last stays. Raises WrongState, NotInEdition."""
    _move(session, edition, item_id, lambda at: at + 1, user, now)


def drop_item(session: Session, edition: Edition, item_id: int, user: User, now: datetime) -> None:
    """Take an item out; it stays queued. Raises WrongState, NotInEdition."""
    with _changing(session, edition):
        order = _order(edition)
        dropped = order.pop(_index(order, item_id))
        _decide(dropped, Reason.DROPPED_BY_HAND, user)
        dropped.position = None
        _number(order)
        note(session, edition, Move.EDIT, user, now, item=item_id, reason=Reason.DROPPED_BY_HAND)


def add_item(session: Session, edition: Edition, item_id: int, user: User, now: datetime) -> None:
    """Put a waiting item in, after the last one of its kind; letters show it in full before any other.

    Raises WrongState, CannotAdd.
    """
    with _changing(session, edition):
        item = _addable(session, edition, item_id, now)
        order = _order(edition)
        placement = next((one for one in edition.placements if one.item_id == item_id), None)
        if placement is None:
            placement = Placement(item_id=item_id, item=item)
            edition.placements.append(placement)
        _decide(placement, Reason.ADDED_BY_HAND, user)
        placement.rank = min((one.rank for one in order), default=0) - 1
        order.insert(_place_for(item, order), placement)
        _number(order)
        note(session, edition, Move.EDIT, user, now, item=item_id, reason=Reason.ADDED_BY_HAND)


def take_place(
    session: Session, edition: Edition, old: Collection[int], item: Item, user: User | None, now: datetime
) -> None:
    """Put `item` where the first of the `old` items is, in their stead, if any is in. Raises WrongState."""
    with _changing(session, edition):
        theirs = sorted(_placed(edition, old), key=lambda one: one.position or 0)
        if not theirs:
            return
        first = theirs[0]
        known = next((one for one in edition.placements if one.item_id == item.id), None)
        placement = known or Placement(item_id=item.id, item=item)
        placement.position, placement.rank = first.position, first.rank
        placement.reason, placement.detail = first.reason, first.detail
        kept = [one for one in edition.placements if one not in theirs and one is not placement]
        edition.placements = [*kept, placement]
        note(session, edition, Move.EDIT, user, now, item=item.id, position=placement.position)


def _placed(edition: Edition, ids: Collection[int]) -> list[Placement]:
    return [one for one in edition.placements if one.item_id in ids and one.position is not None]


def edit_texts(
    session: Session, edition: Edition, texts: Texts, began: str, user: User, now: datetime
) -> None:
    """Save texts written on top of those that `began` tells of (see `merging`), field by field.

    A text that nobody wrote and that moved along with the items is in nobody's way. Raises WrongState,
    ChangedMeanwhile, Invalid (with field).
    """
    lock(session, edition)
    rules.edit(status_of(edition))
    typed, theirs = asdict(_checked(texts)), asdict(texts_of(edition))
    texts_now, by = combined(session, ("edition", edition.id), began, typed, theirs, user)
    written = changed(theirs, asdict(current_defaults(session, edition)))
    by = {name: who for name, who in by.items() if name in written}
    if by:
        raise ChangedMeanwhile(Texts(**texts_now), texts_of(edition), by)
    for name, text in texts_now.items():
        setattr(edition, name, text)
    note(session, edition, Move.EDIT, user, now, changed=changed(texts_now, theirs))


@contextmanager
def _changing(session: Session, edition: Edition) -> Iterator[None]:
    """Lock an edition whose contents may be changed, and let texts that nobody wrote follow the change."""
    lock(session, edition)
    rules.edit(status_of(edition))
    before = current_defaults(session, edition)
    yield
    session.flush()
    follow_defaults(edition, before, current_defaults(session, edition))


def _move(
    session: Session, edition: Edition, item_id: int, target: Callable[[int], int], user: User, now: datetime
) -> None:
    with _changing(session, edition):
        order = _order(edition)
        at = _index(order, item_id)
        moved = order.pop(at)
        order.insert(max(0, target(at)), moved)
        _number(order)
        note(session, edition, Move.EDIT, user, now, item=item_id, position=moved.position)


def _order(edition: Edition) -> list[Placement]:
    placements = {placement.item_id: placement for placement in edition.placements}
    return [placements[item.id] for item in items_in(edition)]


def _index(order: Sequence[Placement], item_id: int) -> int:
    for index, placement in enumerate(order):
        if placement.item_id == item_id:
            return index
    raise NotInEdition


def _number(order: Sequence[Placement]) -> None:
    for position, placement in enumerate(order):
        placement.position = position


def _decide(placement: Placement, reason: Reason, user: User) -> None:
    placement.reason = reason
    placement.detail = {"by": user.name}


def _addable(session: Session, edition: Edition, item_id: int, now: datetime) -> Item:
    inside = items_in(edition)
    waiting = [item for item in waiting_items(session, edition) if item not in inside]
    item = next((item for item in waiting if item.id == item_id), None)
    if item is None:
        raise CannotAdd("not_waiting")
    hindrance = untimely(candidate(item), max(edition.sends_at, now))
    if hindrance is not None:
        raise CannotAdd(hindrance.reason)
    for pair in unsettled(session, [*inside, item]):
        if item_id in pair.pair:
            raise CannotAdd("look_alike", pair.other(item_id))
    for pair in sent_look_alikes(session, [item], now).values():
        raise CannotAdd("sent_before", pair.other(item_id))
    return item


def _place_for(item: Item, order: Sequence[Placement]) -> int:
    """After the last item of the same or an earlier section; the first place is given by people only."""
    before = [index for index, one in enumerate(order) if section(one.item.kind) <= section(item.kind)]
    return max(before, default=min(0, len(order) - 1)) + 1


def _checked(texts: Texts) -> Texts:
    """The texts in the form in which they are kept; raises Invalid."""
    subject, preheader = " ".join(texts.subject.split()), " ".join(texts.preheader.split())
    if not subject:
        raise Invalid("an edition needs a subject", "subject")
    for name, text in (("subject", subject), ("preheader", preheader)):
        if len(text) > LONGEST:
            raise Invalid(f"at most {LONGEST} characters", name)
    return Texts(subject, preheader, texts.introduction.replace("\r\n", "\n").strip())
