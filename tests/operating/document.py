"""docs/operating.md as what it is: commands and files, in their order, under the headings they stand under."""

import re
from dataclasses import dataclass
from pathlib import Path

DOCUMENT = Path(__file__).parents[2] / "docs/operating.md"
_BLOCK = re.compile(
    r"^## (?P<heading>[^\n]+)$|^```(?P<kind>sh|conf)(?: (?P<word>\S+))?\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_ASKS_OTHERS = re.compile(r"\bapt-get (update|install)\b|/deploy/install\b")
DATABASES = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Block:
    """Commands that are run, with the database `only` where one is named; or the text of `file`."""

    heading: str
    text: str
    file: str = ""
    only: str = ""

    @property
    def asks_others(self) -> bool:
        """Whether it fetches something from elsewhere."""
        return not self.file and _ASKS_OTHERS.search(self.text) is not None


def blocks(text: str) -> list[Block]:
    """All of a document. Blocks of no kind are for people: what they say is done by hand, or only at need."""
    found, heading = [], ""
    for match in _BLOCK.finditer(text):
        if match["heading"]:
            heading = match["heading"]
        else:
            word = match["word"] or ""
            is_file = match["kind"] == "conf"
            found.append(Block(heading, match["text"], word if is_file else "", "" if is_file else word))
    return found
