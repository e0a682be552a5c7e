"""Which acts need a second person, and the requests for one."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsletter_service.db import Base, one_of
from newsletter_service.staff.four_eyes.rules import Act, RequestState
from newsletter_service.staff.models import User


class FourEyes(Base):
    """Whether an act needs a second person; without a row it does not."""

    __tablename__ = "four_eyes"

    act: Mapped[Act] = mapped_column(one_of(Act, 20), primary_key=True)
    needed: Mapped[bool]


class ActRequest(Base):
    """What somebody asked a second person for: `what` as values that its act knows, and their hash."""

    __tablename__ = "act_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[Act] = mapped_column(one_of(Act, 20))
    what: Mapped[dict[str, Any]] = mapped_column(JSON)
    hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[RequestState] = mapped_column(one_of(RequestState, 12), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    asked_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    decided_at: Mapped[datetime | None]
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id], lazy="joined")
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id], lazy="joined")
