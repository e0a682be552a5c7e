"""Texts that readers can hold us to, by version, and as they were shown."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsletter_service.db import Base, one_of
from newsletter_service.documents.rules import SUMMARY_LENGTH, Kind
from newsletter_service.languages import Language
from newsletter_service.staff.models import User


class Document(Base):
    """A version of a text as staff published it, with slots; rows are only ever added.

    `asks_again`: who agreed to an earlier version is asked again, and `ends_unanswered` whether silence ends their
    subscription. `summary` says what changed.
    """

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("kind", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = mapped_column(one_of(Kind, 20))
    version: Mapped[str] = mapped_column(String(20))
    words_nl: Mapped[str] = mapped_column(Text)
    words_en: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(String(SUMMARY_LENGTH), default="")
    asks_again: Mapped[bool] = mapped_column(default=False)
    ends_unanswered: Mapped[bool] = mapped_column(default=False, server_default=false())
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    by: Mapped[User] = relationship(lazy="joined")

    def words(self, language: Language) -> str:
        """The text in `language` (nl or en)."""
        return self.words_en if language == "en" else self.words_nl


class ShownText(Base):
    """A text exactly as it was shown, known by its hash, since `at`; `version` is the one it was made of."""

    __tablename__ = "shown_text"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[Kind] = mapped_column(one_of(Kind, 20))
    version: Mapped[str] = mapped_column(String(20))
    language: Mapped[Language] = mapped_column(String(2))
    words: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
