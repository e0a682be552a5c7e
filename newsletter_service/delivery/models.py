"""The ledger: mailings, their letters, one row per delivery, and the addresses not to be mailed any more."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from newsletter_service.db import Base


class Mailing(Base):
    """All letters and deliveries of one release; while `paused_at` is set nothing of it is claimed.

    Notices (confirmations, staff notices, proofs) belong to no mailing and are never paused.
    """

    __tablename__ = "mailing"

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    pause_reason: Mapped[str] = mapped_column(String(500), default="")


class Letter(Base):
    """One rendered variant, prepared once: a MIME skeleton with named slots (see letters.skeleton)."""

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    mailing_id: Mapped[int | None] = mapped_column(ForeignKey("mailing.id"), index=True)
    language: Mapped[str] = mapped_column(String(2))
    subject: Mapped[str] = mapped_column(String(250))
    skeleton: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    created_at: Mapped[datetime]


class Delivery(Base):
    """One letter to one address; `state` is one of rules.State.

    `reader_id` and `reader_generation` (null for staff) make the reader's own links. `lease_holder`
    and `lease_until` are set while a sender holds the row, `handed_at` from the moment it gave the letter to a
    connection: a row whose sender died is ready again if it was never handed over, and uncertain if it was.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("mailing_id", "reader_id"),
        CheckConstraint(
            "state IN ('ready', 'claimed', 'sent', 'deferred', 'failed', 'uncertain', 'cancelled')",
            name="state",
        ),
        Index("ix_delivery_open", "state", "priority", "next_attempt_at", "id"),
        Index("ix_delivery_reader_id", "reader_id"),
        Index("ix_delivery_mailing_id_state", "mailing_id", "state"),
        # A number is never used again: it is in the Message-ID and in the address that bounces come back to.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mailing_id: Mapped[int | None] = mapped_column(ForeignKey("mailing.id"))
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), index=True)
    reader_id: Mapped[int | None]
    reader_generation: Mapped[int | None]
    address: Mapped[str] = mapped_column(String(320))
    name: Mapped[str] = mapped_column(String(120), default="")
    state: Mapped[str] = mapped_column(String(10), default="ready")
    priority: Mapped[int] = mapped_column(default=5)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime]
    give_up_at: Mapped[datetime]
    lease_holder: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None]
    handed_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    reply_code: Mapped[int | None]
    reply_status: Mapped[str] = mapped_column(String(12), default="")
    reply_text: Mapped[str] = mapped_column(String(500), default="")
    letter: Mapped[Letter] = relationship()


class Suppression(Base):
    """An address that is not mailed again, kept only as a keyed hash (HMAC-SHA256, hex)."""

    __tablename__ = "suppression"

    address_hmac: Mapped[str] = mapped_column(String(64), primary_key=True)
    reason: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
