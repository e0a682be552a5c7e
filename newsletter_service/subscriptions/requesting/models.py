"""Who is to be asked by mail."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from newsletter_service.db import Base


class ConsentRequest(Base):
    """Somebody on a list who is asked at `at`, or when budgets allow, and then gone from here.

    `choices` are a rules.Choices as JSON, `known_from` is what staff said of the list, as the mail says it. `staff_id`
    (None: a command) brought the list; `list_id` is its number, if it came in on a page.
    """

    __tablename__ = "consent_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(320), unique=True)
    choices: Mapped[dict[str, Any]] = mapped_column(JSON(none_as_null=True))
    known_from: Mapped[str] = mapped_column(String(150))
    file_name: Mapped[str] = mapped_column(String(200))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    list_id: Mapped[int | None] = mapped_column(
        ForeignKey("subscriber_list.id", ondelete="SET NULL"), index=True
    )
    brought_at: Mapped[datetime] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(index=True)
