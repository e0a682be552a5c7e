"""Lists and tables as word processors and mail programs write them, turned into those of Markdown."""

import re
from collections.abc import Sequence
from itertools import groupby, pairwise

_LINE = re.compile(
    r"(?P<indent>[ \t]*)(?P<marker>[-*+•·▪▫◦‣⁃∙●○■□◆➢➤►▶✓✔❖–—\uf0b7\uf0a7\uf0d8\uf0fcoØü§]|\d{1,9}[.)]|[a-z][.)])"
    r"(?P<gap>[ \t\xa0]+|(?<=[•▪▫◦‣⁃●○■□◆➢➤►▶✓✔❖\uf0b7\uf0a7\uf0d8\uf0fc]))(?P<rest>\S.*)"
)
"""Behind what can be nothing but a bullet there may be no blank."""
_BAR = re.compile(r"(?<!\\)\|")
_BARRED = re.compile(r" *\|.*\| *")
_RULE = re.compile(r":?-+:?")
_NATIVE = "-*+"
_ALSO_WORDS = "oØü§"
"""Bullets that may be words too: they need a tab or blanks behind them, or another bullet beside them."""
_NEAR = 6


class Lines:
    """The lines of a text rewritten; `lettered` are the numbers of those whose list counts in letters."""

    def __init__(self, text: str) -> None:
        self.lettered: set[int] = set()
        self._out: list[str] = []
        self._levels: list[tuple[str, int]] = []
        self._after_ours = False
        source = _with_tables(text.split("\n"))
        letters = _letters_in_order(source)
        for number, line in enumerate(source):
            self._add(line, number in letters, source[number + 1] if number + 1 < len(source) else "")
        self.text = "\n".join(self._out)

    def _add(self, line: str, letter: bool, following: str) -> None:
        item = _LINE.fullmatch(line)
        kind = self._kind(item, letter, following) if item else ""
        if item and kind in ("native", "number"):
            self._levels = [(kind, len(item["marker"]) + 1)] if not item["indent"] else self._levels
            self._after_ours = False
            self._out.append(f"{item['indent']}{item['marker']} {item['rest']}")
        elif item and kind:
            self._add_item(item, kind, letter)
        else:
            self._add_other(line)

    def _kind(self, item: re.Match[str], letter: bool, following: str) -> str:
        marker = item["marker"]
        if len(marker) > 1:
            return "number" if marker[0].isdigit() else "letter" if letter else ""
        if marker in _NATIVE:
            return "native"
        if marker in _ALSO_WORDS and item["gap"] == " " and not self._levels:
            return marker if following.startswith(f"{marker} ") else ""
        return marker

    def _add_item(self, item: re.Match[str], kind: str, letter: bool) -> None:
        if letter and self._out and not self._out[-1].strip() and kind not in dict(self._levels):
            self._levels = []  # letters below an empty line are a list of their own
        indent = item["indent"] or " " * self._level(kind, 3 if letter else 2)
        if letter:
            self.lettered.add(len(self._out))
            marker = f"{ord(item['marker'][0]) - ord('a') + 1}{item['marker'][1]}"
        else:
            marker = "-"
        self._out.append(f"{indent}{marker} {item['rest']}")
        self._after_ours = True

    def _level(self, kind: str, width: int) -> int:
        """How far an item of this kind is indented: a kind that is new stands below those before it."""
        kinds = [known for known, _width in self._levels]
        if kind in kinds:
            del self._levels[kinds.index(kind) + 1 :]
        else:
            self._levels.append((kind, width))
        return sum(width for _kind, width in self._levels[:-1])

    def _add_other(self, line: str) -> None:
        begins_anew = line.strip() and not line[0].isspace()
        if begins_anew and self._after_ours:
            self._out.append("")  # in these programs a line that is no item ends the list
        if begins_anew:
            self._levels = []
        self._after_ours = self._after_ours and not line.strip()
        self._out.append(line)


def _letters_in_order(lines: Sequence[str]) -> set[int]:
    """The numbers of the lines that begin with a letter of a list: an a is followed by a b."""
    items = [(number, match["marker"]) for number, line in enumerate(lines) if (match := _lettered(line))]
    found: set[int] = set()
    for (first, marker), (then, following) in pairwise(items):
        in_order = ord(following[0]) == ord(marker[0]) + 1 and following[1] == marker[1]
        if in_order and then - first <= _NEAR and (marker[0] == "a" or first in found):
            found |= {first, then}
    return found


def _lettered(line: str) -> re.Match[str] | None:
    match = _LINE.fullmatch(line)
    return match if match and len(match["marker"]) > 1 and match["marker"][0].isalpha() else None


def _with_tables(lines: Sequence[str]) -> list[str]:
    """`lines` with rows of cells between tabs, or between bars without a line below the first, as tables."""
    result: list[str] = []
    for (separator, columns), group in groupby(lines, _columns):
        kept = list(group)
        rows = [_cells(line, separator) for line in kept]
        if separator != "|" and result and _BARRED.fullmatch(result[-1]) and kept[0].strip():
            result.append("")  # a line without bars is no row
        if columns < 2 or len(rows) < 2 or _is_no_table(rows, separator):
            result += kept
        else:
            result += ["", _row(rows[0]), _row(["---"] * columns), *map(_row, rows[1:]), ""]
    return result


def _columns(line: str) -> tuple[str, int]:
    """What separates the cells of a line, and how many there are."""
    stripped = line.strip(" ")
    if stripped[:1] == stripped[-1:] == "|":
        return "|", len(_BAR.findall(stripped)) - 1
    if _LINE.fullmatch(line) or "\t" not in stripped:
        return "", 0
    return "\t", line.count("\t") + 1


def _cells(line: str, separator: str) -> list[str]:
    if separator == "|":
        return [cell.strip() for cell in _BAR.split(line.strip(" "))[1:-1]]
    return [cell.strip().replace("|", "\\|") for cell in line.split("\t")]


def _is_no_table(rows: Sequence[Sequence[str]], separator: str) -> bool:
    """Whether these rows are a table already, or else labels and what belongs to them."""
    if separator == "|":
        return any(all(_RULE.fullmatch(cell) for cell in row) for row in rows)
    return all(row[0].endswith(":") for row in rows)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
