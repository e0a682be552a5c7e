"""What the words of an item mean: small words left out; forms, compounds and other words for the same made one."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from threading import Lock
from typing import NamedTuple

import snowballstemmer

_PROSECUTION = re.compile(r"\bOM\b")
"""In capitals it is the prosecution; otherwise the smallest of words."""
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['_-][^\W\d_]+)*")
_ACCENT = re.compile("[\u0300-\u036f]")
_THOUSANDS = re.compile(r"[.,](?=\d{3}\b)")
_WEIGHTS = {"soort": 0.6, "gewoon": 0.35, "wie": 0.5}
FULL = 1.0
_SHORT_WORD = 0.5
_SHORTEST_PART, _SHORTEST_REST, _SHORTEST_COMPOUND = 4, 3, 8
_LONGEST_WORD, _LONGEST_TAIL = 60, 30
"""No word is longer, nor the end of one that is on the list: rows of letters that are none held up all pages."""
_LINKING = ("en", "s", "n", "e")
_STEMMING = Lock()
"""A stemmer keeps the word it is at: two threads in one would stem each other's."""
_ENGLISH = snowballstemmer.stemmer("english")
_FORMS, _VOWELS = snowballstemmer.stemmer("dutch"), snowballstemmer.stemmer("dutch_porter")
"""The first knows more forms of Dutch words; the second makes one of "weerbare" and "weerbaar", too."""


@dataclass(frozen=True)
class Meaning:
    """What a word stands for: `name` tells meanings apart, `weight` says how telling it is, from 0 to 1.

    `kind`: it says what sort of item this is, such as a training or a report. `group`: it says who it is about or for.
    """

    name: str
    weight: float = FULL
    kind: bool = False
    group: bool = False


@dataclass(frozen=True)
class _Words:
    """The list in words.txt: small words, the others by stem in either language, what compounds begin with, phrases."""

    small: frozenset[str]
    dutch: dict[str, Meaning]
    english: dict[str, Meaning]
    heads: dict[str, Meaning]
    phrases: re.Pattern[str]


def folded(text: str) -> str:
    """The text without capitals and accents."""
    plain = text.casefold().replace("’", "'")
    return plain if plain.isascii() else _ACCENT.sub("", unicodedata.normalize("NFKD", plain))


def words_of(text: str) -> list[str]:
    """The words and numbers of a text, folded; a phrase of the list is one word."""
    plain = folded(_PROSECUTION.sub("openbaar ministerie", text))
    return _TOKEN.findall(_words().phrases.sub(lambda found: _joined(found[0]), plain))


def meanings_of(text: str) -> dict[str, Meaning]:
    """What the words of a text mean, by their names."""
    return {meaning.name: meaning for word in words_of(text) for meaning in _meant(word)}


def words_for(text: str, names: Collection[str]) -> list[str]:
    """The words of a text that stand for the meanings with these names, folded, in the order of the names."""
    found: dict[str, str] = {}
    for word in words_of(text):
        for meaning in _meant(word):
            found.setdefault(meaning.name, word.replace("_", " "))
    return list(dict.fromkeys(found[name] for name in names if name in found))


def is_small(word: str) -> bool:
    """Whether a folded word says nothing of what an item is about."""
    return word in _words().small


def is_listed(word: str) -> bool:
    """Whether a folded word is small or on the list: no name of a person or place then."""
    return is_small(word) or _listed(word) is not None


@lru_cache(maxsize=50_000)
def _meant(word: str) -> tuple[Meaning, ...]:
    if is_small(word):
        return ()
    if word[0].isdigit():
        return (Meaning(_THOUSANDS.sub("", word)),)
    listed = _listed(word)
    if listed:
        return (listed,)
    if "-" in word:
        return tuple(meaning for part in word.split("-") for meaning in _meant(part))
    return _compound(word) or (Meaning(_stem(word), _SHORT_WORD if len(word) < _SHORTEST_PART else FULL),)


def _listed(word: str) -> Meaning | None:
    words = _words()
    return words.dutch.get(_stem(word)) or words.english.get(_stem(word, english=True))


def _compound(word: str) -> tuple[Meaning, ...]:
    """The parts of a Dutch compound that begins, or else ends, with a word of the list; none if it does neither."""
    if not _SHORTEST_COMPOUND <= len(word) <= _LONGEST_WORD:
        return ()
    for cut in range(len(word) - _SHORTEST_REST, _SHORTEST_PART - 1, -1):
        head = _head(word[:cut])
        if head:
            return (head, *_meant(word[cut:]))
    for cut in range(max(_SHORTEST_REST, len(word) - _LONGEST_TAIL), len(word) - _SHORTEST_PART):
        tail = _listed(word[cut:])
        if tail:
            return (Meaning(_stem(word[:cut])), tail)
    return ()


def _head(beginning: str) -> Meaning | None:
    heads = _words().heads
    whole = (beginning, *(beginning.removesuffix(link) for link in _LINKING if beginning.endswith(link)))
    return next((heads[word] for word in whole if word in heads), None)


@lru_cache(maxsize=100_000)
def _stem(word: str, *, english: bool = False) -> str:
    if "_" in word or len(word) > _LONGEST_WORD:
        return word
    with _STEMMING:
        stem: str = _ENGLISH.stemWord(word) if english else _VOWELS.stemWord(_FORMS.stemWord(word))
    return stem


def _joined(phrase: str) -> str:
    return re.sub(r"[\W_]+", "_", phrase)


class _Line(NamedTuple):
    """A line of the list: how it is marked, and its words, folded, in Dutch and in English."""

    mark: str
    dutch: list[str]
    english: list[str]

    @property
    def meaning(self) -> Meaning:
        """What each of its words stands for."""
        name, weight = (self.dutch or self.english)[0], _WEIGHTS.get(self.mark, FULL)
        return Meaning(name, weight, self.mark == "soort", self.mark == "wie")


@cache
def _words() -> _Words:
    lines = list(_lines())
    listed = [line for line in lines if line.mark != "klein"]
    return _Words(
        frozenset(word for line in lines if line.mark == "klein" for word in line.dutch),
        {_stem(_one(word)): line.meaning for line in reversed(listed) for word in reversed(line.dutch)},
        {_stem(_one(word), english=True): line.meaning for line in reversed(listed) for word in line.english},
        {word: line.meaning for line in reversed(listed) for word in line.dutch if _begins_compounds(word)},
        _any_of(
            word.replace("_", " ") for line in listed for word in (*line.dutch, *line.english) if "_" in word
        ),
    )


def _lines() -> Iterator[_Line]:
    for line in files(__package__).joinpath("words.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            mark, _, words = line.rpartition(": ")
            dutch, _, english = folded(words).partition("/")
            yield _Line(mark, dutch.split(), english.split())


def _one(word: str) -> str:
    return _joined(word) if "_" in word else word


def _begins_compounds(word: str) -> bool:
    return "_" not in word and len(word) >= _SHORTEST_PART


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """Finds each phrase, the longest first."""
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(phrases, key=len, reverse=True)))})\b")
