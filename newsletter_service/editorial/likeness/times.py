"""The days and periods that a text names, in Dutch and English: what tells one of a series from the next."""

import re
from dataclasses import dataclass
from typing import Any

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari january jan",
            "februari february feb",
            "maart march mrt",
            "april apr",
            "mei may",
            "juni june",
            "juli july",
            "augustus august aug",
            "september sept sep",
            "oktober october okt",
            "november nov",
            "december dec",
        ),
        1,
    )
    for name in names.split()
}
_DAYS = """
maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
monday tuesday wednesday thursday friday saturday sunday
"""
DAYS_AND_MONTHS = frozenset(_DAYS.split()).union(_MONTHS)
"""Their names, which are no names of people or places."""
_RANKS = {"eerste": 1, "tweede": 2, "derde": 3, "vierde": 4, "first": 1, "second": 2, "third": 3, "fourth": 4}
_MONTH, _RANK = "|".join(sorted(_MONTHS, key=len, reverse=True)), "|".join(_RANKS)
_FIRST_OF_TWO = re.compile(
    rf"\b(\d{{1,2}}) (?:t/m|tot en met|tot|-|–|en|to|and) (?=\d{{1,2}} ({_MONTH})\b)", re.IGNORECASE
)
_DAY_MONTH = re.compile(rf"\b(\d{{1,2}})(?:e|th|st|nd|rd)? (?:of )?({_MONTH})\b", re.IGNORECASE)
_MONTH_DAY = re.compile(rf"\b({_MONTH}) (\d{{1,2}})(?:st|nd|rd|th)?\b", re.IGNORECASE)
_NUMERIC = re.compile(r"\b(\d{1,2})[-/](\d{1,2})[-/]20\d\d\b")
_IN_MONTH = re.compile(rf"\b(?:in|per) ({_MONTH})\b")
_YEAR = re.compile(r"\b(20\d\d)\b")
_QUARTER = re.compile(rf"\b({_RANK}) (?:kwartaal|halfjaar|quarter|half)\b")
_PARTS = "deel|editie|aflevering|module|part|episode|nummer|nr\\.?|fase|ronde"
_PART = re.compile(rf"\b(?:{_PARTS}) (\d{{1,3}})\b")
_RANKED_PART = re.compile(rf"\b({_RANK}) (?:{_PARTS})\b")


@dataclass(frozen=True)
class Times:
    """What a text names: days as (month, day), months, years, quarters, and numbers of the parts of a series."""

    days: frozenset[tuple[int, int]]
    months: frozenset[int]
    years: frozenset[int]
    quarters: frozenset[int]
    parts: frozenset[int]

    def differ(self, other: "Times") -> bool:
        """Whether both name some of one sort, and none that is the same."""
        pairs: tuple[tuple[frozenset[Any], frozenset[Any]], ...] = (
            (self.days, other.days),
            (self.months, other.months),
            (self.years, other.years),
            (self.quarters, other.quarters),
            (self.parts, other.parts),
        )
        return any(mine and theirs and not mine & theirs for mine, theirs in pairs)


def times_in(text: str) -> Times:
    """The days and periods named in a folded text."""
    plain = _FIRST_OF_TWO.sub(r"\1 \2 ", text)
    days = {(_MONTHS[month], int(day)) for day, month in _DAY_MONTH.findall(plain)}
    days |= {(_MONTHS[month], int(day)) for month, day in _MONTH_DAY.findall(plain)}
    days |= {(int(month), int(day)) for day, month in _NUMERIC.findall(plain)}
    return Times(
        frozenset(days),
        frozenset(_MONTHS[month] for month in _IN_MONTH.findall(plain)),
        frozenset(map(int, _YEAR.findall(plain))),
        frozenset(_RANKS[rank] for rank in _QUARTER.findall(plain)),
        frozenset(map(int, _PART.findall(plain))) | {_RANKS[rank] for rank in _RANKED_PART.findall(plain)},
    )


def without_days(text: str) -> str:
    """The text without the days it names, whose numbers would count as words."""
    for days in (_FIRST_OF_TWO, _DAY_MONTH, _MONTH_DAY, _NUMERIC):
        text = days.sub(" ", text)
    return text
