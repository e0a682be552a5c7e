"""Codes of an app, and recovery codes."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from newsletter_service.staff.second_factor.codes import app_codes, new_recovery_codes, recovery_hash

KEY = "a-suppression-key-that-only-tests-know-01"
NOW = datetime(2026, 11, 23, 9, 0, 10, tzinfo=UTC)
CODES = app_codes(KEY)


def code_at(secret: str, moment: datetime) -> str:
    return str(CODES._totp.from_source(secret).generate(time=moment).token)


def test_a_secret_is_kept_encrypted() -> None:
    secret = CODES.generate_totp_secret()
    assert CODES.get_totp_b32_key(secret) not in secret
    assert '"enckey"' in secret


def test_a_code_is_good_for_its_step_and_those_beside_it() -> None:
    secret = CODES.generate_totp_secret()
    for seconds, good in ((-60, False), (-30, True), (0, True), (30, True), (60, False)):
        typed = code_at(secret, NOW + timedelta(seconds=seconds))
        assert (CODES.counter_of(secret, typed, None, NOW) is not None) is good, seconds


def test_a_code_that_was_used_is_good_no_more_nor_is_one_of_before() -> None:
    secret = CODES.generate_totp_secret()
    used = CODES.counter_of(secret, code_at(secret, NOW), None, NOW)
    assert used is not None
    assert CODES.counter_of(secret, code_at(secret, NOW), used, NOW) is None
    assert CODES.counter_of(secret, code_at(secret, NOW - timedelta(seconds=30)), used, NOW) is None
    assert CODES.counter_of(secret, code_at(secret, NOW + timedelta(seconds=30)), used, NOW) == used + 1


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_code_or_none(typed: str) -> None:
    secret = _SECRET
    right = {code_at(secret, NOW + timedelta(seconds=step)) for step in (-30, 0, 30)}
    digits = "".join(letter for letter in typed if letter.isdigit())
    assert CODES.counter_of(secret, typed, None, NOW) is None or digits in right


_SECRET = CODES.generate_totp_secret()


def test_recovery_codes_differ_and_are_known_however_they_are_typed() -> None:
    codes = new_recovery_codes(KEY)
    assert len(set(codes)) == 10
    typed = codes[0].upper().replace("-", "  ")
    assert recovery_hash(KEY, 1, typed) == recovery_hash(KEY, 1, codes[0])
    assert recovery_hash(KEY, 2, typed) != recovery_hash(KEY, 1, codes[0])
    assert recovery_hash("another key", 1, typed) != recovery_hash(KEY, 1, codes[0])
