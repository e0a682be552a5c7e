"""Plain text for people: lines that fit, headings that stand out, addresses that stay whole."""

import re
import textwrap

WIDTH = 76


def wrap(text: str, first: str = "", rest: str = "") -> list[str]:
    """Break `text` into lines of at most 76 columns; a long address is never broken.

    The first line begins with `first`, all others with `rest`.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines += textwrap.wrap(
            paragraph,
            WIDTH,
            initial_indent=rest if lines else first,
            subsequent_indent=rest,
            break_long_words=False,
            break_on_hyphens=False,
        )
    return lines


def underlined(text: str, stroke: str) -> str:
    """A heading: `text`, and a line of `stroke` as wide as its longest line."""
    lines = wrap(text)
    return "\n".join([*lines, stroke * max(map(len, lines), default=0)])


def tidied(text: str) -> str:
    """`text` with at most one empty line in a row, no blanks before line ends, and one at its end."""
    lines = "\n".join(line.rstrip() for line in text.strip().split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines) + "\n"
