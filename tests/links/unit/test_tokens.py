import string
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter_service.keys.secret_keys import SecretKeys
from newsletter_service.links.tokens import (
    NOBODYS_KEY,
    BadToken,
    ExpiredToken,
    Holder,
    Purpose,
    Tokens,
    new_key,
    new_keys,
)
from newsletter_service.links.urls import Links

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TOKENS = Tokens(SecretKeys("a-secret"))
KEY = "ourReader007"
FORMER = {
    Purpose.MANAGE: "7-2-IA3cXWp132pYk-WH-mQlKaer",
    Purpose.UNSUBSCRIBE: "7-2-9nyEX34QYnFZZUg-N_MmcUkG",
    Purpose.CONFIRM: "7-2-1796029200-IMiIqNw_gUYgD2v_t9BR_2GS",
    Purpose.NEVER: "7-2-1796029200-cJRmSimF4crKcRDYeXm-7-SK",
}
"""As they stood in letters of before there were keys, until 30 November 2026, 09:00 UTC."""
FORMER_WITH_A_HYPHEN_AT_THE_END = "20-1-Csrj51SPAn1t9aHcmo3BU64-"
LETTERS = string.ascii_letters + string.digits
PURPOSES = st.sampled_from(list(Purpose))
ENDS = st.none() | st.timedeltas(timedelta(seconds=1), timedelta(days=5000)).map(lambda later: NOW + later)
KEYS = st.text(LETTERS, min_size=12, max_size=12)
AROUND = st.text(" .,;:!?)]}>\"'`*_-\t\n\u00a0’”»…(<[", max_size=6)


def test_a_token_gives_back_what_was_put_in() -> None:
    token = TOKENS.make(Purpose.MANAGE, KEY)
    assert TOKENS.read(Purpose.MANAGE, token, NOW + timedelta(days=5000)) == Holder(KEY)


def test_a_token_says_whether_it_lasts() -> None:
    token = TOKENS.make(Purpose.MANAGE, KEY, NOW + timedelta(days=1))
    assert TOKENS.read(Purpose.MANAGE, token, NOW) == Holder(KEY, lasting=False)


def test_a_token_made_for_one_purpose_is_worthless_for_another() -> None:
    token = TOKENS.make(Purpose.UNSUBSCRIBE, KEY)
    for purpose in set(Purpose) - {Purpose.UNSUBSCRIBE}:
        with pytest.raises(BadToken):
            TOKENS.read(purpose, token, NOW)


def test_a_token_ends_at_its_time_and_not_before() -> None:
    token = TOKENS.make(Purpose.CONFIRM, KEY, expires_at=NOW)
    assert TOKENS.read(Purpose.CONFIRM, token, NOW - timedelta(seconds=1)).key == KEY
    with pytest.raises(ExpiredToken):
        TOKENS.read(Purpose.CONFIRM, token, NOW)


def test_a_token_of_another_secret_is_refused() -> None:
    with pytest.raises(BadToken):
        TOKENS.read(Purpose.CONFIRM, Tokens(SecretKeys("another")).make(Purpose.CONFIRM, KEY), NOW)


def test_a_token_of_a_former_secret_is_read_and_none_is_made_with_it() -> None:
    rotated = Tokens(SecretKeys("a-new-secret", ("one-between", "a-secret")))
    token = TOKENS.make(Purpose.CONFIRM, KEY, expires_at=NOW + timedelta(days=1))
    assert rotated.read(Purpose.CONFIRM, token, NOW).key == KEY
    assert rotated.make(Purpose.CONFIRM, KEY) == Tokens(SecretKeys("a-new-secret")).make(Purpose.CONFIRM, KEY)


@given(st.data())
def test_a_token_with_any_character_changed_is_refused(data: st.DataObject) -> None:
    token = TOKENS.make(Purpose.CONFIRM, KEY, expires_at=NOW + timedelta(days=7))
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("abcXYZ019-_.%é ").filter(lambda c: c != token[place]))
    with pytest.raises(BadToken):
        TOKENS.read(Purpose.CONFIRM, token[:place] + other + token[place + 1 :], NOW)


