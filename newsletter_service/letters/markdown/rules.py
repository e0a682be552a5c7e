"""Our rules for paragraphs and what stands inside: data is data, and only what looks like markup is markup."""

import re
from bisect import bisect_left
from dataclasses import dataclass

from markdown_it.rules_block import StateBlock, lheading
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.emphasis import tokenize

from newsletter_service.letters.links.addresses import Found, data_in
from newsletter_service.letters.links.rules import Outcome, judge

_TITLE = re.compile(r"""\s+("[^"]*"|'[^']*')\s*$""")
_RUN = re.compile(r"\*+|_+")
_DEEPEST = 32
_BEFORE_A_NAME = frozenset("\\/=@&?#.")
_AFTER_A_NAME = re.compile(r"[\\/=@]|\.\w")


def underlined(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A heading with a line of equals signs below it; below dashes, which people draw between two pieces, is none."""
    if not lheading(state, start, end, silent):
        return False
    if state.tokens[-1].markup == "=":
        return True
    del state.tokens[-3:]
    state.line = start
    return False


def _data(state: StateInline) -> list[Found]:
    """Addresses and paths in what the state parses, found once."""
    known: dict[str, list[Found]] = state.env.setdefault("data", {})
    if state.src not in known:
        known[state.src] = data_in(state.src)
    return known[state.src]


def text(state: StateInline, silent: bool) -> bool:
    """Plain text up to the next character or piece of data that means something."""
    stop = state.md.inline.terminator_re.search(state.src, state.pos)
    end = stop.start() if stop else state.posMax
    data = _data(state)
    following = bisect_left(data, (state.pos,))
    if following < len(data):
        end = min(end, data[following].start)
    if end <= state.pos:
        return False
    if not silent:
        state.append_pending(state.src[state.pos : end])
    state.pos = end
    return True


def data(state: StateInline, silent: bool) -> bool:
    """An address, which becomes a link to itself, or the path of a file: as they are, whatever is in them."""
    found = _data(state)
    place = bisect_left(found, (state.pos,))
    if place == len(found) or found[place].start != state.pos or found[place].end > state.posMax:
        return False
    if not silent:
        _write(state, found[place])
    state.pos = found[place].end
    return True


def _write(state: StateInline, piece: Found) -> None:
    if piece.is_address and not state.linkLevel:
        opening = state.push("link_open", "a", 1)
        opening.attrs, opening.markup, opening.info = {"href": piece.typed}, "linkify", "auto"
        state.push("text", "", 0).content = piece.typed
        closing = state.push("link_close", "a", -1)
        closing.markup, closing.info = "linkify", "auto"
        return
    verdict = judge(piece.typed) if piece.is_address else None
    clean = verdict is not None and verdict.outcome is Outcome.CLEAN
    state.append_pending(verdict.url if verdict and clean else piece.typed)


def emphasis(state: StateInline, silent: bool) -> bool:
    """Stars and underscores around words; those inside sums and the names of files are what they are."""
    run = _RUN.match(state.src, state.pos, state.posMax)
    if run is None or not _is_data(state.src, run):
        return tokenize(state, silent)
    if not silent:
        state.append_pending(run[0])
    state.pos = run.end()
    return True


def _is_data(source: str, run: re.Match[str]) -> bool:
    before, after = source[run.start() - 1 : run.start()], source[run.end() : run.end() + 1]
    if "|" in (before, after):
        return True  # *|NAME|*, from another program's letters
    if run[0] == "**":
        return before.isdigit() and after.isdigit()
    if run[0][0] == "*":
        inside_a_word = before.isalnum() and after.isalnum()
        return inside_a_word or (len(run[0]) == 1 and bool(re.match(r"\.\w", source[run.end() :][:2])))
    return before in _BEFORE_A_NAME or bool(_AFTER_A_NAME.match(source, run.end()))


@dataclass
class Destination:
    """The address of a link, and where the bracket behind it stands; as markdown-it asks for it."""

    ok: bool = False
    pos: int = 0
    str: str = ""


def link_destination(source: str, start: int, maximum: int) -> Destination:
    """The address of a link, up to the bracket that closes it: as typed, blanks and all, without a title."""
    depth = 0
    for place in range(start, maximum):
        match source[place]:
            case "\n":
                break
            case "(" if depth == _DEEPEST:
                break
            case "(":
                depth += 1
            case ")" if depth:
                depth -= 1
            case ")":
                return Destination(True, place, _TITLE.sub("", source[start:place]).strip())
    return Destination()
