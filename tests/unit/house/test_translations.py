import re

import pytest

from newsletter_service.letters.texts import texts
from newsletter_service.translations.catalogues import LANGUAGES, read, texts_in_source, untranslated

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")


def last(forms: str | tuple[str, ...] | list[str] | None) -> str:
    """The plural of a text that has one, else the text: it carries all placeholders."""
    return forms[-1] if isinstance(forms, (tuple, list)) else forms or ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_in_the_source_stands_in_the_catalogue_and_no_other(language: str) -> None:
    assert {m.id for m in read(language) if m.id} == {m.id for m in texts_in_source() if m.id}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_untranslated(language: str) -> None:
    assert untranslated(read(language)) == []


def test_no_english_sentence_is_the_dutch_one() -> None:
    alike = {
        str(m.id) for m in read("en") if m.id and m.string == m.id and re.search(r"\w \w+ \w", str(m.id))
    }
    assert alike == set()


def test_translations_have_the_placeholders_of_their_originals() -> None:
    for message in read("en"):
        original, translation = last(message.id), last(message.string)
        assert set(PLACEHOLDER.findall(translation)) == set(PLACEHOLDER.findall(original)), original


def test_english_is_compiled_and_spoken() -> None:
    assert texts("en").gettext("Aanmelden") == "Sign up"
    assert texts("nl").gettext("Aanmelden") == "Aanmelden"
