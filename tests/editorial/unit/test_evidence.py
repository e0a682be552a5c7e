"""Numbers and what they count, and whether a text asks or tells: evidence for and against the same news."""

import pytest

from newsletter_service.editorial.likeness.asking import asks, tells
from newsletter_service.editorial.likeness.comparing import evidence
from newsletter_service.editorial.likeness.numbers import numbers_in
from newsletter_service.editorial.likeness.prints import Print, Texts


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("twaalf camera's en 1.200 planten", ["12", "1200"]),
        ("vijfentwintig gemeenten", ["25"]),
        ("tachtig vrijwilligers, in 2026", ["80"]),
        ("twelve cameras", ["12"]),
        ("een daling van 11 procent", ["11p"]),
        ("niets te tellen", []),
    ],
)
def test_a_number_is_one_in_digits_and_in_words_and_a_year_is_none(text: str, numbers: list[str]) -> None:
    assert [number for number, _ in numbers_in(text)] == numbers


def test_what_is_counted_tells_numbers_that_contradict_each_other_from_those_of_other_things() -> None:
    def other_numbers(first: str, second: str) -> float:
        found = evidence(Print.of(Texts(1, first)), Print.of(Texts(2, second)))
        return found["other numbers of the same"]

    assert other_numbers("Politie vindt 40 kilo", "Politie vindt 1.800 kilo") == 1
    assert other_numbers("Politie vindt 40 kilo", "Politie vindt veertig kilo") == 0
    assert other_numbers("Politie vindt 40 kilo", "Zes panden gesloten") == 0


def test_a_call_and_its_outcome_are_told_apart_whichever_comes_first() -> None:
    call = Print.of(Texts(1, "Doe mee aan de enquête"))
    outcome = Print.of(Texts(2, "De uitkomsten van de enquête"))
    for found in (evidence(call, outcome), evidence(outcome, call)):
        assert found["one asks and the other tells"] == 1
    assert evidence(call, call)["one asks only"] == 0


@pytest.mark.parametrize("text", ["meld u voor 1 mei", "vacature: coordinator", "reageer op het plan"])
def test_a_text_asks(text: str) -> None:
    assert asks(text)
    assert not tells(text)


@pytest.mark.parametrize(
    "text", ["terugblik op de oefening", "raad stelt de verordening vast", "wim wint de prijs"]
)
def test_a_text_tells(text: str) -> None:
    assert tells(text)
    assert not asks(text)
