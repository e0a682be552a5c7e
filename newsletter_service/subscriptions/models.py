"""Readers, and what they chose."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table, event
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from newsletter_service.audience.models import Segment, Topic
from newsletter_service.db import Base, one_of
from newsletter_service.languages import DEFAULT_LANGUAGE, Language
from newsletter_service.links.tokens import new_key
from newsletter_service.subscriptions.rules import SEARCH_LENGTH, Status, searched
from newsletter_service.subscriptions.verification.rules import ClaimState, DeclineReason, Evidence

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
    no two are the same, as each bears its address. `organisation` is what they say of themselves:
    nobody checked it. Until `paused_until` no edition goes to them.
    """

    __tablename__ = "subscriber"
    __table_args__ = (
        CheckConstraint("status IN ('pending', 'active', 'left')", name="status"),
        Index("ix_subscriber_status_id", "status", "id"),
        # Whoever searches reads these alone, in their order, and no whole rows; PostgreSQL needs the number said.
        Index(None, "search", "id", "status", "language"),
        Index(None, "domain", "search"),
        # A number is never used again: the ledger knows by it whose a letter was.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(320), unique=True)
    address_hmac: Mapped[str] = mapped_column(String(64), index=True)
    domain: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(120), default="")
    organisation: Mapped[str] = mapped_column(String(120), default="", server_default="")
    language: Mapped[Language] = mapped_column(String(2), default=DEFAULT_LANGUAGE)
    status: Mapped[Status] = mapped_column(one_of(Status, 10), default=Status.PENDING)
    link_key: Mapped[str] = mapped_column(String(12), unique=True, index=True, default=new_key)
    search: Mapped[str] = mapped_column(String(SEARCH_LENGTH), default="", server_default="")
    former_link: Mapped[str | None] = mapped_column(String(40), unique=True, index=True)
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    paused_until: Mapped[datetime | None] = mapped_column(index=True)
    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="subscriber", cascade="all, delete-orphan", lazy="selectin"
    )
    dormant_checks: Mapped[list["DormantCheck"]] = relationship(cascade="all, delete-orphan")
    topics: Mapped[list[Topic]] = relationship(
        secondary=subscriber_topic, lazy="selectin", order_by=Topic.position
    )

    @validates("address")
    def _check_anew(self, _key: str, address: str) -> str:
        """Every check was about the address of before: whoever changes it, the claims wait again."""
        if self.address not in (None, address):
            self.dormant_checks.clear()
            for membership in self.memberships:
                if membership.state is not ClaimState.WAITING:
                    membership.reopen()
        return address


@event.listens_for(Subscriber, "before_insert")
@event.listens_for(Subscriber, "before_update")
def _keep_what_is_searched(_mapper: object, _connection: object, subscriber: Subscriber) -> None:
    """Whatever changes what is searched, the search knows it; rows that are added in bulk bring it along."""
    subscriber.search = searched(subscriber.name or "", subscriber.organisation or "", subscriber.address)


class Checked:
    """What is known of the check of a claim: where it stands, since when, by what and until when.

    `decided_at` is when it was verified or declined, `decided_by_id` by whom if that was a person. `evidence` is what
    a verification goes by and `source` says that in a word: the listed domain, or where the import had it from.
    `reminders` counts the mails about its end; the reader is told of the decision once `tell_at` has come.
    """

    state: Mapped[ClaimState] = mapped_column(one_of(ClaimState, 10), default=ClaimState.WAITING)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    evidence: Mapped[Evidence | None] = mapped_column(one_of(Evidence, 10))
    source: Mapped[str] = mapped_column(String(255), default="", server_default="")
    reason: Mapped[DeclineReason | None] = mapped_column(one_of(DeclineReason, 20))
    until: Mapped[datetime | None]
    reminders: Mapped[int] = mapped_column(default=0, server_default="0")
    tell_at: Mapped[datetime | None] = mapped_column(index=True)


class Membership(Checked, Base):
    """A reader's claim to a segment, made at `claimed_at`, and its check."""

    __tablename__ = "membership"
    __table_args__ = (
        Index(None, "state", "claimed_at", "subscriber_id", "segment_id"),
        Index(None, "state", "until"),
    )

    subscriber_id: Mapped[int] = mapped_column(
        ForeignKey("subscriber.id", ondelete="CASCADE"), primary_key=True
    )
    segment_id: Mapped[int] = mapped_column(
        ForeignKey("segment.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    claimed_at: Mapped[datetime]
    subscriber: Mapped[Subscriber] = relationship(back_populates="memberships")
    segment: Mapped[Segment] = relationship(lazy="joined")

    def reopen(self, tell_at: datetime | None = None) -> None:
        """Let the claim wait for a new check, of which its reader hears at `tell_at`; what it went by is kept."""
        self.state, self.until, self.tell_at, self.reminders = ClaimState.WAITING, None, tell_at, 0


class DormantCheck(Checked, Base):
    """The check of a claim that the reader gave up: it counts again once they claim the segment again."""

    __tablename__ = "dormant_check"

    subscriber_id: Mapped[int] = mapped_column(
        ForeignKey("subscriber.id", ondelete="CASCADE"), primary_key=True
    )
    segment_id: Mapped[int] = mapped_column(
        ForeignKey("segment.id", ondelete="CASCADE"), primary_key=True, index=True
    )
