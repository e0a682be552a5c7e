"""The catalogue for mails: texts in the reader's language, outside any web request."""

from functools import cache
from pathlib import Path

from babel.support import NullTranslations, Translations

TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"


@cache
def texts(language: str) -> NullTranslations:
    """Load the translations into `language` (nl or en); what has none stays in Dutch, as in the source."""
    return Translations.load(TRANSLATIONS, [language], domain="messages")
