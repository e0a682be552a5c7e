"""Keeping texts as they were shown."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from newsletter_service.documents.models import ShownText
from newsletter_service.documents.rules import Kind, words_hash
from newsletter_service.languages import Language

_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@dataclass(frozen=True)
class Shown:
    """A text as somebody got to read it."""

    kind: Kind
    version: str
    language: Language
    words: str

    @property
    def hash(self) -> str:
        """The hash of its words, by which it is known."""
        return words_hash(self.words)


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
        insert = _INSERTS[session.get_bind().dialect.name]
        session.execute(insert(ShownText).on_conflict_do_nothing(), row)
    return shown.hash
