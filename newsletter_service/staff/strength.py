"""Whether a password is good enough. Pure: it is looked at by itself, whoever else may have the same."""

from collections.abc import Collection
from enum import StrEnum
from unicodedata import normalize

from zxcvbn import zxcvbn

from newsletter_service.staff.rules import MAX_PASSWORD, MIN_PASSWORD

GOOD_ENOUGH = 3
"""Of zxcvbn's scores from 0 to 4: 10^8 guesses or more."""
_LOOKED_AT = 72
"""What zxcvbn looks at of a long password, at either end; its time grows with the square of that."""
_BESIDES_OWN_WORDS = 8
_SHORTEST_WORD = 4
_KNOWN_DUTCH = (
    "welkom",
    "wachtwoord",
    "geheim",
    "nieuwsbrief",
    "redactie",
    "beheer",
    "inloggen",
    "nederland",
)
"""Words that passwords here are made of, and that zxcvbn, which knows English, does not know."""


class Weakness(StrEnum):
    """Why a password is not good enough."""

    SHORT = "short"
    LONG = "long"
    OWN = "own"
    KNOWN = "known"
    PATTERN = "pattern"
    GUESSABLE = "guessable"


_BY_PATTERN = {
    "dictionary": Weakness.KNOWN,
    "spatial": Weakness.PATTERN,
    "repeat": Weakness.PATTERN,
    "sequence": Weakness.PATTERN,
    "date": Weakness.PATTERN,
    "regex": Weakness.PATTERN,
}


def as_kept(typed: str) -> str:
    """Returns a password in the one form that is hashed: keyboards write an é in two ways."""
    return normalize("NFKC", typed)


def weakness(typed: str, own: Collection[str]) -> Weakness | None:
    """Returns why a password is not good enough, if it is not; `own` are names of its owner and of what is theirs."""
    if len(typed) > MAX_PASSWORD:
        return Weakness.LONG
    if len(normalize("NFC", typed)) < MIN_PASSWORD:
        return Weakness.SHORT
    words = _words([*own, *_KNOWN_DUTCH])
    if len(_without(as_kept(typed).casefold(), words)) < _BESIDES_OWN_WORDS:
        return Weakness.OWN
    kept = as_kept(typed)
    return _guessed(kept[:_LOOKED_AT], words) and _guessed(kept[-_LOOKED_AT:], words)


def _words(names: Collection[str]) -> list[str]:
    """Returns names as a whole and word by word, the longest first."""
    folded = [as_kept(name).casefold() for name in names]
    parts = {part for name in folded for part in (name, name.replace(" ", ""), *name.split())}
    return sorted(
        (part for part in parts if len(part) >= _SHORTEST_WORD), key=lambda part: (-len(part), part)
    )


def _without(password: str, words: Collection[str]) -> str:
    for word in words:
        password = password.replace(word, "")
    return password


def _guessed(password: str, words: list[str]) -> Weakness | None:
    found = zxcvbn(password, user_inputs=words)
    if found["score"] >= GOOD_ENOUGH:
        return None
    first = next((match for match in found["sequence"] if match["pattern"] in _BY_PATTERN), None)
    if first is None:
        return Weakness.GUESSABLE
    own = first.get("dictionary_name") == "user_inputs"
    return Weakness.OWN if own else _BY_PATTERN[first["pattern"]]
