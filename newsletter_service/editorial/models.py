"""Items in the queue, their images, and what was decided about items that look alike."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, LargeBinary, String, Table, Text
from sqlalchemy.orm import Mapped, declared_attr, deferred, mapped_column, relationship

from newsletter_service.audience.models import Segment, Topic
from newsletter_service.db import Base, one_of
from newsletter_service.editorial.rules import ItemState, Kind, Wish
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
    agreement: Mapped["JointAgreement | None"] = relationship(lazy="joined", cascade="all, delete-orphan")

    @property
    def unagreed(self) -> bool:
        """Whether it would speak for an organisation that does not stand behind it yet."""
        return self.joint and self.agreement is not None and self.agreement.settled_at is None

    __mapper_args__ = {"version_id_col": version}


class Agreeing:
    """What one organisation cannot settle alone: it counts from `settled_at` on.

    `by` wished it at `at`; `voices` are the ids of the organisations that are for it.
    """

    by_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    at: Mapped[datetime]
    voices: Mapped[list[int]] = mapped_column(JSON)
    settled_at: Mapped[datetime | None]

    @declared_attr
    def by(self) -> Mapped[User]:
        """Whoever wished it."""
        return relationship(User, lazy="joined")


class JointAgreement(Agreeing, Base):
    """Whether all organisations stand behind the words of a joint item; a change asks the others anew.

    Items that were joint before there was such a thing have none. `told` says whether the others were mailed.
    """

    __tablename__ = "joint_agreement"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    told: Mapped[bool] = mapped_column(default=False)


class Conversation(Agreeing, Base):
    """What is to be done about two items that look alike (first_id < second_id), as somebody wishes last.

    `words` are their reason or question. `joint_id` is the item made of both, if that is the wish.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        CheckConstraint("first_id < second_id", name="ordered"),
        CheckConstraint("(wish = 'joint') = (joint_id IS NOT NULL)", name="joint"),
    )

    first_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    second_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    wish: Mapped[Wish] = mapped_column(one_of(Wish, 10))
    words: Mapped[str] = mapped_column(String(500), default="")
    joint_id: Mapped[int | None] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), unique=True)

    @property
    def pair(self) -> tuple[int, int]:
        """The two ids."""
        return self.first_id, self.second_id
