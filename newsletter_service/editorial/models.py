"""Items in the queue, their images, and what was decided about items that look alike."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, LargeBinary, String, Table, Text
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from newsletter_service.audience.models import Segment, Topic
from newsletter_service.db import Base, one_of
from newsletter_service.editorial.rules import ItemState, Kind
from newsletter_service.publisher.models import Organisation
from newsletter_service.staff.models import User

item_segment = Table(
    "item_segment",
    Base.metadata,
    Column("item_id", ForeignKey("item.id", ondelete="CASCADE"), primary_key=True),
    Column("segment_id", ForeignKey("segment.id"), primary_key=True),
)
item_topic = Table(
    "item_topic",
    Base.metadata,
    Column("item_id", ForeignKey("item.id", ondelete="CASCADE"), primary_key=True),
    Column("topic_id", ForeignKey("topic.id"), primary_key=True),
)


class Image(Base):
    """A picture as it goes out: re-encoded, without metadata; `digest` (SHA-256, hex) is its public name.

    `stored_at` is when it last came in. One that was `sent` stays for good: letters lie in mailboxes for years.
    """

    __tablename__ = "image"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    mime_type: Mapped[str] = mapped_column(String(20))
    width: Mapped[int]
    height: Mapped[int]
    stored_at: Mapped[datetime]
    sent: Mapped[bool] = mapped_column(default=False)
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))


class Item(Base):
    """One message of one organisation (or, if `joint`, of all of them), waiting for or gone out in an edition.

    `priority` is 0 low, 1 normal, 2 high.
    `passed_over` counts the editions that had no room for it. `version` guards against two people saving.
    """

    __tablename__ = "item"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'queued', 'sent', 'withdrawn')", name="state"),
        CheckConstraint("kind IN ('news', 'event', 'publication', 'call')", name="kind"),
        CheckConstraint("priority BETWEEN 0 AND 2", name="priority"),
        Index("ix_item_state_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    joint: Mapped[bool] = mapped_column(default=False)
    kind: Mapped[Kind] = mapped_column(one_of(Kind, 12))
    state: Mapped[ItemState] = mapped_column(one_of(ItemState, 10), default=ItemState.DRAFT)
    title: Mapped[str] = mapped_column(String(120))
    lead: Mapped[str] = mapped_column(String(400), default="")
    body: Mapped[str] = mapped_column(Text, default="")
    link_url: Mapped[str] = mapped_column(String(1000), default="")
    link_label: Mapped[str] = mapped_column(String(80), default="")
    image_id: Mapped[int | None] = mapped_column(ForeignKey("image.id"))
    image_alt: Mapped[str] = mapped_column(String(300), default="")
    restricted: Mapped[bool] = mapped_column(default=False)
    priority: Mapped[int] = mapped_column(default=1)
    not_before: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    place: Mapped[str] = mapped_column(String(200), default="")
    queued_at: Mapped[datetime | None]
    passed_over: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    version: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation] = relationship(lazy="joined")
    image: Mapped[Image | None] = relationship(lazy="joined")
    segments: Mapped[list[Segment]] = relationship(
        secondary=item_segment, lazy="selectin", order_by=Segment.position
    )
    topics: Mapped[list[Topic]] = relationship(secondary=item_topic, lazy="selectin", order_by=Topic.position)
    updated_by: Mapped[User | None] = relationship(lazy="joined")

    __mapper_args__ = {"version_id_col": version}


class LikenessVerdict(Base):
    """Somebody said that two items that look alike are not the same story; first_id < second_id."""

    __tablename__ = "likeness_verdict"
    __table_args__ = (CheckConstraint("first_id < second_id", name="ordered"),)

    first_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    second_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    decided_at: Mapped[datetime]
