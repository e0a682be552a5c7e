"""Staff accounts with their roles, and the audit trail of what they did."""

from datetime import datetime
from typing import Any

from flask_security.core import RoleMixin, UserMixin
from sqlalchemy import JSON, Column, ForeignKey, Index, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsletter_service.db import Base, one_of
from newsletter_service.languages import DEFAULT_LANGUAGE, Language
from newsletter_service.operations.terminal import NAME_LENGTH
from newsletter_service.publisher.models import Organisation
from newsletter_service.staff import rules

staff_user_role = Table(
    "staff_user_role",
    Base.metadata,
    Column("user_id", ForeignKey("staff_user.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("staff_role.id", ondelete="CASCADE"), primary_key=True),
)


class Role(Base, RoleMixin):
    """A role as a row, as Flask-Security wants it."""

    __tablename__ = "staff_role"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[rules.Role] = mapped_column(one_of(rules.Role, 40), unique=True)


class User(Base, UserMixin):
    """A person who signs in; heads (and, if wanted, others) belong to one organisation.

    `link_key` is what the link is known by that leads to choosing a password; it goes with its first use.
    `muted` are the kinds of notices that they do without.
    """

    __tablename__ = "staff_user"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255), unique=True)
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    language: Mapped[Language] = mapped_column(String(2), default=DEFAULT_LANGUAGE)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation: Mapped[Organisation | None] = relationship(lazy="joined")
    roles: Mapped[list[Role]] = relationship(  # type: ignore[assignment]  # Flask-Security knows no Mapped
        secondary=staff_user_role, lazy="selectin"
    )
    last_sign_in_at: Mapped[datetime | None]
    link_key: Mapped[str | None] = mapped_column(String(12), unique=True, index=True)
    muted: Mapped[list[str]] = mapped_column(JSON, default=list)

    @property
    def can_sign_in(self) -> bool:
        """Whether they ever chose a way to say who they are; before that they are only invited."""
        return self.password is not None


class AuditEntry(Base):
    """One thing that was done, by whom and to what; rows are only ever added, and the database lets nobody change one.

    Without an actor it was done by a command of the system user `terminal`, or else by the service itself. Readers
    are told by their number and by `subject_key`, the keyed hash of their address; `detail` bears neither address nor
    name, so that erasing somebody changes nothing here.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "action", "at"), Index(None, "subject_type", "subject_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"), index=True)
    terminal: Mapped[str] = mapped_column(String(NAME_LENGTH), default="", server_default="")
    action: Mapped[str] = mapped_column(String(60))
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    subject_key: Mapped[str] = mapped_column(String(64), default="", server_default="", index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    actor: Mapped[User | None] = relationship(lazy="joined")


class UsedForm(Base):
    """A form that did its work, by the key it was shown with; `made` is the id of what it made or changed.

    Kept for a day or so: long enough for a second press, or for going back and saving again.
    """

    __tablename__ = "used_form"

    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    made: Mapped[int]
    at: Mapped[datetime] = mapped_column(index=True)
