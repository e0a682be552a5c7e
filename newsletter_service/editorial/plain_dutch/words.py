"""Words of offices and what most people say instead, by all their forms."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

_LIST = Path(__file__).parent / "words.txt"
_VERB = "*eren"
_ENDINGS = ("eer", "eert", "eren", "eerde", "eerden", "erend", "erende")
_TREMA = {"e": "ë", "i": "ï", "u": "ü"}
_TOKEN = re.compile(r"\w+(?:[.'’-]\w+)*")
_END_OF_CLAUSE = re.compile(r"[,;:()]")
_NEAR = 20


class _Form(NamedTuple):
    """One form of a hard word in small letters: its words, those that follow it at a distance, and what is simpler."""

    words: tuple[str, ...]
    later: tuple[str, ...]
    instead: str


@cache
def simpler_words() -> dict[str, str]:
    """By each form of a word that is hard to read, in small letters: what to say instead."""
    lines = _LIST.read_text("utf-8").splitlines()
    entries = [line.partition(": ") for line in lines if line.strip() and not line.startswith("#")]
    return {form: simple for hard, _, simple in entries for word in hard.split(", ") for form in _forms(word)}


def _forms(word: str) -> list[str]:
    if not word.endswith(_VERB):
        return [word]
    stem = word.removesuffix(_VERB)
    done = f"ge{_TREMA.get(stem[0], stem[0])}{stem[1:]}eerd"
    return [*(stem + ending for ending in _ENDINGS), done, f"{done}e"]


@cache
def _by_first_word() -> dict[str, list[_Form]]:
    """The forms by the word that they begin with; the longest first, or "met" would hide "met betrekking tot"."""
    found: dict[str, list[_Form]] = {}
    for text, instead in simpler_words().items():
        words, _, later = text.partition(" … ")
        form = _Form(tuple(_TOKEN.findall(words)), tuple(_TOKEN.findall(later)), instead)
        found.setdefault(form.words[0], []).append(form)
    for forms in found.values():
        forms.sort(key=lambda form: -len(form.words + form.later))
    return found


def hard_words(sentence: str) -> list[tuple[str, str]]:
    """What stands in `sentence` that has a simpler word, as it is written there, and that word."""
    tokens = list(_TOKEN.finditer(sentence))
    small = [token[0].lower() for token in tokens]
    found, at = [], 0
    while at < len(tokens):
        form = next(
            (one for one in _by_first_word().get(small[at], ()) if _stands(one, small, at, tokens)), None
        )
        end = at + (len(form.words) if form else 1)
        if form:
            found.append((sentence[tokens[at].start() : tokens[end - 1].end()], form.instead))
        at = end
    return found


def _stands(form: _Form, small: list[str], at: int, tokens: Sequence[re.Match[str]]) -> bool:
    """Whether `form` begins at this word; what follows it at a distance stands near, and in the same clause."""
    end = at + len(form.words)
    if tuple(small[at:end]) != form.words:
        return False
    if not form.later:
        return True
    later = len(form.later)
    place = next((n for n in range(end, end + _NEAR) if tuple(small[n : n + later]) == form.later), None)
    return place is not None and not _END_OF_CLAUSE.search(
        tokens[0].string, tokens[end - 1].end(), tokens[place].start()
    )
