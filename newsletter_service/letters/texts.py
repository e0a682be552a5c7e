"""The catalogue for mails: texts in the reader's language, outside any web request."""

from functools import cache
from pathlib import Path

from babel.support import NullTranslations, Translations

TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"


@cache
def texts(language: str) -> NullTranslations:
    """The translations into `language` (nl or en); where there are none, texts stay as they stand in the source."""
    return Translations.load(TRANSLATIONS, [language], domain="messages")
