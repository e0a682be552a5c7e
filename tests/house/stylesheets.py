"""Finds faults in stylesheets: what browsers would skip, variables that are nowhere set, colours without a name,
classes of no page."""

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import tinycss2

STYLES = Path("newsletter_service/web/styles")
PAGES = (Path("templates/web"), Path("newsletter_service"))
SKIP = {"skip_comments": True, "skip_whitespace": True}


def faults(sheets: str, pages: str) -> list[str]:
    """Return the faults of all stylesheets together; `pages` is all that names classes."""
    nodes = list(nodes_of(tinycss2.parse_stylesheet(sheets, **SKIP)))
    skipped = [f"line {one.source_line}: {one.message}" for one in nodes if one.type == "error"]
    is_set = {one.name for one in nodes if one.type == "declaration" and one.name.startswith("--")}
    needed = set(re.findall(r"var\((--[\w-]+)\)", sheets))  # those without another value to fall back on
    unnamed = [one for one in nodes if one.type == "declaration" and one.name[:2] != "--" and has_colour(one)]
    classes = classes_of(sheets)
    words = set(re.findall(r"[\w-]+", pages))
    return [
        *skipped,
        *(f"{one} is used and nowhere set" for one in sorted(needed - is_set)),
        *(f"line {one.source_line}: {one.name} has a colour without a name" for one in unnamed),
        *(f".{one} is the class of nothing" for one in sorted(classes - named(classes, words))),
    ]


def nodes_of(nodes: Sequence[Any]) -> Iterator[Any]:
    """Yield all rules, declarations and errors, those in others too."""
    for node in nodes:
        yield node
        if node.type in ("at-rule", "qualified-rule") and node.content:
            yield from nodes_of(tinycss2.parse_blocks_contents(node.content, **SKIP))


def has_colour(declaration: Any) -> bool:
    """Return whether a declaration says a colour itself; black and white need no name."""
    return any(
        (one.type == "hash" and one.value not in ("fff", "000"))
        or (one.type == "function" and one.lower_name in ("rgb", "rgba", "hsl", "hsla"))
        for one in declaration.value
    )


def classes_of(sheet: str) -> set[str]:
    """Return the classes that a style sheet speaks of."""
    rules = (
        one for one in nodes_of(tinycss2.parse_stylesheet(sheet, **SKIP)) if one.type == "qualified-rule"
    )
    return {name for one in rules for name in re.findall(r"\.([a-z][\w-]*)", tinycss2.serialize(one.prelude))}


def named(classes: set[str], words: set[str]) -> set[str]:
    """Return those that are among the words in full, or by a beginning that ends in a hyphen."""
    beginnings = tuple(word for word in words if len(word) > 2 and word.endswith("-"))
    return {one for one in classes if one in words or one.startswith(beginnings)}


def _texts(folder: Path, *endings: str) -> str:
    return "\n".join(one.read_text("utf-8") for one in sorted(folder.rglob("*")) if one.suffix in endings)


if __name__ == "__main__":
    found = faults(_texts(STYLES, ".css"), "\n".join(_texts(one, ".html", ".js", ".py") for one in PAGES))
    print("\n".join(found) or "The stylesheets are in order.")
    sys.exit(bool(found))
