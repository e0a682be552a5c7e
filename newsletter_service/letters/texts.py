"""The catalogue for mails: texts in the reader's language, outside any web request."""

from collections.abc import Sequence
from functools import cache

from babel.lists import format_list
from babel.support import NullTranslations, Translations

from newsletter_service.files.locations import TRANSLATIONS
from newsletter_service.languages import Language

LOCALES = {"nl": "nl_NL", "en": "en_GB"}
"""What Babel is to write dates and lists by, for each language of ours."""


@cache
def texts(language: Language) -> NullTranslations:
    """Load the translations into `language` (nl or en); what has none stays in Dutch, as in the source."""
    return Translations.load(TRANSLATIONS, [language], domain="messages")


def listed(names: Sequence[str], language: Language) -> str:
    """Return names as a sentence lists them: "Noord en Zuid"."""
    return format_list(list(names), locale=LOCALES[language])


def either(names: Sequence[str], language: Language) -> str:
    """Return names of whom one is enough: "Noord, Oost of Zuid"."""
    return format_list(list(names), style="or", locale=LOCALES[language])
