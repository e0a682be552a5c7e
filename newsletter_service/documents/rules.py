"""Which texts readers can hold us to, how they are filled in, and how their versions are named."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256

WORDS_LENGTH = 20_000
WORDING_LENGTH = 1_000
SUMMARY_LENGTH = 300
FIRST_VERSION = "2026-11-27"
"""What the texts that come with the product are called; change it together with them."""

_SLOT = re.compile(r"\{([^{}\s]*)\}")
_IN_BRACES = re.compile(r"\{([^{}]*)\}")
"""Also with blanks, which editors mean as a slot and readers would see as braces."""


class Kind(StrEnum):
    """A text of which every version is kept."""

    CONSENT = "consent"
    PRIVACY = "privacy"
    ACCESSIBILITY = "accessibility"
    CONTACT = "contact"


class Unanswered(StrEnum):
    """What becomes of readers who are asked again and do not answer."""

    KEEPS = "keeps"
    ENDS = "ends"


class Slot(StrEnum):
    """What a text can have filled in; its name is what editors type, in braces."""

    NEWSLETTER = "nieuwsbrief"
    ORGANISATIONS = "organisaties"
    MAIL = "contact"
    POST = "postadres"
    CHECKS = "functies"
    RETENTION = "bewaren"
    MAKERS = "makers"


ONE_LINE = frozenset({Slot.NEWSLETTER, Slot.ORGANISATIONS, Slot.MAIL, Slot.POST})
"""What can stand in the wording of consent, which is one paragraph."""


@dataclass(frozen=True)
class Section:
    """A part of a text under a heading; what stands before the first has none. `words` are Markdown."""

    heading: str
    words: str


def words_hash(words: str) -> str:
    """The SHA-256 of a text as it was shown, in hexadecimal digits."""
    return sha256(words.encode()).hexdigest()


def unknown_slots(kind: Kind, words: str) -> list[str]:
    """What stands in braces and cannot be filled in, in its order."""
    known = ONE_LINE if kind is Kind.CONSENT else frozenset(Slot)
    return [f"{{{name}}}" for name in _IN_BRACES.findall(words) if name not in known]


def filled(words: str, facts: Mapping[Slot, str]) -> str:
    """A text with its slots filled in; what is no slot stays as it is."""

    def fact(found: re.Match[str]) -> str:
        return facts[Slot(found[1])] if found[1] in facts else found[0]

    return _SLOT.sub(fact, words)


def next_version(day: date, taken: Collection[str]) -> str:
    """The name of a version that is published on `day`: the day, with a number from the second on."""
    name, number = day.isoformat(), 1
    while name in taken:
        number += 1
        name = f"{day.isoformat()}-{number}"
    return name


def sections(words: str) -> Iterator[Section]:
    """The parts of a text: a line that begins with `## ` is a heading."""
    heading, *rest = "", *re.split(r"^## +(.+)$", words, flags=re.MULTILINE)
    for place, part in enumerate(rest):
        if place % 2:
            heading = part.strip()
        elif part.strip() or heading:
            yield Section(heading, part.strip())
