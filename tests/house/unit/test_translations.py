import re

import pytest

from newsletter_service.languages import LANGUAGES, Language
from newsletter_service.letters.texts import texts
from newsletter_service.translations.catalogues import read, texts_in_source, untranslated

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")


def last(forms: str | tuple[str, ...] | list[str] | None) -> str:
    """The plural of a text that has one, else the text: it carries all placeholders."""
    return forms[-1] if isinstance(forms, (tuple, list)) else forms or ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_in_the_source_stands_in_the_catalogue_and_no_other(language: Language) -> None:
    assert {m.id for m in read(language) if m.id} == {m.id for m in texts_in_source() if m.id}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_untranslated(language: Language) -> None:
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


OTHER_VOICE = {
    "nl": re.compile(
        r"\b([Ww]ij|jij|je|jouw|jullie|[Uu] hebt|hebt u|[Uu] .* hebt|email|haar)\b|(?<![-\w])[Mm]ails?\b"
        r"|\b[Zz]ij (gaat|is|komt|staat|wordt|kan|uitgaat)\b"
    ),
    "en": re.compile(
        r"\b[Ee]-mail|(?<![-\w])[Mm]ails?\b(?! server| program)(?!to:)"
        r"|\b([Aa]gree|[Aa]pprov)\w*|\b([Pp]icture|[Pp]hotograph)"
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_texts_speak_with_one_voice(language: Language) -> None:
    """Dutch says we, u heeft and e-mail, and calls no edition "she"; English says email, sign off and image."""
    others = [text for text in spoken(language) if OTHER_VOICE[language].search(text)]
    assert others == []


def spoken(language: Language) -> list[str]:
    """All that can be read in that language."""
    said = [m.id if language == "nl" else m.string for m in read(language) if m.id]
    return [form or "" for one in said for form in (one if isinstance(one, (tuple, list)) else (one,))]


def test_english_is_compiled_and_spoken() -> None:
    assert texts("en").gettext("Aanmelden") == "Sign up"
    assert texts("nl").gettext("Aanmelden") == "Aanmelden"
