"""Lists that staff handed in. Nobody's address stands here: what is in a list lies in files, and goes with them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsletter_service.db import Base, one_of
from newsletter_service.staff.models import User
from newsletter_service.subscriptions.lists.rules import ListState


class SubscriberList(Base):
    """One list: `key` names the folder of its files, `chosen` says what each column is, `answers` what staff said of
    it (as lists.answers has them), and `outcome` counts what becomes, or became, of its lines.
    """

    __tablename__ = "subscriber_list"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    file_name: Mapped[str] = mapped_column(String(150))
    by_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    handed_in_at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[ListState] = mapped_column(one_of(ListState, 12), default=ListState.HANDED_IN)
    tries: Mapped[int] = mapped_column(default=0)
    chosen: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    answers: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    outcome: Mapped[dict[str, int] | None] = mapped_column(JSON(none_as_null=True))
    by: Mapped[User] = relationship()