@given(PURPOSES, KEYS, ENDS)
def test_a_token_ends_in_a_letter_or_a_digit_and_holds_little_else(
    purpose: Purpose, key: str, expires: datetime | None
) -> None:
    token = TOKENS.make(purpose, key, expires)
    assert token[-1] in LETTERS
    assert token[0] in LETTERS
    assert set(token) <= {*LETTERS, "-"}


@given(PURPOSES, KEYS, ENDS, AROUND, AROUND)
def test_what_stands_around_a_token_is_no_part_of_it(
    purpose: Purpose, key: str, expires: datetime | None, before: str, after: str
) -> None:
    token = TOKENS.make(purpose, key, expires)
    assert TOKENS.read(purpose, f"{before}{token}{after}", NOW).key == key


@pytest.mark.parametrize(
    "end", [".", ")", ">", ",", " ", ";", "]", "%2E", "%29", "%3e", "%20", "%22", ").", '">', "_"]
)
def test_no_end_of_a_sentence_breaks_a_token(end: str) -> None:
    assert TOKENS.read(Purpose.MANAGE, TOKENS.make(Purpose.MANAGE, KEY) + end, NOW).key == KEY


@given(KEYS, st.text(LETTERS, min_size=1))
def test_letters_after_a_token_are_not_forgiven(key: str, more: str) -> None:
    with pytest.raises(BadToken):
        TOKENS.read(Purpose.MANAGE, TOKENS.make(Purpose.MANAGE, key) + more, NOW)


@given(st.text(max_size=200))
def test_no_text_whatever_crashes_the_reader(text: str) -> None:
    with pytest.raises(BadToken):
        TOKENS.read(Purpose.MANAGE, text, NOW)


@pytest.mark.parametrize("purpose", FORMER)
def test_tokens_of_former_letters_still_say_whose_they_are(purpose: Purpose) -> None:
    lasting = purpose in (Purpose.MANAGE, Purpose.UNSUBSCRIBE)
    assert TOKENS.read(purpose, FORMER[purpose] + ").", NOW) == Holder("", "7-2", lasting)
    for other in set(Purpose) - {purpose}:
        with pytest.raises(BadToken):
            TOKENS.read(other, FORMER[purpose], NOW)


def test_tokens_of_former_letters_end_at_their_time_too() -> None:
    with pytest.raises(ExpiredToken):
        TOKENS.read(Purpose.CONFIRM, FORMER[Purpose.CONFIRM], NOW + timedelta(days=7))


@given(st.data())
def test_a_token_of_a_former_letter_with_any_character_changed_is_refused(data: st.DataObject) -> None:
    token = FORMER[Purpose.UNSUBSCRIBE]
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("abcXYZ019-_.%é ").filter(lambda c: c != token[place]))
    with pytest.raises(BadToken):
        TOKENS.read(Purpose.UNSUBSCRIBE, token[:place] + other + token[place + 1 :], NOW)


@pytest.mark.parametrize("end", ["", ".", " ", ")"])
def test_the_hyphen_that_mail_programs_cut_off_a_former_link_is_not_missed(end: str) -> None:
    for token in (FORMER_WITH_A_HYPHEN_AT_THE_END, FORMER_WITH_A_HYPHEN_AT_THE_END.removesuffix("-")):
        assert TOKENS.read(Purpose.MANAGE, token + end, NOW) == Holder("", "20-1")


def test_keys_are_of_one_kind_and_all_different() -> None:
    keys = [new_key() for _ in range(10_000)]
    assert len(set(keys)) == len(keys)
    assert {len(key) for key in keys} == {len(NOBODYS_KEY)}
    assert set("".join(keys)) <= set(LETTERS)


def test_links_of_two_readers_differ_only_in_their_tokens() -> None:
    links = Links("https://nieuwsbrief.example", TOKENS)
    one, other = links.unsubscribe(new_key()), links.unsubscribe(new_key())
    assert one != other
    assert one.rpartition("/")[0] == other.rpartition("/")[0] == "https://nieuwsbrief.example/afmelden"


def test_many_keys_are_made_as_one_is() -> None:
    keys = new_keys(1000)
    assert len(set(keys)) == 1000
    assert all(len(key) == 12 and set(key) <= set(LETTERS) for key in [*keys, new_key()])
