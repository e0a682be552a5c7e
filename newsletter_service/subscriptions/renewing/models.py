"""Sign-ups of those who left, until they confirm."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsletter_service.db import Base, one_of
from newsletter_service.subscriptions.consent.rules import Actor
from newsletter_service.subscriptions.models import Subscriber


class Renewal(Base):
    """A sign-up for the address of somebody who left: a stranger may have made it, so it lies beside their row.

    `link_key` is sealed in the links of its mail and becomes the reader's own once they confirm. `choices` are what
    rules.Choices says as JSON; the hashes are of the texts that were shown (documents.models.ShownText; "" where staff
    asked, see `actor`, `staff_id` and `source`, as in consent.models.Consent).
    """

    __tablename__ = "renewal"

    subscriber_id: Mapped[int] = mapped_column(
        ForeignKey("subscriber.id", ondelete="CASCADE"), primary_key=True
    )
    link_key: Mapped[str] = mapped_column(String(12), unique=True, index=True)
    choices: Mapped[dict[str, Any]] = mapped_column(JSON)
    wording_hash: Mapped[str] = mapped_column(String(64))
    privacy_hash: Mapped[str] = mapped_column(String(64))
    actor: Mapped[Actor] = mapped_column(one_of(Actor, 12))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    source: Mapped[str] = mapped_column(String(200))
    asked_at: Mapped[datetime]
    subscriber: Mapped[Subscriber] = relationship(lazy="joined", innerjoin=True)
