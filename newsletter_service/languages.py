"""The languages that subscribers and staff choose from: pages, letters and notices come in each of them."""

from typing import Literal, TypeGuard

Language = Literal["nl", "en"]
LANGUAGES: dict[Language, str] = {"nl": "Nederlands", "en": "English"}
"""What each calls itself."""
DEFAULT_LANGUAGE: Language = "nl"
"""Also that of the texts in the source."""


def is_language(code: object) -> TypeGuard[Language]:
    """Whether `code` is one of them."""
    return code in LANGUAGES
