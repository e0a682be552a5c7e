"""The beginning of a text that is too long for a letter: whole words, and everything closed that was begun."""

from collections.abc import Sequence
from copy import copy

from markdown_it.token import Token

_MORE = "…"


def length(tokens: Sequence[Token]) -> int:
    """How many characters of a text a reader sees."""
    return sum(_length(token) for token in tokens if token.type == "inline")


def shortened(tokens: Sequence[Token], limit: int) -> list[Token]:
    """What readers see of a text up to `limit` characters, ending in "…" where that is within a sentence or list."""
    kept: list[Token] = []
    left = limit
    for token in tokens:
        if token.type == "inline":
            if _length(token) > left:
                return _ended(kept, _beginning(token, left))
            left -= _length(token)
        kept.append(token)
    return kept


def _length(inline: Token) -> int:
    return sum(_width(token) for token in inline.children or [])


def _width(token: Token) -> int:
    return 1 if token.type.endswith("break") else len(token.content)


def _ended(kept: list[Token], beginning: Token | None) -> list[Token]:
    """`kept` and the beginning of what did not fit, if a word of it does, with every element closed."""
    rows = [token for token in _open(kept) if token.type == "tr_open"]
    if rows:
        del kept[_place(kept, rows[0]) :]  # half a row would put cells below the wrong headings
    elif beginning is not None:
        kept.append(beginning)
    else:
        while kept and kept[-1].nesting > 0:
            kept.pop()
    return [*kept, *map(_closing, reversed(_open(kept)))]


def _place(tokens: Sequence[Token], sought: Token) -> int:
    return next(place for place, token in enumerate(tokens) if token is sought)


def _beginning(inline: Token, left: int) -> Token | None:
    """As many words of a paragraph as fit; a link that does not fit is left out whole."""
    children: list[Token] = []
    for token in inline.children or []:
        if _width(token) > left:
            children.append(_words(token, left))
            break
        children.append(token)
        left -= _width(token)
    links = [token for token in _open(children) if token.type == "link_open"]
    if links:
        children = children[: children.index(links[0])]
    if not any(child.content.strip() for child in children):
        return None
    more = Token("text", "", 0, content=f" {_MORE}")
    result = copy(inline)
    result.children = [*children, *map(_closing, reversed(_open(children))), more]
    return result


def _words(text: Token, left: int) -> Token:
    result = copy(text)
    result.content = text.content[: left + 1].rpartition(" ")[0].rstrip()
    return result


def _open(tokens: Sequence[Token]) -> list[Token]:
    """The elements that are begun and not ended, the outermost first."""
    stack: list[Token] = []
    for token in tokens:
        if token.nesting > 0:
            stack.append(token)
        elif token.nesting < 0:
            stack.pop()
    return stack


def _closing(opening: Token) -> Token:
    kind = opening.type.removesuffix("_open") + "_close"
    return Token(kind, opening.tag, -1, block=opening.block, hidden=opening.hidden, markup=opening.markup)
