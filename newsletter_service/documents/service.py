"""Texts that readers can hold us to: as they are now, as they were shown, and a new version of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.db import add_missing
from newsletter_service.documents.default_texts import default_words
from newsletter_service.documents.facts import facts
from newsletter_service.documents.models import Document, ShownText
from newsletter_service.documents.rules import FIRST_VERSION, Kind, filled, next_version, words_hash
from newsletter_service.errors import Conflict
from newsletter_service.languages import LANGUAGES, Language
from newsletter_service.publisher.service import newsletter
from newsletter_service.staff.models import User
from newsletter_service.staff.service import record

SHORT_HASH = 16
"""As many digits of a hash as name it in an address."""


@dataclass(frozen=True)
class Shown:
    """A text as somebody gets to read it."""

    kind: Kind
    version: str
    language: Language
    words: str

    @property
    def hash(self) -> str:
        """The hash of its words, by which it is known."""
        return words_hash(self.words)


@dataclass(frozen=True)
class Read:
    """What somebody read who agrees."""

    wording: Shown
    privacy: Shown

    @property
    def name(self) -> str:
        """What forms take along, so that their answer is bound to what they showed."""
        return f"{self.wording.hash}{self.privacy.hash}"


class UnknownText(Exception):
    """A form names a text that nobody was ever shown."""


@dataclass(frozen=True)
class Edited:
    """A new version of a text; `based_on` is the version that its editor began from."""

    kind: Kind
    words_nl: str
    words_en: str
    summary: str
    asks_again: bool
    based_on: str
    ends_unanswered: bool = False


def newest(session: Session, kind: Kind) -> Document | None:
    """The version that staff published last; None while the text that comes with the product holds."""
    query = select(Document).where(Document.kind == kind).order_by(Document.id.desc()).limit(1)
    return session.scalars(query).first()


def versions(session: Session, kind: Kind) -> Sequence[Document]:
    """What staff published of a text, the newest first."""
    return session.scalars(select(Document).where(Document.kind == kind).order_by(Document.id.desc())).all()


def version_of(document: Document | None) -> str:
    """What a version is called (None: the text that comes with the product)."""
    return document.version if document is not None else FIRST_VERSION


def words_of(document: Document | None, kind: Kind, language: Language) -> str:
    """The text of a version with its slots (None: the one that comes with the product)."""
    return document.words(language) if document is not None else default_words(kind, language)


def current(session: Session, kind: Kind, language: Language, contact: str) -> Shown:
    """A text as it is now; `contact` is the mail address that people read."""
    document = newest(session, kind)
    words = filled(words_of(document, kind, language), facts(session, language, contact))
    return Shown(kind, version_of(document), language, words)


def preview(session: Session, kind: Kind, language: Language, words: str, contact: str) -> Shown:
    """A text as it would be."""
    return Shown(kind, "", language, filled(words, facts(session, language, contact)))


def read_now(session: Session, language: Language, contact: str) -> Read:
    """What somebody reads who agrees at this moment."""
    return Read(
        current(session, Kind.CONSENT, language, contact), current(session, Kind.PRIVACY, language, contact)
    )


def read_as_shown(session: Session, language: Language, contact: str, name: str) -> Read:
    """What somebody read whose form says so by `name` (Read.name): maybe a version of before.

    A form without a name is of a page that others made, and showed what holds now. UnknownText.
    """
    now = read_now(session, language, contact)
    if name in ("", now.name):
        return now
    half = len(now.wording.hash)
    return Read(_known(session, now.wording, name[:half]), _known(session, now.privacy, name[half:]))


def _known(session: Session, now: Shown, hashed: str) -> Shown:
    if hashed == now.hash:
        return now
    row = session.get(ShownText, hashed)
    if row is None or row.kind is not now.kind:
        raise UnknownText
    return Shown(row.kind, row.version, row.language, row.words)


def shown_before(session: Session, kind: Kind, language: Language) -> Sequence[ShownText]:
    """A text in all the words in which it was shown, the newest first."""
    mine = (ShownText.kind == kind, ShownText.language == language)
    return session.scalars(select(ShownText).where(*mine).order_by(ShownText.at.desc(), ShownText.hash)).all()


def keep_shown(session: Session, shown: Shown, now: datetime) -> str:
    """Keep a text as it was shown, once, and return the hash by which it is known."""
    if session.get(ShownText, shown.hash) is None:
        row = {
            "hash": shown.hash,
            "kind": shown.kind,
            "version": shown.version,
            "language": shown.language,
            "words": shown.words,
            "at": now,
        }
        add_missing(session, ShownText, [row])
    return shown.hash


def shown_as(session: Session, words_hash: str) -> Shown:
    """A text that was kept, as it was shown."""
    kept = session.get_one(ShownText, words_hash)
    return Shown(Kind(kept.kind), kept.version, kept.language, kept.words)


def keep_current(session: Session, contact: str, now: datetime) -> None:
    """Keep all texts as they are shown now: what fills them in may have changed."""
    for kind in Kind:
        for language in LANGUAGES:
            keep_shown(session, current(session, kind, language, contact), now)


def publish(session: Session, edited: Edited, contact: str, user: User, now: datetime) -> Document:
    """Make a new version of a text the one that is shown; Conflict if somebody else did since its editor began."""
    session.refresh(newsletter(session), with_for_update=True)  # one editor after the other
    last = newest(session, edited.kind)
    if version_of(last) != edited.based_on:
        raise Conflict(version_of(last))
    keep_current(session, contact, now)
    document = Document(
        kind=edited.kind,
        version=next_version(now.date(), _taken(session, edited.kind)),
        words_nl=edited.words_nl,
        words_en=edited.words_en,
        summary=edited.summary,
        asks_again=edited.asks_again,
        ends_unanswered=edited.asks_again and edited.ends_unanswered,
        at=now,
        by=user,
    )
    session.add(document)
    session.flush()
    keep_current(session, contact, now)
    record(
        session,
        user,
        "document.publish",
        "document",
        document.id,
        now,
        kind=document.kind,
        version=document.version,
    )
    return document


def _taken(session: Session, kind: Kind) -> set[str]:
    shown = session.scalars(select(ShownText.version).where(ShownText.kind == kind))
    return {FIRST_VERSION, *shown, *(one.version for one in versions(session, kind))}


def find_shown(shown: Sequence[ShownText], asked: str) -> ShownText | None:
    """The one of `shown` that is named by its version or by the beginning of its hash, the newest first."""
    named = (one for one in shown if asked == one.version or asked == one.hash[:SHORT_HASH])
    return next(named, None)
