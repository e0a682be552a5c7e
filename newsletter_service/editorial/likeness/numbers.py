"""The numbers that a text names, in digits or in Dutch or English words, and what they count."""

import re
from collections.abc import Iterator

from newsletter_service.editorial.likeness.words import is_small, meanings_of

_DUTCH = """
twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien
"""
_ENGLISH = """
two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
"""
_TENS = "twintig dertig veertig vijftig zestig zeventig tachtig negentig"
_ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SCALES = "procent|miljoen|duizend|percent|million|thousand"
_NUMBER = re.compile(rf"\b(\d+(?:[.,]\d+)*|[a-z]+)\b(?: ({_SCALES}))?(?: ([a-z]{{3,}}))?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_THOUSANDS = re.compile(r"[.,](?=\d{3}\b)")


def _words() -> dict[str, str]:
    found = {word: str(at) for names in (_DUTCH, _ENGLISH) for at, word in enumerate(names.split(), 2)}
    for names in (_TENS, _ENGLISH_TENS):
        found |= {word: str(10 * at) for at, word in enumerate(names.split(), 2)}
    units = {"een": 1} | {word: at for at, word in enumerate(_DUTCH.split()[:8], 2)}
    for at, ten in enumerate(_TENS.split(), 2):
        found |= {f"{unit}en{ten}": str(10 * at + one) for unit, one in units.items()}
    return found | {"honderd": "100", "duizend": "1000"}


_IN_WORDS = _words()


def numbers_in(text: str) -> Iterator[tuple[str, str]]:
    """Each number of a folded text, but for years, and what it counts: the name of a meaning, or empty."""
    for said, scale, unit in _NUMBER.findall(text):
        number = _THOUSANDS.sub("", said) if said[0].isdigit() else _IN_WORDS.get(said, "")
        if number and not _YEAR.fullmatch(number):
            yield f"{number}{scale[:1]}", scale or _meaning(unit)


def _meaning(unit: str) -> str:
    return next(iter(meanings_of(unit)), "") if unit and not is_small(unit) else ""
