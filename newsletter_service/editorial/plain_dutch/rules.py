"""What to tell the writer of a Dutch text, sentence by sentence."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from newsletter_service.editorial.plain_dutch.lists import words_of
from newsletter_service.editorial.plain_dutch.passive import is_passive
from newsletter_service.editorial.plain_dutch.sentences import labels_of_links, sentences
from newsletter_service.editorial.plain_dutch.words import hard_words

LONGEST = 25
"""Words that most people read in one go."""
MOST = 30
"""Hints about one text: who gets more of them reads none."""
_WORDS = re.compile(r"[\w][\w'’./@:-]*")
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|(?<!\S)[^\s@]+@\S+")
_CAPITALS = re.compile(r"(?<![\w-])[A-Z][A-Z0-9]+(?![a-z0-9])")
_SHOUTED = re.compile(r"\b[A-Z]{2,}(?:\s+[A-Z]{2,})+\b")
_BEHIND_WORDS = re.compile(r"\w \(([A-Z][A-Z0-9]+)\)")
_BEFORE_WORDS = re.compile(r"\b([A-Z][A-Z0-9]+) \([^)\s]{1,80} [^)]{1,120}\)")
_BARE_LINKS = frozenset(
    (
        *(
            "hier",
            "klik",
            "klik hier",
            "klik op deze link",
            "deze link",
            "link",
            "via deze link",
            "lees hier",
        ),
        *("lees meer", "lees verder", "meer", "meer lezen", "meer info", "meer informatie", "verder lezen"),
    )
)
_CLICK = re.compile(r"\bklik(?:t u)? hier\b", re.IGNORECASE)
_EVERYBODY_KNOWS = words_of("kent iedereen")


class Sort(StrEnum):
    """What a hint is about."""

    LONG = "long"
    PASSIVE = "passive"
    WORD = "word"
    ABBREVIATION = "abbreviation"
    LINK = "link"


@dataclass(frozen=True)
class Hint:
    """One thing to make plainer: in which field and sentence, at which words, and what to say instead if known."""

    field: str
    sort: Sort
    sentence: str
    words: str = ""
    instead: str = ""


def hints(texts: Mapping[str, str], known: Collection[str] = ()) -> tuple[Hint, ...]:
    """What could be plainer in `texts`, by the names of their fields; `known` are abbreviations that readers know.

    At most 30, in the order of the text. An abbreviation counts once, at its first use, in whatever field that is.
    """
    seen = {*known, *_EVERYBODY_KNOWS, *_explained(" ".join(texts.values()))}
    found: list[Hint] = []
    for field, text in texts.items():
        labels = [text] if field == "link_label" else labels_of_links(text)
        for sentence in sentences(text):
            found += (Hint(field, *told) for told in _of_sentence(sentence, labels))
            found += (Hint(field, *told) for told in _abbreviations(sentence, seen))
    return tuple(dict.fromkeys(found))[:MOST]


Told = tuple[Sort, str, str, str]


def _of_sentence(sentence: str, labels: list[str]) -> Iterator[Told]:
    if len(_WORDS.findall(sentence)) > LONGEST:
        yield Sort.LONG, sentence, "", ""
    if is_passive(sentence):
        yield Sort.PASSIVE, sentence, "", ""
    for words, instead in hard_words(_ADDRESS.sub("", sentence)):
        yield Sort.WORD, sentence, words, instead
    bare = [label for label in labels if label.lower().strip(" .!>»→") in _BARE_LINKS and label in sentence]
    clicks = [] if bare else [match[0] for match in _CLICK.finditer(sentence)]
    for label in (*bare, *clicks):
        yield Sort.LINK, sentence, label, ""


def _abbreviations(sentence: str, seen: set[str]) -> Iterator[Told]:
    """Those that nobody knows or explained; which ones there were is added to `seen`."""
    for match in _CAPITALS.finditer(_SHOUTED.sub("", _ADDRESS.sub("", sentence))):
        short = match[0]
        if short not in seen:
            yield Sort.ABBREVIATION, sentence, short, ""
        seen.add(short)


def _explained(text: str) -> set[str]:
    """What stands between brackets behind words in `text`, or has words between brackets behind it."""
    return {*_BEHIND_WORDS.findall(text), *_BEFORE_WORDS.findall(text)}
