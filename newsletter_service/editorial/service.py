"""Use cases of the queue: write, keep, queue, withdraw, and settle what looks alike."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Segment, Topic
from newsletter_service.db import LARGEST_NUMBER, rows_changed
from newsletter_service.editorial.history import service as history
from newsletter_service.editorial.history.models import ItemVersion
from newsletter_service.editorial.history.rules import read
from newsletter_service.editorial.likeness.pairs import LookAlike, alike_with, look_alikes, told_before
from newsletter_service.editorial.likeness.prints import Describable, Texts
from newsletter_service.editorial.models import Conversation, Image, Item, JointAgreement
from newsletter_service.editorial.rules import Content, ItemState, Kind, Problem, Wish, problems
from newsletter_service.errors import Conflict, Invalid, NotFound
from newsletter_service.publisher.models import Organisation
from newsletter_service.publisher.service import organisations
from newsletter_service.staff.models import User
from newsletter_service.staff.rules import may_sign_off
from newsletter_service.staff.service import actor_of, record

REMEMBERED = timedelta(days=365)
"""What was sent longer ago may be told again."""


class ItemChanged(Conflict):
    """Somebody saved the item since the form was opened; nothing was overwritten."""

    def __init__(self) -> None:
        super().__init__("the item changed in the meantime")


class ItemSent(Conflict):
    """The item went out with an edition: from then on it stays as it is."""

    def __init__(self) -> None:
        super().__init__("an item that went out is not changed any more")


class Joined(Conflict):
    """The item is one of two that became one, or that one itself: undoing that comes first."""

    def __init__(self) -> None:
        super().__init__("an item that was joined with another is not changed by itself")


class NotReady(Invalid):
    """The item cannot be queued yet; `problems` says why."""

    def __init__(self, found: tuple[Problem, ...]) -> None:
        super().__init__("the item is not ready")
        self.problems = found


def new_item(actor: User, organisation: Organisation, now: datetime) -> Item:
    """An empty draft of `organisation`, which save_item fills in and adds to the session."""
    return Item(
        organisation=organisation,
        kind=Kind.NEWS,
        title="",
        created_at=now,
        updated_at=now,
        updated_by=actor,
    )


def get_item(session: Session, item_id: int, *, lock: bool = False) -> Item:
    """The item; with `lock` nobody else changes it until this transaction ends. NotFound if there is none."""
    if item_id > LARGEST_NUMBER:
        raise NotFound("no such item")
    query = select(Item).where(Item.id == item_id)
    if lock:
        query = query.with_for_update(of=Item).execution_options(populate_existing=True)
    item = session.scalars(query).first()
    if item is None:
        raise NotFound("no such item")
    return item


def save_item(
    session: Session,
    actor: User,
    item: Item,
    content: Content,
    now: datetime,
    *,
    version: int | None = None,
    image: Image | None = None,
    without_image: bool = False,
    queue: bool = False,
    restored: int | None = None,
) -> Item:
    """Write `content` into `item`, with a new `image` or none if asked, and queue it if asked.

    `version` is the one the editor began from, None for a new item: ItemChanged if it is not the latest.
    ItemSent if it went out. NotReady if the item is to be queued (or is queued already) and lacks something;
    a draft lacks nothing but a title. When one of these is raised, nothing is saved. `restored` is the number of the
    version that `content` comes from.
    """
    _still_open(session, item)
    if item.id is not None and item.version != version:
        raise ItemChanged
    content = replace(content, joint=content.joint or made_of_two(session, item.id) is not None)
    newly_queued = queue and item.state != ItemState.QUEUED
    pictured = image is not None or (item.image is not None and not without_image)
    found = wanting(content, pictured, now, for_queue=queue or item.state == ItemState.QUEUED)
    if found:
        raise NotReady(found)
    before = _decided(item) if item.id is not None else {}
    if before:
        history.keep(session, item, content_of(item))  # what it says may be older than its history
    _write(session, item, content, image, without_image)
    if newly_queued:
        item.state, item.queued_at = ItemState.QUEUED, now
    after = _decided(item)
    changed = [name for name in before if before[name] != after[name]]
    if changed or newly_queued or not before:
        ask_the_others(session, item, actor, now)
    about: dict[str, object] = {"changed": changed} if restored is None else {"number": restored}
    _note(session, actor, item, _deed(newly_queued, restored), now, **about)
    history.keep(session, item, content_of(item), restored)
    return item


def _deed(newly_queued: bool, restored: int | None) -> str:
    if restored is not None:
        return "item.restored"
    return "item.queued" if newly_queued else "item.saved"


def restore_version(session: Session, actor: User, item: Item, number: int, now: datetime) -> Item:
    """Write what `item` said in version `number` into it, as a new version; NotFound, ItemSent or NotReady."""
    version = history.version_of(session, item, number)
    return save_item(
        session,
        actor,
        item,
        read(version.content),
        now,
        version=item.version,
        image=version.image,
        without_image=version.image is None,
        restored=number,
    )


def _decided(item: Item) -> dict[str, object]:
    """All that editors decide about `item`, by the names that the audit trail calls it."""
    return asdict(content_of(item)) | {"image_id": item.image.digest if item.image else None}


def _still_open(session: Session, item: Item) -> None:
    if item.state == ItemState.SENT:
        raise ItemSent
    if joined_into(session, item) is not None:
        raise Joined


def ask_the_others(session: Session, item: Item, actor: User, now: datetime) -> None:
    """Let a joint item wait for the organisations other than that of `actor`, who just changed it."""
    if not item.joint:
        item.agreement = None
        return
    voices = voice_of(actor)
    agreed = {one.id for one in organisations(session)} <= set(voices)
    if item.agreement is None:
        item.agreement = JointAgreement()
    item.agreement.by_id, item.agreement.at, item.agreement.voices = actor.id, now, voices
    item.agreement.settled_at, item.agreement.told = now if agreed else None, agreed


def voice_of(user: User) -> list[int]:
    """The organisations that `user` speaks for: that of a head, and none of anybody else."""
    mine = user.organisation_id
    return [mine] if mine is not None and may_sign_off(actor_of(user), mine) else []


def made_of_two(session: Session, item_id: int | None) -> Conversation | None:
    """The conversation of the two items that a joint item was made of, if it was."""
    if item_id is None:
        return None
    return session.scalars(select(Conversation).where(Conversation.joint_id == item_id)).first()


def joined_into(session: Session, item: Item) -> int | None:
    """The id of the joint item that took the place of `item`, if one did."""
    if item.state != ItemState.WITHDRAWN:
        return None
    mine = or_(Conversation.first_id == item.id, Conversation.second_id == item.id)
    settled = Conversation.settled_at.is_not(None)
    return session.scalars(select(Conversation.joint_id).where(mine, settled, _JOINT)).first()


_JOINT = Conversation.wish == Wish.JOINT


def wanting(content: Content, pictured: bool, now: datetime, *, for_queue: bool) -> tuple[Problem, ...]:
    """What keeps `content` from being saved; a draft lacks nothing but a title."""
    found = problems(content, pictured, now)
    return found if for_queue else tuple(problem for problem in found if problem is Problem.NO_TITLE)


def _write(session: Session, item: Item, content: Content, image: Image | None, without_image: bool) -> None:
    values = asdict(content)
    segment_ids, topic_ids = values.pop("segment_ids"), values.pop("topic_ids")
    for name, value in values.items():
        setattr(item, name, value)
    item.kind = content.kind
    item.segments = list(session.scalars(select(Segment).where(Segment.id.in_(segment_ids))))
    item.topics = list(session.scalars(select(Topic).where(Topic.id.in_(topic_ids))))
    if image is not None:
        item.image = image
    elif without_image:
        item.image, item.image_alt = None, ""
    session.add(item)


def _note(session: Session, actor: User, item: Item, action: str, now: datetime, **detail: object) -> None:
    """Write down who did this, on the item and in the audit trail."""
    item.updated_at, item.updated_by = now, actor
    session.flush()
    record(session, actor, action, "item", item.id, now, title=item.title, **detail)


def content_of(item: Item) -> Content:
    """What an editor decided about `item` so far."""
    names = Content.__dataclass_fields__.keys() - {"kind", "segment_ids", "topic_ids"}
    return Content(
        kind=item.kind,
        segment_ids=frozenset(segment.id for segment in item.segments),
        topic_ids=frozenset(topic.id for topic in item.topics),
        **{name: getattr(item, name) for name in names},
    )


def lacking(item: Item, now: datetime) -> tuple[Problem, ...]:
    """What keeps `item` from being queued now."""
    return problems(content_of(item), item.image is not None, now)


def queue_item(session: Session, actor: User, item: Item, now: datetime) -> None:
    """Let a draft or withdrawn item wait for an edition; NotReady says what it lacks, or ItemSent."""
    _still_open(session, item)
    if item.state == ItemState.QUEUED:
        return
    found = lacking(item, now)
    if found:
        raise NotReady(found)
    item.state, item.queued_at = ItemState.QUEUED, now
    ask_the_others(session, item, actor, now)
    _note(session, actor, item, "item.queued", now)


def withdraw_item(session: Session, actor: User, item: Item, now: datetime) -> None:
    """Take an item out of the queue; it is kept, and can be queued again. ItemSent if it went out; Joined."""
    _still_open(session, item)
    if made_of_two(session, item.id) is not None:
        raise Joined
    if item.state == ItemState.WITHDRAWN:
        return
    item.state, item.queued_at = ItemState.WITHDRAWN, None
    _note(session, actor, item, "item.withdrawn", now)


def list_items(session: Session, state: ItemState | None, organisation_id: int | None) -> list[Item]:
    """Items of one state (or all) and organisation (or all), the latest first."""
    query = select(Item).order_by(Item.updated_at.desc(), Item.id.desc()).limit(200)
    if state is not None:
        query = query.where(Item.state == state)
    if organisation_id is not None:
        query = query.where(Item.organisation_id == organisation_id)
    return list(session.scalars(query))


def unsettled_look_alikes(session: Session) -> list[LookAlike]:
    """Pairs of queued items that look alike and that nobody has said to be different."""
    settled = kept_apart(session)
    return [pair for pair in look_alikes(queued_items(session)) if pair.pair not in settled]


def sent_look_alikes(session: Session, items: Collection[Item], now: datetime) -> dict[int, LookAlike]:
    """By the id of an item, its pair with what was sent within a year and looks like it, unless they are kept apart."""
    return told_before(items, sent_items(session, now), kept_apart(session)) if items else {}


def queued_items(session: Session) -> Sequence[Item]:
    """All that waits in the queue."""
    return session.scalars(select(Item).where(Item.state == ItemState.QUEUED)).all()


def sent_items(session: Session, now: datetime) -> list[Texts]:
    """The texts of what was sent within a year, as long as which it counts as told; from the oldest.

    Nothing else of them: several pages ask for a year's items each time, and whole ones take ten times as long.
    """
    columns = (Item.id, Item.title, Item.lead, Item.body, Item.link_url, Item.starts_at, Item.place)
    told = (Item.state == ItemState.SENT, Item.queued_at >= now - REMEMBERED)
    return [Texts(*row) for row in session.execute(select(*columns).where(*told).order_by(Item.id))]


def looks_like(session: Session, item: Describable, now: datetime) -> list[LookAlike]:
    """What waits, or was sent within a year, and looks like `item` without being kept apart; the most alike first."""
    known: list[Describable] = [*queued_items(session), *sent_items(session, now)]
    settled, others = kept_apart(session), [one for one in known if one.id != item.id]
    return [pair for pair in alike_with(item, others) if pair.pair not in settled]


def wishes(session: Session) -> dict[tuple[int, int], Conversation]:
    """What was wished last about pairs of items, by their ids."""
    return {one.pair: one for one in session.scalars(select(Conversation))}


def kept_apart(session: Session) -> set[tuple[int, int]]:
    """The pairs of ids that may look alike: different stories by agreement, or a joint item and what it is made of."""
    settled = or_(_JOINT, Conversation.settled_at.is_not(None))
    pairs: set[tuple[int, int]] = set()
    for one in session.scalars(select(Conversation).where(settled)):
        joint = one.joint_id
        pairs |= {one.pair} if joint is None else {(min(it, joint), max(it, joint)) for it in one.pair}
    return pairs


def forget_pictures(session: Session, before: datetime) -> int:
    """Delete pictures stored before `before` that no item has or had and no letter ever named; returns their number."""
    needed = or_(exists().where(Item.image_id == Image.id), exists().where(ItemVersion.image_id == Image.id))
    old = delete(Image).where(Image.stored_at < before, Image.sent.is_(False), ~needed)
    return rows_changed(session, old)
