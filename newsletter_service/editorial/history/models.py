"""The versions of items; rows are only ever added, and go with their item."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsletter_service.db import Base
from newsletter_service.editorial.models import Image
from newsletter_service.staff.models import User


class ItemVersion(Base):
    """What an item held from `saved_at` on: `content` is a Content as history.rules writes it down.

    `number` counts from 1 for each item; `restored` is the number of the version that was put back by this one.
    """

    __tablename__ = "item_version"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    image_id: Mapped[int | None] = mapped_column(ForeignKey("image.id"), index=True)
    restored: Mapped[int | None]
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))

    image: Mapped[Image | None] = relationship(lazy="joined")
    saved_by: Mapped[User | None] = relationship(lazy="joined")
