"""Passkeys: what a genuine answer is, and what is none."""

from dataclasses import replace

import pytest

from newsletter_service.staff.second_factor.passkeys import (
    NotGenuine,
    OldKey,
    Party,
    ask_to_make,
    ask_to_use,
    made,
    used,
)
from tests.authenticator import Authenticator

PARTY = Party.of("https://nieuwsbrief.example")
FIRST, SECOND = "een-vraag-van-tweeendertig-teken", "een-andere-vraag-van-evenveel-te"
KEY = Authenticator(PARTY.origin, PARTY.host)


def registered(key: Authenticator = KEY, challenge: str = FIRST) -> OldKey:
    asked = ask_to_make(PARTY, "Veilig Verbonden", b"handle", "sam@noord.example", [], challenge)
    return OldKey(*made(PARTY, key.make(asked), challenge))


def test_a_passkey_that_was_made_here_is_known_again() -> None:
    kept = registered()
    answer = KEY.use(ask_to_use(PARTY, [kept.credential_id], SECOND))
    assert used(PARTY, answer, SECOND, [kept]) == kept._replace(sign_count=KEY.sign_count)


@pytest.mark.parametrize(
    "key",
    [
        replace(KEY, origin="https://nieuwsbrief.example.test"),
        replace(KEY, origin="http://nieuwsbrief.example"),
        replace(KEY, host="elders.example"),
    ],
)
def test_what_was_made_for_another_page_is_none(key: Authenticator) -> None:
    with pytest.raises(NotGenuine):
        registered(key)
    kept = registered()
    with pytest.raises(NotGenuine):
        used(PARTY, key.use(ask_to_use(PARTY, [kept.credential_id], SECOND)), SECOND, [kept])


def test_an_answer_to_another_question_is_none() -> None:
    kept = registered()
    answer = KEY.use(ask_to_use(PARTY, [kept.credential_id], SECOND))
    with pytest.raises(NotGenuine):
        used(PARTY, answer, FIRST, [kept])


def test_another_key_that_bears_the_same_name_is_none() -> None:
    kept = registered()
    forger = Authenticator(PARTY.origin, PARTY.host, KEY.credential_id)
    with pytest.raises(NotGenuine):
        used(PARTY, forger.use(ask_to_use(PARTY, [kept.credential_id], SECOND)), SECOND, [kept])


def test_a_copy_that_counts_behind_is_none() -> None:
    kept = registered()._replace(sign_count=1000)
    with pytest.raises(NotGenuine):
        used(PARTY, KEY.use(ask_to_use(PARTY, [kept.credential_id], SECOND)), SECOND, [kept])


@pytest.mark.parametrize(
    "answer", ["", "{}", "[]", "null", "geen json", '{"id": 1}', "[" * 30_000, "é" * 100]
)
def test_nonsense_is_none(answer: str) -> None:
    with pytest.raises(NotGenuine):
        made(PARTY, answer, FIRST)
    with pytest.raises(NotGenuine):
        used(PARTY, answer, FIRST, [])
