"""Use cases of the queue: write, keep, queue, withdraw, and settle what looks alike."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.audience.models import Segment, Topic
from newsletter_service.editorial.images import Picture, store
from newsletter_service.editorial.likeness import LookAlike, look_alikes
from newsletter_service.editorial.models import Item, LikenessVerdict
from newsletter_service.editorial.rules import Content, ItemState, Problem, problems
from newsletter_service.errors import Conflict, Invalid, NotFound
from newsletter_service.publisher.models import Organisation
from newsletter_service.staff.models import User
from newsletter_service.staff.service import record

_OPEN = (ItemState.DRAFT, ItemState.QUEUED, ItemState.WITHDRAWN)


class ItemChanged(Conflict):
    """Somebody saved `item` since the form was opened; nothing was overwritten."""

    def __init__(self, item: Item) -> None:
        super().__init__("the item changed in the meantime")
        self.item = item


class NotReady(Invalid):
    """The item cannot be queued yet; `problems` says why."""

    def __init__(self, found: tuple[Problem, ...]) -> None:
        super().__init__("the item is not ready")
        self.problems = found


def new_item(session: Session, actor: User, organisation: Organisation, now: datetime) -> Item:
    """An empty draft of `organisation`; save_item fills it in."""
    item = Item(
        organisation=organisation, kind="news", title="", created_at=now, updated_at=now, updated_by=actor
    )
    session.add(item)
    return item


def get_item(session: Session, item_id: int, *, lock: bool = False) -> Item:
    """The item; with `lock` nobody else changes it until this transaction ends. NotFound if there is none."""
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
    picture: Picture | None = None,
    without_picture: bool = False,
    queue: bool = False,
) -> Item:
    """Write `content` into `item`, and queue it if asked.

    `version` is the one the editor began from: ItemChanged if somebody saved since. NotReady if the item
    is to be queued (or is queued already) and lacks something; then nothing is saved.
    """
    if version is not None and item.id is not None and item.version != version:
        raise ItemChanged(item)
    if item.id is not None and item.state not in _OPEN:
        raise Conflict("an item that went out is not changed any more")
    keeps_picture = item.image is not None and not without_picture
    queue = queue or item.state == ItemState.QUEUED
    found = problems(content, picture is not None or keeps_picture, now)
    if (queue and found) or Problem.NO_TITLE in found:
        raise NotReady(found)
    _write(session, item, content, picture, without_picture)
    item.updated_at, item.updated_by = now, actor
    if queue and item.state != ItemState.QUEUED:
        item.state, item.queued_at = ItemState.QUEUED, now
    session.flush()
    record(session, actor, "item.queued" if queue else "item.saved", "item", item.id, now, title=item.title)
    return item


def _write(
    session: Session, item: Item, content: Content, picture: Picture | None, without_picture: bool
) -> None:
    values = asdict(content)
    segment_ids, topic_ids = values.pop("segment_ids"), values.pop("topic_ids")
    for name, value in values.items():
        setattr(item, name, value)
    item.segments = list(session.scalars(select(Segment).where(Segment.id.in_(segment_ids))))
    item.topics = list(session.scalars(select(Topic).where(Topic.id.in_(topic_ids))))
    if picture is not None:
        item.image = store(session, picture)
    elif without_picture:
        item.image, item.image_alt = None, ""


def content_of(item: Item) -> Content:
    """What an editor decided about `item` so far."""
    values = {name: getattr(item, name) for name in Content.__dataclass_fields__ if not name.endswith("_ids")}
    return Content(
        **values,
        segment_ids=frozenset(segment.id for segment in item.segments),
        topic_ids=frozenset(topic.id for topic in item.topics),
    )


def queue_item(session: Session, actor: User, item: Item, now: datetime) -> None:
    """Let a draft or withdrawn item wait for an edition; NotReady says what it lacks."""
    if item.state not in (ItemState.DRAFT, ItemState.WITHDRAWN):
        raise Conflict("only a draft or a withdrawn item can be queued")
    found = problems(content_of(item), item.image is not None, now)
    if found:
        raise NotReady(found)
    item.state, item.queued_at = ItemState.QUEUED, now
    record(session, actor, "item.queued", "item", item.id, now, title=item.title)


def withdraw_item(session: Session, actor: User, item: Item, now: datetime) -> None:
    """Take an item out of the queue; it is kept, and can be queued again."""
    if item.state not in (ItemState.DRAFT, ItemState.QUEUED):
        raise Conflict("only a draft or a queued item can be withdrawn")
    item.state, item.queued_at = ItemState.WITHDRAWN, None
    record(session, actor, "item.withdrawn", "item", item.id, now, title=item.title)


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
    queued = session.scalars(select(Item).where(Item.state == ItemState.QUEUED)).all()
    settled = {(v.first_id, v.second_id) for v in session.scalars(select(LikenessVerdict))}
    return [pair for pair in look_alikes(queued) if pair.pair not in settled]


def keep_apart(session: Session, actor: User, first_id: int, second_id: int, now: datetime) -> None:
    """Write down that two items look alike but are different stories: both may be in one edition."""
    first, second = sorted((get_item(session, first_id).id, get_item(session, second_id).id))
    if first == second:
        raise Invalid("an item always looks like itself")
    if session.get(LikenessVerdict, (first, second)) is None:
        session.add(
            LikenessVerdict(first_id=first, second_id=second, decided_by_id=actor.id, decided_at=now)
        )
        record(session, actor, "item.kept_apart", "item", first, now, other=second)
