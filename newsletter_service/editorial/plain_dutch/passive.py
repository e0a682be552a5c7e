"""Whether a Dutch sentence says what is done and not who does it: a form of worden with a past participle."""

import re

from newsletter_service.editorial.plain_dutch.lists import words_of

_AUXILIARY = words_of("worden")
_PERFECT = words_of("hebben of zijn")
_BEFORE_A_NOUN = words_of("voor een naamwoord")
_CLAUSE = re.compile(r"[,;:()–—]|\b(?:omdat|als|terwijl|zodat|maar|want|wie|nadat|voordat)\b")
_WORD = re.compile(r"[\w'’-]+")


def _any_of(name: str) -> str:
    return f"(?:{'|'.join(sorted(words_of(name)))})"


_PREFIX = f"{_any_of('los voorvoegsel')}?"
_WEAK = re.compile(rf"{_PREFIX}(?:ge|be|ver|ont|her)\w{{2,}}[dt]")
_STRONG = re.compile(rf"{_PREFIX}(?:ge|be|ver|ont|her){_any_of('sterke stam')}")
_OTHERS = words_of("deelwoord")
_NO_PARTICIPLE = words_of("geen deelwoord")


def is_passive(sentence: str) -> bool:
    """Whether in one of its clauses something is, or was, done by whoever does not come first."""
    return any(_passive(_WORD.findall(clause)) for clause in _CLAUSE.split(sentence))


def _passive(words: list[str]) -> bool:
    small = [word.lower() for word in words]
    if not _AUXILIARY & set(small):
        return False
    return any(_is_participle(words[at]) and not _is_else(small, at) for at in range(len(words)))


def _is_participle(word: str) -> bool:
    """Names begin with a capital, and are no participles."""
    shape = _STRONG.fullmatch(word) or _WEAK.fullmatch(word) or word in _OTHERS
    return bool(shape) and word not in _NO_PARTICIPLE


def _is_else(words: list[str], at: int) -> bool:
    """Whether the participle says what a noun behind it is like, or belongs to "heeft" or "is"."""
    beside = {words[at - 1] if at else "", words[at + 1] if at + 1 < len(words) else ""}
    said_of_a_noun = at > 0 and words[at - 1] in _BEFORE_A_NOUN and at + 1 < len(words)
    return said_of_a_noun or (bool(beside & _PERFECT) and not beside & _AUXILIARY)
