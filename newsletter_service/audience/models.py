"""Segments (with the mail domains that prove membership) and topics."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsletter_service.audience.rules import ABOUT_LENGTH, CHOICE_LENGTH, NAME_LENGTH
from newsletter_service.db import Base
from newsletter_service.languages import Language


class Segment(Base):
    """A group of readers by their office: mayors, police, ...

    `choice` is what one reader ticks ("Ik werk bij de politie"), `about` explains it to those who do not know the word;
    both may be empty. One that is `retired` is offered no more; its members keep it until they choose otherwise.
    """

    __tablename__ = "segment"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name_nl: Mapped[str] = mapped_column(String(NAME_LENGTH))
    name_en: Mapped[str] = mapped_column(String(NAME_LENGTH))
    choice_nl: Mapped[str] = mapped_column(String(CHOICE_LENGTH), default="", server_default="")
    choice_en: Mapped[str] = mapped_column(String(CHOICE_LENGTH), default="", server_default="")
    about_nl: Mapped[str] = mapped_column(String(ABOUT_LENGTH), default="", server_default="")
    about_en: Mapped[str] = mapped_column(String(ABOUT_LENGTH), default="", server_default="")
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None]
    domains: Mapped[list["SegmentDomain"]] = relationship(cascade="all, delete-orphan", lazy="selectin")

    @property
    def retired(self) -> bool:
        """Whether it is offered no more."""
        return self.retired_at is not None

    def name(self, language: Language) -> str:
        """The name on screen, in `language` (nl or en)."""
        return self.name_en if language == "en" else self.name_nl

    def choice(self, language: Language) -> str:
        """What one reader of the segment says of themselves, in `language` (nl or en)."""
        return (self.choice_en if language == "en" else self.choice_nl) or self.name(language)

    def about(self, language: Language) -> str:
        """What the word means, in `language` (nl or en); empty where everybody knows."""
        return self.about_en if language == "en" else self.about_nl


class SegmentDomain(Base):
    """A mail domain whose confirmed addresses count as verified members of the segment, in lower case and A-labels.

    With `subdomains`, addresses in all domains below it count too.
    """

    __tablename__ = "segment_domain"

    segment_id: Mapped[int] = mapped_column(ForeignKey("segment.id", ondelete="CASCADE"), primary_key=True)
    domain: Mapped[str] = mapped_column(String(255), primary_key=True)
    subdomains: Mapped[bool] = mapped_column(default=False, server_default=true())


class Topic(Base):
    """A subject that readers choose and items are about; `retired` as of a segment."""

    __tablename__ = "topic"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name_nl: Mapped[str] = mapped_column(String(NAME_LENGTH))
    name_en: Mapped[str] = mapped_column(String(NAME_LENGTH))
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None]

    @property
    def retired(self) -> bool:
        """Whether it is offered no more."""
        return self.retired_at is not None

    def name(self, language: Language) -> str:
        """The name on screen, in `language` (nl or en)."""
        return self.name_en if language == "en" else self.name_nl
