"""Staff accounts with their roles, and the audit trail of what they did."""

from datetime import datetime
from typing import Any

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


class Role(Base):
    """A role as a row, as Flask-Security wants it."""

    __tablename__ = "staff_role"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[rules.Role] = mapped_column(one_of(rules.Role, 40), unique=True)

    def get_permissions(self) -> set[str]:
        """As Flask-Security asks: roles are all there is here."""
        return set()


class User(Base):
    """A person who signs in; heads (and, if wanted, others) belong to one organisation.

    `link_key` is what the link is known by that leads to choosing a password; it goes with its first use.
    `agenda_key` is what their agenda follows the calendar by, without anybody signing in; null for who does not.
    `muted` are the kinds of notices that they do without. `totp_secret` is that of an app that makes codes, encrypted
    (see staff/second_factor), and `totp_counter` the step of time of the last code that was used. `identity` is a
    hash of who they are at the identity provider; an account that is there `by_groups` lives by those it has there.
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
    roles: Mapped[list[Role]] = relationship(secondary=staff_user_role, lazy="selectin")
    last_sign_in_at: Mapped[datetime | None]
    link_key: Mapped[str | None] = mapped_column(String(12), unique=True, index=True)
    agenda_key: Mapped[str | None] = mapped_column(String(12), unique=True, index=True)
    muted: Mapped[list[str]] = mapped_column(JSON, default=list)
    totp_secret: Mapped[str | None] = mapped_column(String(400))
    totp_counter: Mapped[int | None]
    identity: Mapped[str | None] = mapped_column(String(64), unique=True, index=True)
    by_groups: Mapped[bool] = mapped_column(default=False)

    is_authenticated, is_anonymous = True, False

    @property
    def is_active(self) -> bool:
        """As Flask-Login asks; its base class would have every worker load the pages of the library."""
        return self.active

    def get_id(self) -> str:
        """As Flask-Login asks."""
        return str(self.id)

    def has_role(self, role: rules.Role) -> bool:
        """Whether this is one of their roles."""
        return any(row.name == role for row in self.roles)

    @property
    def can_sign_in(self) -> bool:
        """Whether they ever chose a way to say who they are; before that they are only invited."""
        return self.password is not None or self.identity is not None


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
