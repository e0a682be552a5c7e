"""Sentences as readers see them: of Markdown without its signs."""

import re

_LINK = re.compile(r"\[([^\[\]]*)\]\([^)\n]*\)")
_BEGIN = re.compile(r"^\s*(?:>\s*)*(?:#{1,6}\s+|[-*+•]\s+|\d{1,3}[.)]\s+)?")
_SIGNS = re.compile(r"\*\*|__|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)")
_RULE = re.compile(r"^[\s|:=-]*$")
_END = re.compile(r"[.!?…][\"”’')]*\s+(?=[\"“‘'(]*[A-Z0-9À-Þ])")
_LONGEST_SHORT = 20
_SHORT = re.compile(
    r"(?:^|[\s(])(?:[a-z](?:\.[a-z])+|[A-Z]|bijv|bv|ca|nr|dr|mr|drs|ir|ing|dhr|mevr|mw|prof|art|lid|blz|tel|jl|resp|vgl|evt|"
    r"jan|feb|mrt|apr|jun|jul|aug|sep|sept|okt|nov|dec)\.$"
)


def sentences(markdown: str) -> list[str]:
    """The sentences of `markdown`; a line, an item of a list and a cell of a table end one too."""
    found: list[str] = []
    for line in markdown.splitlines():
        if not _RULE.match(line):
            for piece in _cells(line):
                found += _split(_SIGNS.sub("", _LINK.sub(r"\1", _BEGIN.sub("", piece))).strip())
    return [sentence for sentence in found if sentence]


def _cells(line: str) -> list[str]:
    stripped = line.strip()
    return stripped.strip("|").split("|") if stripped.startswith("|") and stripped.endswith("|") else [line]


def _split(text: str) -> list[str]:
    """`text` at the ends of its sentences; the dot of an abbreviation ends none."""
    found, start = [], 0
    for end in _END.finditer(text):
        before = text[max(start, end.start() - _LONGEST_SHORT) : end.start() + 1]
        if not _SHORT.search(before):
            found.append(text[start : end.end()].strip())
            start = end.end()
    return [*found, text[start:].strip()]


def labels_of_links(markdown: str) -> list[str]:
    """What the links in `markdown` are called."""
    return [label.strip() for label in _LINK.findall(markdown)]
