from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter_service.links import Links
from newsletter_service.tokens import BadToken, ExpiredToken, Holder, Purpose, Tokens

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TOKENS = Tokens("a-secret")


def test_a_token_gives_back_what_was_put_in() -> None:
    token = TOKENS.make(Purpose.MANAGE, 7, 2)
    assert TOKENS.read(Purpose.MANAGE, token, NOW + timedelta(days=5000)) == Holder(7, 2)


def test_a_token_made_for_one_purpose_is_worthless_for_another() -> None:
    token = TOKENS.make(Purpose.UNSUBSCRIBE, 7, 1)
    for purpose in set(Purpose) - {Purpose.UNSUBSCRIBE}:
        with pytest.raises(BadToken):
            TOKENS.read(purpose, token, NOW)


def test_a_token_ends_at_its_time_and_not_before() -> None:
    token = TOKENS.make(Purpose.CONFIRM, 7, 1, expires_at=NOW)
    assert TOKENS.read(Purpose.CONFIRM, token, NOW - timedelta(seconds=1)) == Holder(7, 1)
    with pytest.raises(ExpiredToken):
        TOKENS.read(Purpose.CONFIRM, token, NOW)


def test_a_token_of_another_secret_is_refused() -> None:
    with pytest.raises(BadToken):
        TOKENS.read(Purpose.CONFIRM, Tokens("another").make(Purpose.CONFIRM, 7, 1), NOW)


@given(st.data())
def test_a_token_with_any_character_changed_is_refused(data: st.DataObject) -> None:
    token = TOKENS.make(Purpose.CONFIRM, 7, 1, expires_at=NOW + timedelta(days=7))
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("abcXYZ019-_.%é ").filter(lambda c: c != token[place]))
    with pytest.raises(BadToken):
        TOKENS.read(Purpose.CONFIRM, token[:place] + other + token[place + 1 :], NOW)


@given(st.text(max_size=200))
def test_no_text_whatever_crashes_the_reader(text: str) -> None:
    with pytest.raises(BadToken):
        TOKENS.read(Purpose.MANAGE, text, NOW)


def test_links_of_two_readers_differ_only_in_their_tokens() -> None:
    links = Links("https://nieuwsbrief.example", TOKENS)
    one, other = links.unsubscribe(1, 1), links.unsubscribe(2, 1)
    assert one != other
    assert one.rpartition("/")[0] == other.rpartition("/")[0] == "https://nieuwsbrief.example/afmelden"
