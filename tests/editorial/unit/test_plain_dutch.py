"""What makes Dutch hard to read: sixty sentences that were marked by hand say how much of it is found."""

import json
from pathlib import Path

import pytest

from newsletter_service.editorial.plain_dutch.passive import is_passive
from newsletter_service.editorial.plain_dutch.rules import Sort, hints
from newsletter_service.editorial.plain_dutch.sentences import sentences
from newsletter_service.editorial.plain_dutch.words import hard_words, simpler_words

CORPUS = Path(__file__).parents[1] / "plain_dutch" / "corpus.jsonl"
MARKED = [json.loads(line) for line in CORPUS.read_text("utf-8").splitlines()]


def told(text: str) -> set[str]:
    """What the rules say of a text, as the corpus writes it."""
    found = hints({"body": text}, known={"OM"})
    return {
        f"{one.sort}:{one.words if one.sort in (Sort.LINK, Sort.ABBREVIATION) else one.words.lower()}".rstrip(
            ":"
        )
        for one in found
    }


def test_four_of_five_hand_marked_faults_are_found_and_at_most_one_hint_in_ten_is_false() -> None:
    assert len(MARKED) == 60
    marked = {(number, mark) for number, one in enumerate(MARKED) for mark in one["marks"]}
    found = {(number, mark) for number, one in enumerate(MARKED) for mark in told(one["text"])}
    missed, false = marked - found, found - marked
    assert len(missed) <= 0.2 * len(marked), sorted(missed)
    assert len(false) <= 0.1 * len(found), sorted(false)


@pytest.mark.parametrize(
    "sentence",
    [
        "De burgemeester wordt gezond oud.",
        "Het wordt een besloten bijeenkomst.",
        "Zij worden bekend in de hele regio.",
        "Jonge ondernemers worden slachtoffer, omdat de politie te laat is gebeld.",
        "Het gebouw wordt een bibliotheek.",
    ],
)
def test_to_become_something_is_not_passive(sentence: str) -> None:
    assert not is_passive(sentence)


def test_a_list_of_hard_words_names_hundreds_of_forms_and_something_simpler_for_each() -> None:
    entries = {word: simple for word, simple in simpler_words().items() if not simple.strip()}
    assert entries == {}
    assert len(set(simpler_words().values())) >= 150


def test_all_forms_of_a_verb_are_known() -> None:
    for form in ("implementeert", "implementeren", "implementeerde", "geïmplementeerd", "Geïmplementeerde"):
        assert hard_words(f"{form} we dit?") == [(form, "invoeren")]


def test_a_hard_word_inside_another_is_none() -> None:
    assert hard_words("Informatie over de conformiteit van de echtere mits-regel") == []


def test_sentences_are_what_readers_see_of_markdown() -> None:
    text = (
        "## Wat u doet\n\n- **Bel** de gemeente\n1. Zie [het plan](https://noord.example/plan.pdf)\n\n"
        "Bel mr. A. Jansen, bijv. om 9.30 uur. Of mail.\n\n| Dag | Uur |\n| --- | --- |\n| ma | 9 |"
    )
    assert sentences(text) == [
        *("Wat u doet", "Bel de gemeente", "Zie het plan"),
        *("Bel mr. A. Jansen, bijv. om 9.30 uur.", "Of mail.", "Dag", "Uur", "ma", "9"),
    ]


def test_an_abbreviation_is_named_once_and_not_where_another_field_explains_it() -> None:
    twice = hints({"lead": "De APV geldt.", "body": "De APV is streng."})
    assert [(one.field, one.words) for one in twice] == [("lead", "APV")]
    assert hints({"title": "De APV", "lead": "De Algemene Plaatselijke Verordening (APV) geldt."}) == ()


def test_a_button_is_judged_as_the_name_of_a_link() -> None:
    assert [one.sort for one in hints({"link_label": "Lees meer"})] == [Sort.LINK]
    assert hints({"link_label": "Lees de handreiking"}) == ()


def test_a_text_of_one_endless_word_is_looked_over_like_any_other() -> None:
    assert hints({"body": "a" * 5_000 + " wordt gedaan. " + "ge" * 2_000}) != ()
