"""Changes of address that wait for an answer."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsletter_service.db import Base
from newsletter_service.links.tokens import new_key
from newsletter_service.subscriptions.models import Subscriber


class AddressChange(Base):
    """A wish that a reader's newsletter goes to another address: one a reader, the last one.

    `link_key` is sealed in the links that both addresses get. `staff_id` is who asked on the reader's behalf. From
    `silence_counts_from` on (null: never) the old address need not answer; see rules.is_agreed.
    """

    __tablename__ = "address_change"

    subscriber_id: Mapped[int] = mapped_column(
        ForeignKey("subscriber.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    link_key: Mapped[str] = mapped_column(String(12), unique=True, default=new_key)
    new_address: Mapped[str] = mapped_column(String(320))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    asked_at: Mapped[datetime] = mapped_column(index=True)
    silence_counts_from: Mapped[datetime | None] = mapped_column(index=True)
    new_agreed_at: Mapped[datetime | None]
    old_agreed_at: Mapped[datetime | None]
    subscriber: Mapped[Subscriber] = relationship()
