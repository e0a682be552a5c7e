"""Texts as they were shown."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from newsletter_service.db import Base, one_of
from newsletter_service.documents.rules import Kind
from newsletter_service.languages import Language


class ShownText(Base):
    """A text exactly as it was shown, known by its hash, since `at`; `version` is the one it was made of."""

    __tablename__ = "shown_text"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[Kind] = mapped_column(one_of(Kind, 20))
    version: Mapped[str] = mapped_column(String(20))
    language: Mapped[Language] = mapped_column(String(2))
    words: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
