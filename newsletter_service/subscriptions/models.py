"""Readers, and what they chose."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsletter_service.audience.models import Segment, Topic
from newsletter_service.db import Base, one_of
from newsletter_service.languages import DEFAULT_LANGUAGE, Language
from newsletter_service.links.tokens import new_key
from newsletter_service.subscriptions.rules import Status, folded

subscriber_topic = Table(
    "subscriber_topic",
    Base.metadata,
    Column("subscriber_id", ForeignKey("subscriber.id", ondelete="CASCADE"), primary_key=True),
    Column("topic_id", ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True),
)


class Subscriber(Base):
    """A reader, by one mail address in its normal form.

    `link_key` is sealed in the links of this subscription and of no other: someone who left and signs up again gets
    a new one, and the links of the earlier subscription end with it. `former_link` is what was sealed
    ("number-generation") for a subscription of before there were keys; nobody gets one any more.
    `address_hmac` is the hash by which delivery.suppressions knows the address. `search` is what staff search in;
    no two are the same, as each bears its address.
    """

    __tablename__ = "subscriber"
    __table_args__ = (
        CheckConstraint("status IN ('pending', 'active', 'left')", name="status"),
        Index("ix_subscriber_status_id", "status", "id"),
        # A number is never used again: the ledger knows by it whose a letter was.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(320), unique=True)
    address_hmac: Mapped[str] = mapped_column(String(64))
    domain: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(120), default="")
    language: Mapped[Language] = mapped_column(String(2), default=DEFAULT_LANGUAGE)
    status: Mapped[Status] = mapped_column(one_of(Status, 10), default=Status.PENDING)
    link_key: Mapped[str] = mapped_column(String(12), unique=True, index=True, default=new_key)
    search: Mapped[str] = mapped_column(String(700), index=True, default="", server_default="")
    former_link: Mapped[str | None] = mapped_column(String(40), unique=True, index=True)
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="subscriber", cascade="all, delete-orphan", lazy="selectin"
    )
    topics: Mapped[list[Topic]] = relationship(
        secondary=subscriber_topic, lazy="selectin", order_by=Topic.position
    )


@event.listens_for(Subscriber, "before_insert")
@event.listens_for(Subscriber, "before_update")
def _keep_what_is_searched(_mapper: object, _connection: object, subscriber: Subscriber) -> None:
    """Whatever changes a name or an address, the search knows it."""
    subscriber.search = folded(f"{subscriber.name or ''} {subscriber.address}")


class Membership(Base):
    """A reader's claim to a segment; `approved_at` is set when a communicator vouched for it."""

    __tablename__ = "membership"

    subscriber_id: Mapped[int] = mapped_column(
        ForeignKey("subscriber.id", ondelete="CASCADE"), primary_key=True
    )
    segment_id: Mapped[int] = mapped_column(
        ForeignKey("segment.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    subscriber: Mapped[Subscriber] = relationship(back_populates="memberships")
    segment: Mapped[Segment] = relationship(lazy="joined")


class DormantApproval(Base):
    """Who vouched for a claim that the reader gave up: it counts again once they claim the segment again."""

    __tablename__ = "dormant_approval"

    subscriber_id: Mapped[int] = mapped_column(
        ForeignKey("subscriber.id", ondelete="CASCADE"), primary_key=True
    )
    segment_id: Mapped[int] = mapped_column(
        ForeignKey("segment.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    approved_at: Mapped[datetime]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
