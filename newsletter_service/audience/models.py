"""Segments (with the mail domains that prove membership) and topics."""

from sqlalchemy import ForeignKey, String, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsletter_service.db import Base
from newsletter_service.languages import Language


class Segment(Base):
    """A group of readers by their office: mayors, police, ...

    `choice` is what one reader ticks ("Ik werk bij de politie"), `about` explains it to those who do not know the word;
    both may be empty.
    """

    __tablename__ = "segment"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name_nl: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    choice_nl: Mapped[str] = mapped_column(String(120), default="", server_default="")
    choice_en: Mapped[str] = mapped_column(String(120), default="", server_default="")
    about_nl: Mapped[str] = mapped_column(String(300), default="", server_default="")
    about_en: Mapped[str] = mapped_column(String(300), default="", server_default="")
    position: Mapped[int] = mapped_column(default=0)
    domains: Mapped[list["SegmentDomain"]] = relationship(cascade="all, delete-orphan", lazy="selectin")

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
    """A subject that readers choose and items are about."""

    __tablename__ = "topic"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name_nl: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    position: Mapped[int] = mapped_column(default=0)

    def name(self, language: Language) -> str:
        """The name on screen, in `language` (nl or en)."""
        return self.name_en if language == "en" else self.name_nl
