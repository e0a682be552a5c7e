"""The newsletter's identity and the organisations that speak in it."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column, validates

from newsletter_service.db import Base
from newsletter_service.languages import Language
from newsletter_service.letters.colours import Livery, refusals

UNCHOSEN = "#55606a #38424c #e9ecef #9aa7b3 #d3dae0 #2b363f"
"""What an organisation looks like until it has chosen: grey."""


class UnreadableColours(ValueError):
    """Somebody would not be able to read it; the message names each pair, its contrast and what is needed."""


class Newsletter(Base):
    """What readers know the newsletter by; there is one row.

    `verification_days` is how long the check of a segment holds.
    """

    __tablename__ = "newsletter"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(80))
    tagline_nl: Mapped[str] = mapped_column(String(200))
    tagline_en: Mapped[str] = mapped_column(String(200))
    postal_address: Mapped[str] = mapped_column(String(300))
    verification_days: Mapped[int] = mapped_column(default=365, server_default="365")

    def tagline(self, language: Language) -> str:
        """The line under the name, in `language` (nl or en)."""
        return self.tagline_en if language == "en" else self.tagline_nl


class Organisation(Base):
    """One of the publishers; `accent` (1, 2, ...) is its place among them, which decides where its stroke stands.

    `colours` are what `str()` of a Livery says.
    `about` says who that is to readers who do not know the name; it may be empty.
    """

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    short_name: Mapped[str] = mapped_column(String(20))
    accent: Mapped[int] = mapped_column(default=1)
    colours: Mapped[str] = mapped_column(String(50), default=UNCHOSEN, server_default=UNCHOSEN)
    position: Mapped[int] = mapped_column(default=0)
    about_nl: Mapped[str] = mapped_column(String(300), default="", server_default="")
    about_en: Mapped[str] = mapped_column(String(300), default="", server_default="")

    @property
    def livery(self) -> Livery:
        """Its colours."""
        return Livery.parsed(self.colours)

    @validates("colours")
    def _readable(self, _key: str, colours: str) -> str:
        livery = Livery.parsed(colours)
        found = refusals(livery)
        if found:
            raise UnreadableColours("; ".join(map(str, found)))
        return str(livery)

    def about(self, language: Language) -> str:
        """Who that is, in `language` (nl or en)."""
        return self.about_en if language == "en" else self.about_nl
