import re

import pytest

from newsletter_service.translations.catalogues import LANGUAGES, read, texts_in_source, untranslated

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_in_the_source_stands_in_the_catalogue_and_no_other(language: str) -> None:
    assert {m.id for m in read(language) if m.id} == {m.id for m in texts_in_source() if m.id}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_untranslated(language: str) -> None:
    assert untranslated(read(language)) == []


def test_translations_have_the_placeholders_of_their_originals() -> None:
    for message in read("en"):
        originals = message.id if isinstance(message.id, (tuple, list)) else [message.id]
        translations = message.string if isinstance(message.string, (tuple, list)) else [message.string]
        wanted = set(PLACEHOLDER.findall(originals[-1]))
        for translation in translations[-1:]:
            assert set(PLACEHOLDER.findall(translation)) == wanted, message.id
