"""Who was asked to agree again."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from newsletter_service.db import Base


class ReconsentRequest(Base):
    """That a reader was asked about a document, when that was, and until when they have (`until`).

    `reminded_at` is when they were asked once more. The row says nothing of an answer: that is a step of consent.
    """

    __tablename__ = "reconsent_request"
    __table_args__ = (Index(None, "document_id", "reminded_at", "until"),)

    subscriber_id: Mapped[int] = mapped_column(
        ForeignKey("subscriber.id", ondelete="CASCADE"), primary_key=True
    )
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    at: Mapped[datetime]
    until: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
