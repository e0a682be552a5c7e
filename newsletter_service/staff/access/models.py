"""Sessions of staff."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsletter_service.db import Base
from newsletter_service.staff.models import User


class StaffSession(Base):
    """One sign-in that still holds; the cookie has a key of which only the hash is kept here.

    `browser` is what its owner may know it by, such as "Firefox, Windows". `by_provider` says that they signed in
    at the identity provider, whose business a second factor is then; `provider_session` is the hash of the session that
    they have there, where it numbers them.
    """

    __tablename__ = "staff_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id", ondelete="CASCADE"), index=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    started_at: Mapped[datetime] = mapped_column(index=True)
    browser: Mapped[str] = mapped_column(String(60), default="")
    by_provider: Mapped[bool] = mapped_column(default=False)
    provider_session: Mapped[str] = mapped_column(String(64), default="", server_default="", index=True)
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)
