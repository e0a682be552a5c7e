"""Which passwords are good enough, and what is wrong with the others."""

import unicodedata

import pytest

from newsletter_service.staff.rules import MAX_PASSWORD
from newsletter_service.staff.strength import Weakness, weakness

OWN = ["Hanneke Noord", "hanneke.noord@noord.example", "Samenwerking Noord", "Veilig Verbonden"]


@pytest.mark.parametrize(
    "typed",
    [
        "een lang genoeg wachtwoord",
        "kanaal fiets donder",
        "veilig verbonden met een paarse olifant",
        "vG7#qLp2!xRt",
        "ŝtormö ŭnder brûg",
        "x7" * 100 + "een paarse olifant",
    ],
)
def test_a_few_words_or_real_chance_are_good_enough_without_any_rule_of_what_must_be_in_them(
    typed: str,
) -> None:
    assert weakness(typed, OWN) is None


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("vG7#qLp2!xR", Weakness.SHORT),
        ("é" * 11, Weakness.SHORT),
        (unicodedata.normalize("NFD", "é" * 11), Weakness.SHORT),
        ("\ufdfa", Weakness.SHORT),
        ("x" * (MAX_PASSWORD + 1), Weakness.LONG),
        ("hannekenoord1", Weakness.OWN),
        ("HannekeNoord2026", Weakness.OWN),
        ("veiligverbonden1", Weakness.OWN),
        ("Welkom2026!!", Weakness.OWN),
        ("Wachtwoord123!", Weakness.OWN),
        ("passwordpassword", Weakness.PATTERN),
        ("trustno1password", Weakness.KNOWN),
        ("111111111111", Weakness.PATTERN),
        ("abcdefghijkl", Weakness.PATTERN),
        ("12-03-1985-12", Weakness.PATTERN),
    ],
)
def test_what_is_short_or_known_or_ones_own_is_refused_with_the_reason(typed: str, found: Weakness) -> None:
    assert weakness(typed, OWN) is found
