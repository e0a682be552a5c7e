"""The newsletter's identity and the organisations that speak in it."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column, validates

from newsletter_service.db import Base, one_of
from newsletter_service.languages import Language
from newsletter_service.letters.colours import Livery, refusals
from newsletter_service.publisher.rules import (
    ABOUT_LENGTH,
    CLOSING_LENGTH,
    NEWSLETTER_LENGTH,
    ORGANISATION_LENGTH,
    OWN_SENTENCE_LENGTH,
    OWN_SUBJECT_LENGTH,
    POSTAL_ADDRESS_LENGTH,
    REPLY_LENGTH,
    SENDER_LENGTH,
    SHORT_NAME_LENGTH,
    SLUG_LENGTH,
    TAGLINE_LENGTH,
    UNCHOSEN,
    ReaderMail,
)


class UnreadableColours(ValueError):
    """Somebody would not be able to read it; the message names each pair, its contrast and what is needed."""


class Newsletter(Base):
    """What readers know the newsletter by; there is one row.

    `verification_days` is how long the check of a segment holds. `closing` ends notices; it may be empty.
    `sender_name` is who mails are from, and `reply_to` where answers go: without them it is the newsletter's name, and
    the address of the server's settings.
    """

    __tablename__ = "newsletter"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(SLUG_LENGTH))
    name: Mapped[str] = mapped_column(String(NEWSLETTER_LENGTH))
    tagline_nl: Mapped[str] = mapped_column(String(TAGLINE_LENGTH))
    tagline_en: Mapped[str] = mapped_column(String(TAGLINE_LENGTH))
    postal_address: Mapped[str] = mapped_column(String(POSTAL_ADDRESS_LENGTH))
    closing_nl: Mapped[str] = mapped_column(String(CLOSING_LENGTH), default="", server_default="")
    closing_en: Mapped[str] = mapped_column(String(CLOSING_LENGTH), default="", server_default="")
    sender_name: Mapped[str] = mapped_column(String(SENDER_LENGTH), default="", server_default="")
    reply_to: Mapped[str] = mapped_column(String(REPLY_LENGTH), default="", server_default="")
    verification_days: Mapped[int] = mapped_column(default=365, server_default="365")

    def tagline(self, language: Language) -> str:
        """The line under the name, in `language` (nl or en)."""
        return self.tagline_en if language == "en" else self.tagline_nl

    def closing(self, language: Language) -> str:
        """What notices end with, in `language` (nl or en)."""
        return self.closing_en if language == "en" else self.closing_nl


class OwnWords(Base):
    """What the newsletter says itself in a mail to readers: a subject instead of ours, and a sentence."""

    __tablename__ = "own_words"

    id: Mapped[int] = mapped_column(primary_key=True)
    mail: Mapped[ReaderMail] = mapped_column(one_of(ReaderMail, 20), unique=True)
    subject_nl: Mapped[str] = mapped_column(String(OWN_SUBJECT_LENGTH), default="", server_default="")
    subject_en: Mapped[str] = mapped_column(String(OWN_SUBJECT_LENGTH), default="", server_default="")
    sentence_nl: Mapped[str] = mapped_column(String(OWN_SENTENCE_LENGTH), default="", server_default="")
    sentence_en: Mapped[str] = mapped_column(String(OWN_SENTENCE_LENGTH), default="", server_default="")


class Organisation(Base):
    """One of the publishers; `accent` (1, 2, ...) is its place among them, which decides where its stroke stands.

    One that is retired speaks no more, and has no stroke (0); what it said keeps its name.

    `colours` are what `str()` of a Livery says.
    `about` says who that is to readers who do not know the name; it may be empty.
    """

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(SLUG_LENGTH), unique=True)
    name: Mapped[str] = mapped_column(String(ORGANISATION_LENGTH))
    short_name: Mapped[str] = mapped_column(String(SHORT_NAME_LENGTH))
    accent: Mapped[int] = mapped_column(default=1)
    colours: Mapped[str] = mapped_column(String(50), default=UNCHOSEN, server_default=UNCHOSEN)
    position: Mapped[int] = mapped_column(default=0)
    since: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]
    about_nl: Mapped[str] = mapped_column(String(ABOUT_LENGTH), default="", server_default="")
    about_en: Mapped[str] = mapped_column(String(ABOUT_LENGTH), default="", server_default="")

    @property
    def retired(self) -> bool:
        """Whether it speaks no more."""
        return self.retired_at is not None

    def spoke_at(self, moment: datetime) -> bool:
        """Whether it was one of the publishers then; without `since` it was from the beginning."""
        began = self.since is None or self.since <= moment
        return began and (self.retired_at is None or moment < self.retired_at)

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
