"""What came back of the letters that were sent."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from newsletter_service.bounces.rules import Source, Verdict
from newsletter_service.db import Base, one_of


class Bounce(Base):
    """What came back of one delivery: a bounce, a complaint, or a request to unsubscribe.

    Each verdict counts once for a delivery, so that a message read twice does nothing twice. Notices are purged
    after days and a bounce may come later, hence no foreign key to the delivery. `headers` are those of the message,
    for staff to look at; they are forgotten earlier than the rest. What staff took back (`undone_at`) does not add up.
    """

    __tablename__ = "bounce"
    __table_args__ = (
        UniqueConstraint("delivery_id", "verdict"),
        CheckConstraint(
            "verdict IN ('hard', 'soft', 'policy', 'complaint', 'unsubscribe')",
            name="verdict",
        ),
        Index("ix_bounce_verdict_at", "verdict", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int]
    subscriber_id: Mapped[int | None] = mapped_column(
        ForeignKey("subscriber.id", ondelete="CASCADE"), index=True
    )
    verdict: Mapped[Verdict] = mapped_column(one_of(Verdict, 12))
    status: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(500))
    source: Mapped[Source] = mapped_column(one_of(Source, 8))
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    headers: Mapped[str] = mapped_column(Text, deferred=True)
