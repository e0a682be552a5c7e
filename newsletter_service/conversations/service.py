"""Use cases of two items that look alike: ask, put off, keep apart, make one of both, agree, undo."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.conversations.rules import Choice, Part, Side, joined
from newsletter_service.editions.composing.editing import take_place
from newsletter_service.editions.models import Edition, Placement
from newsletter_service.editions.service import calendar, lock, status_of
from newsletter_service.editorial.models import Conversation, Item, JointAgreement
from newsletter_service.editorial.rules import ItemState, Wish
from newsletter_service.editorial.service import (
    ItemSent,
    Joined,
    content_of,
    get_item,
    made_of_two,
    new_item,
    save_item,
    voice_of,
)
from newsletter_service.errors import Conflict, Invalid, NotAllowed, NotFound
from newsletter_service.publisher.models import Organisation
from newsletter_service.publisher.service import organisations
from newsletter_service.staff.models import AuditEntry, User
from newsletter_service.staff.rules import may_edit_item
from newsletter_service.staff.service import actor_of, record

QUIET = timedelta(minutes=10)
"""Whoever edits a joint item saves now and then: the others are told when that is over."""
_OPEN = frozenset({ItemState.DRAFT, ItemState.QUEUED})


class ChangedSinceSeen(Conflict):
    """Somebody changed what is to be agreed to since the page was opened."""

    def __init__(self) -> None:
        super().__init__("this changed since it was looked at")


@dataclass(frozen=True)
class Pair:
    """Two items of which `user` may settle something; `first` is the one with the smaller number."""

    first: Item
    second: Item
    user: User

    @property
    def key(self) -> tuple[int, int]:
        """The two ids."""
        return self.first.id, self.second.id

    @property
    def parties(self) -> frozenset[int]:
        """The organisations whose items they are."""
        return frozenset((self.first.organisation_id, self.second.organisation_id))


def pair_of(session: Session, user: User, one: int, other: int) -> Pair:
    """Two items, locked, for whoever may change either. Raises NotFound, Invalid, NotAllowed."""
    if one == other:
        raise Invalid("an item always looks like itself")
    _lock_editions(session, (one, other))
    first, second = (get_item(session, number, lock=True) for number in sorted((one, other)))
    if not may_settle(user, first, second):
        raise NotAllowed("neither of these items is yours")
    return Pair(first, second, user)


def may_settle(user: User, first: Item, second: Item) -> bool:
    """Whether `user` may say what is to be done about two items: whoever may change either of them."""
    actor = actor_of(user)
    return any(may_edit_item(actor, one.organisation_id, joint=one.joint) for one in (first, second))


def conversation_of(session: Session, one: int, other: int) -> Conversation | None:
    """What was wished last about two items, if anything."""
    return session.get(Conversation, (min(one, other), max(one, other)))


def history(session: Session, first: Item, second: Item) -> list[AuditEntry]:
    """What was said about two items, from the oldest."""
    about = (AuditEntry.subject_type == "item", AuditEntry.subject_id == min(first.id, second.id))
    entries = select(AuditEntry).where(*about, AuditEntry.action.startswith("conversation."))
    other = max(first.id, second.id)
    return [one for one in session.scalars(entries.order_by(AuditEntry.id)) if one.detail["other"] == other]


def ask(session: Session, pair: Pair, question: str, now: datetime) -> Conversation:
    """Put a question to the other head; the items stay as they are. Raises Joined."""
    return _wish(session, pair, Wish.ASKED, question, now)


def put_off(session: Session, pair: Pair, now: datetime) -> Conversation:
    """Decide later: nobody is reminded for a week, and the two still never go together. Raises Joined."""
    return _wish(session, pair, Wish.LATER, "", now)


def keep_apart(session: Session, pair: Pair, reason: str, now: datetime) -> Conversation:
    """Say that two items are different stories, and why; it counts when both organisations say so. Raises Joined."""
    wished = _wish(session, pair, Wish.APART, reason, now)
    wished.voices = voice_of(pair.user)
    wished.settled_at = now if pair.parties <= set(wished.voices) else None
    return wished


def join(session: Session, pair: Pair, choice: Choice, now: datetime) -> Conversation:
    """Make one item of two, as chosen; both wait as they are until all organisations stand behind it.

    Raises Joined, Conflict, NotReady.
    """
    if not {pair.first.state, pair.second.state} <= _OPEN:
        raise Conflict("only items that wait can become one")
    pictured = _pictured(pair, choice)
    content = joined(content_of(pair.first), content_of(pair.second), choice)
    made = new_item(pair.user, _first_speaker(pair), now)
    content = replace(content, image_alt=pictured.image_alt)
    save_item(session, pair.user, made, content, now, image=pictured.image, queue=True)
    wished = _wish(session, pair, Wish.JOINT, "", now, made)
    if made.agreement is not None:
        made.agreement.told = True
    _follow(session, wished, made, pair.user, now)
    return wished


def agree(session: Session, pair: Pair, seen: str, now: datetime) -> Conversation:
    """Agree, on behalf of the user's organisation, to what another wishes; `seen` is the `version` of what was seen.

    Raises NotFound, NotAllowed, ChangedSinceSeen.
    """
    wished = _open(session, pair)
    if wished.joint_id is not None:
        agree_to(session, pair.user, wished.joint_id, seen, now)
        return wished
    if seen != version(session, wished):
        raise ChangedSinceSeen
    wished.voices = _with_voice(pair.user, wished.voices)
    wished.settled_at = now if pair.parties <= set(wished.voices) else None
    _note(session, pair.user, "agreed", wished, now)
    return wished


def agree_to(session: Session, user: User, item_id: int, seen: str, now: datetime) -> None:
    """Agree to a joint item as it is. Raises NotFound, NotAllowed, ChangedSinceSeen."""
    wished = made_of_two(session, item_id)
    _lock_editions(session, wished.pair if wished is not None else (item_id,))
    item = get_item(session, item_id, lock=True)
    if item.agreement is None or not item.unagreed:
        raise NotFound("nothing waits for agreement here")
    if seen != str(item.version):
        raise ChangedSinceSeen
    item.agreement.voices = _with_voice(user, item.agreement.voices)
    if {one.id for one in organisations(session)} <= set(item.agreement.voices):
        item.agreement.settled_at = now
    record(session, user, "item.agreed", "item", item.id, now, title=item.title)
    if wished is not None:
        _follow(session, wished, item, user, now)


def version(session: Session, wished: Conversation) -> str:
    """Tells whether a wish is still what somebody looked at."""
    if wished.joint_id is not None:
        return str(get_item(session, wished.joint_id).version)
    return f"{wished.wish} {wished.at.isoformat()}"


def undo(session: Session, pair: Pair, now: datetime) -> None:
    """Take back what was said of two items, whoever said it: they are as they were. Raises NotFound, ItemSent."""
    wished = conversation_of(session, *pair.key)
    if wished is None:
        raise NotFound("nothing was said of these two")
    if wished.joint_id is not None:
        _part(session, pair, wished, now)
    _note(session, pair.user, "undone", wished, now)
    session.delete(wished)
    session.flush()


def silent_pairs(session: Session, now: datetime) -> list[tuple[int, int]]:
    """Those that count as kept apart, for nobody objected."""
    apart = select(Conversation).where(Conversation.wish == Wish.APART, Conversation.settled_at.is_(None))
    return [one.pair for one in session.scalars(apart.where(Conversation.at <= now - silence(session)))]


def silent_items(session: Session, now: datetime) -> list[int]:
    """The joint items that wait and that count as agreed to, for nobody objected."""
    waiting = select(JointAgreement.item_id).join(Item, Item.id == JointAgreement.item_id)
    open_ones = waiting.where(JointAgreement.settled_at.is_(None), Item.state == ItemState.QUEUED)
    return list(session.scalars(open_ones.where(JointAgreement.at <= now - silence(session))))


def settle_pair(session: Session, key: tuple[int, int], now: datetime) -> bool:
    """Let a pair count as kept apart, unless somebody said something meanwhile."""
    wished = session.get(Conversation, key, with_for_update={"of": Conversation}, populate_existing=True)
    if wished is None or key not in silent_pairs(session, now):
        return False
    wished.settled_at = now
    _note(session, None, "settled", wished, now)
    return True


def settle_item(session: Session, item_id: int, now: datetime) -> bool:
    """Let a joint item count as agreed to, unless somebody changed it meanwhile."""
    wished = made_of_two(session, item_id)
    _lock_editions(session, wished.pair if wished is not None else (item_id,))
    item = get_item(session, item_id, lock=True)
    if item.agreement is None or item_id not in silent_items(session, now):
        return False
    item.agreement.settled_at = now
    record(session, None, "item.agreed_silently", "item", item.id, now, title=item.title)
    if wished is not None:
        _follow(session, wished, item, None, now)
    return True


def silence(session: Session) -> timedelta:
    """How long nobody has to say anything for a wish to count."""
    return timedelta(hours=calendar(session).silence_hours)


def untold(session: Session, now: datetime) -> list[int]:
    """The joint items that somebody changed a while ago and of which the others did not hear yet."""
    waiting = select(JointAgreement.item_id).join(Item, Item.id == JointAgreement.item_id)
    open_ones = waiting.where(JointAgreement.told.is_(False), Item.state == ItemState.QUEUED)
    return list(session.scalars(open_ones.where(JointAgreement.at <= now - QUIET)))


def _wish(
    session: Session, pair: Pair, wish: Wish, words: str, now: datetime, made: Item | None = None
) -> Conversation:
    wished = conversation_of(session, *pair.key)
    if wished is None:
        wished = Conversation(first_id=pair.first.id, second_id=pair.second.id)
        session.add(wished)
    elif wished.wish == Wish.JOINT:
        raise Joined
    wished.wish, wished.words, wished.joint_id = wish, words, made.id if made is not None else None
    wished.by, wished.at, wished.voices, wished.settled_at = pair.user, now, [], None
    session.flush()
    _note(session, pair.user, wish, wished, now, **({"words": words} if words else {}))
    return wished


def _note(
    session: Session, user: User | None, what: str, wished: Conversation, now: datetime, **detail: object
) -> None:
    detail |= {"other": wished.second_id, "wish": wished.wish}
    record(session, user, f"conversation.{what}", "item", wished.first_id, now, **detail)


def _open(session: Session, pair: Pair) -> Conversation:
    wished = conversation_of(session, *pair.key)
    if wished is None or wished.settled_at is not None or wished.wish not in (Wish.APART, Wish.JOINT):
        raise NotFound("nothing waits for agreement here")
    return wished


def _with_voice(user: User, voices: list[int]) -> list[int]:
    mine = voice_of(user)
    if not mine:
        raise NotAllowed("only heads agree, on behalf of their organisation")
    return sorted({*voices, *mine})


def _first_speaker(pair: Pair) -> Organisation:
    """Whose item the joint one is in lists: that of whoever makes it, if they have one."""
    items = (pair.first, pair.second)
    mine = next((one for one in items if one.organisation_id == pair.user.organisation_id), pair.first)
    return mine.organisation


def _pictured(pair: Pair, choice: Choice) -> Item:
    if pair.first.image is not None and pair.second.image is not None:
        return pair.second if choice.side(Part.PICTURE) is Side.SECOND else pair.first
    return pair.first if pair.first.image is not None else pair.second


def _follow(session: Session, wished: Conversation, made: Item, user: User | None, now: datetime) -> None:
    """Once all stand behind the joint item, those it was made of follow into it, also in editions under way."""
    if made.unagreed or wished.settled_at is not None:
        return
    items = [get_item(session, number, lock=True) for number in wished.pair]
    if any(one.state == ItemState.SENT for one in items):
        _lapse(session, wished, made, now)
        return
    wished.settled_at = now
    waited = [one.queued_at for one in (*items, made) if one.queued_at is not None]
    made.queued_at, made.passed_over = min(waited), max(one.passed_over for one in items)
    for one in items:
        one.state = ItemState.WITHDRAWN
    session.flush()
    for edition in _under_way(session, wished.pair):
        take_place(session, edition, wished.pair, made, user, now)
    _note(session, user, "joined", wished, now)


def _lapse(session: Session, wished: Conversation, made: Item, now: datetime) -> None:
    """One of the two went out before the other head said anything: there is nothing left to join."""
    made.state, made.queued_at = ItemState.WITHDRAWN, None
    _note(session, None, "lapsed", wished, now)
    session.delete(wished)
    session.flush()


def _part(session: Session, pair: Pair, wished: Conversation, now: datetime) -> None:
    """The joint item goes, and the two wait again where they waited. Raises ItemSent."""
    made = get_item(session, wished.joint_id or 0, lock=True)
    if made.state == ItemState.SENT:
        raise ItemSent
    made.state, made.queued_at = ItemState.WITHDRAWN, None
    if wished.settled_at is None:
        return
    for one in (pair.first, pair.second):
        one.state = ItemState.QUEUED if one.queued_at is not None else ItemState.DRAFT
    session.flush()
    for edition in _under_way(session, (made.id,)):
        take_place(session, edition, (made.id,), _first_in_line(pair), pair.user, now)


def _first_in_line(pair: Pair) -> Item:
    """Of two that may not go together, the one that goes first: whichever waits longer."""
    waits = [one for one in (pair.first, pair.second) if one.queued_at is not None]
    return min(waits, key=lambda one: (one.queued_at, one.id), default=pair.first)


def _under_way(session: Session, item_ids: Collection[int]) -> list[Edition]:
    """The editions that hold one of these items and can still be changed, in the order of their ids."""
    holding = Placement.item_id.in_(item_ids) & Placement.position.is_not(None)
    found = select(Edition).where(Edition.id.in_(select(Placement.edition_id).where(holding)))
    return [one for one in session.scalars(found.order_by(Edition.id)) if status_of(one).editable]


def _lock_editions(session: Session, item_ids: Collection[int]) -> None:
    """Editions are locked before their items, as by everybody else: else two would wait for each other."""
    for edition in _under_way(session, item_ids):
        lock(session, edition)
