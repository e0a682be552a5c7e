"""Who asked for a link to choose another password."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from newsletter_service.db import Base


class PasswordRequest(Base):
    """One form that somebody sent, for a second or so: a job answers it.

    It is written down for every address, whether or not there is an account, or anything left of its budget: nobody
    learns that by the answer or by the clock.
    """

    __tablename__ = "password_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255))
    within_budget: Mapped[bool]
    at: Mapped[datetime]
