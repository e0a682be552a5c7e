"""Finds what is data and not markup in a text: addresses that stand there bare, and paths of files."""

import re
from typing import NamedTuple

from linkify_it import LinkifyIt

from newsletter_service.letters.links.rules import Outcome, judge

_CLOSING = "”’»“„…"
_WORD = re.compile(r"\S+")
_PATH = re.compile(r"(?<![\\\w])\\\\\w|(?<!\w)[A-Za-z]:\\|\w\\(?:[^\W_]|\S*\.\w{1,5}(?!\w))")
_AROUND = re.compile(r"([(\"'“‘«„*_\[]*)(.*?)([)\"'”’»“.,;:!?\]*_]*)", re.DOTALL)


class Found(NamedTuple):
    """A piece of data in a text: from where to where, and whether it is an address rather than a path."""

    start: int
    end: int
    typed: str
    is_address: bool


def _finder() -> LinkifyIt:
    """Full addresses, those that begin with www., and mail addresses; under any top-level domain."""
    finder = LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": True, "fuzzy_ip": False})
    finder.add("ftp:", None).add("www.", "//")
    return finder.tlds("[a-z]{2,63}")


_FINDER = _finder()


def bare_addresses(text: str) -> list[Found]:
    """The addresses in `text`, in their order, without what closes emphasis around them."""
    found, outside, done = [], "", 0
    for match in _FINDER.match(text) or ():
        if match.schema == "//":
            continue
        outside += text[done : match.index]
        done = match.last_index
        address = _unmarked(match.raw.rstrip(_CLOSING), outside).rstrip(_CLOSING)
        found.append(Found(match.index, match.index + len(address), address, is_address=True))
    return found


def _unmarked(address: str, outside: str) -> str:
    """`address` without the stars or underscores that close what was opened in the text before it."""
    marker = address[-1:]
    opened = re.findall(f"{re.escape(marker)}+", outside) if marker in ("*", "_") else []
    return address.removesuffix(opened[-1]) if opened else address


def data_in(text: str) -> list[Found]:
    """Addresses and paths in `text`, in their order; none overlaps another."""
    addresses = bare_addresses(text)
    taken = {place for one in addresses for place in range(one.start, one.end)}
    paths = [path for path in _paths(text) if not taken.intersection(range(path.start, path.end))]
    return sorted(addresses + paths)


def _paths(text: str) -> list[Found]:
    if "\\" not in text:
        return []
    found = []
    for word in _WORD.finditer(text):
        around = _AROUND.fullmatch(word[0])
        if around and _PATH.search(around[2]):
            start, end = (word.start() + place for place in around.span(2))
            found.append(Found(start, end, around[2], is_address=False))
    return found


def without_identities(text: str) -> str:
    """`text` with its addresses as they may go out: out of wrappers, without what tells readers apart."""
    pieces, done = [], 0
    for found in bare_addresses(text):
        verdict = judge(found.typed)
        if verdict.outcome is Outcome.CLEAN:
            pieces += [text[done : found.start], verdict.url]
            done = found.end
    return "".join([*pieces, text[done:]])
