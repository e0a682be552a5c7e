"""Writes the tokens of a text as lines of plain text."""

from collections.abc import Sequence

from markdown_it.token import Token

from newsletter_service.letters.links.rules import NOWHERE
from newsletter_service.letters.plain import wrap


class TextWriter:
    """Collects `lines`, at most 76 columns wide, each link followed by its <address>; tables row by row."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._indents: list[_Indent] = []
        self._numbers: list[tuple[int | None, bool]] = []
        self._gap = False
        self._headings: list[str] = []
        self._cells: list[str] | None = None
        self._rows = 0

    def write(self, token: Token) -> None:
        """Write a paragraph, or remember what the token changes for those that follow."""
        if token.type == "inline":
            self._inline(inline(token.children or []))
        elif token.nesting > 0:
            self._open(token)
        elif token.nesting < 0:
            self._close(token)

    def _inline(self, text: str) -> None:
        if self._cells is None:
            self._paragraph(text)
        else:
            self._cells.append(text)

    def _open(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open":
                self._numbers.append((None, False))
            case "ordered_list_open":
                self._numbers.append((int(token.attrs.get("start", 1)), token.attrs.get("type") == "a"))
            case "list_item_open":
                self._indents.append(_Indent(self._marker()))
            case "blockquote_open":
                self._indents.append(_Indent("> ", "> "))
            case "tr_open":
                self._cells = []

    def _close(self, token: Token) -> None:
        match token.type:
            case "list_item_close" | "blockquote_close":
                self._indents.pop()
            case "bullet_list_close" | "ordered_list_close":
                self._numbers.pop()
            case "table_close":
                self._end_table()
            case "tr_close":
                self._row(self._cells or [])
                return
            case "thead_close" | "tbody_close" | "th_close" | "td_close":
                return
        in_tight_list = token.hidden or (self._numbers and token.type != "paragraph_close")
        self._gap = self._gap or not in_tight_list

    def _row(self, cells: list[str]) -> None:
        """A row of a table as an item of a list: each cell behind the heading of its column."""
        self._cells = None
        if not self._headings:
            self._headings = cells
            return
        self._rows += 1
        pairs = [(head, cell) for head, cell in zip(self._headings, cells, strict=False) if cell]
        self._item("; ".join(f"{head}: {cell}" if head else cell for head, cell in pairs))

    def _end_table(self) -> None:
        if not self._rows:
            self._item("; ".join(self._headings))
        self._headings, self._rows = [], 0

    def _item(self, text: str) -> None:
        self._indents.append(_Indent("- "))
        self._paragraph(text)
        self._indents.pop()

    def _marker(self) -> str:
        number, in_letters = self._numbers[-1]
        if number is None:
            return "- "
        self._numbers[-1] = number + 1, in_letters
        return f"{chr(ord('a') + number - 1)}. " if in_letters and number <= 26 else f"{number}. "

    def _paragraph(self, text: str) -> None:
        if self._gap and self.lines:
            self.lines.append("".join(indent.rest for indent in self._indents if indent.begun).rstrip())
        self._gap = False
        first = "".join(indent.next() for indent in self._indents)
        rest = "".join(indent.rest for indent in self._indents)
        self.lines += wrap(text, first, rest)


class _Indent:
    """What stands before the lines of a list's item or a quote: `first` once, `rest` from then on."""

    def __init__(self, first: str, rest: str = "") -> None:
        self.first = first
        self.rest = rest or " " * len(first)
        self.begun = False

    def next(self) -> str:
        """What stands before the next line."""
        begun, self.begun = self.begun, True
        return self.rest if begun else self.first


def inline(tokens: Sequence[Token]) -> str:
    """The words of a paragraph's tokens, line ends kept."""
    text, label_at, address = "", 0, ""
    for token in tokens:
        match token.type:
            case "text" | "text_special":
                text += token.content
            case "softbreak" | "hardbreak":
                text += "\n"
            case "link_open":
                label_at, address = len(text), str(token.attrs["href"])
            case "link_close" if token.info == "auto":
                text = text[:label_at] + address.removeprefix("mailto:")
            case "link_close":
                text += _target(text[label_at:], address)
    return text


def _target(label: str, address: str) -> str:
    """What stands after a link's label; nothing where that says it already, or where there is nowhere to go."""
    if address in NOWHERE.values():
        return ""
    shown = address.removeprefix("mailto:").removeprefix("tel:")
    return "" if label in (address, shown) else f" <{shown}>".removeprefix("" if label else " ")
