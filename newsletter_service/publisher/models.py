"""The newsletter's identity and the organisations that speak in it."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from newsletter_service.db import Base


class Newsletter(Base):
    """What readers know the newsletter by; there is one row."""

    __tablename__ = "newsletter"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(80))
    tagline_nl: Mapped[str] = mapped_column(String(200))
    tagline_en: Mapped[str] = mapped_column(String(200))
    postal_address: Mapped[str] = mapped_column(String(300))

    def tagline(self, language: str) -> str:
        """The line under the name, in `language` (nl or en)."""
        return self.tagline_en if language == "en" else self.tagline_nl


class Organisation(Base):
    """One of the publishers; `accent` (1, 2, ...) picks the colour of its tag on screen and in the mail.

    `about` says who that is to readers who do not know the name; it may be empty.
    """

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    short_name: Mapped[str] = mapped_column(String(20))
    accent: Mapped[int] = mapped_column(default=1)
    position: Mapped[int] = mapped_column(default=0)
    about_nl: Mapped[str] = mapped_column(String(300), default="", server_default="")
    about_en: Mapped[str] = mapped_column(String(300), default="", server_default="")

    def about(self, language: str) -> str:
        """Who that is, in `language` (nl or en)."""
        return self.about_en if language == "en" else self.about_nl
