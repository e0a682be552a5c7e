"""The catalogue for mails: texts in the reader's language, outside any web request."""

from functools import cache

from babel.support import NullTranslations, Translations

from newsletter_service.locations import TRANSLATIONS


@cache
def texts(language: str) -> NullTranslations:
    """Load the translations into `language` (nl or en); what has none stays in Dutch, as in the source."""
    return Translations.load(TRANSLATIONS, [language], domain="messages")
