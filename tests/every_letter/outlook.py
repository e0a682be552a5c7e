"""CSS that Outlook for Windows 2019 lacks, as far as a letter could lean on it; facts from caniemail.com.

Padding it keeps in table cells only; it knows no negative margins, none on a span, and of displays `none`
alone. What only decorates is no fault where it is missing, such as rounded corners. Nor is what the compiler of
MJML writes beside a table for Outlook: its own columns, and its buttons with `mso-padding-alt`.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

CELLS = frozenset({"td", "th"})
VOID = frozenset({"img", "br", "meta", "hr", "input", "link"})
MISSING = frozenset(
    {
        *(
            "position",
            "float",
            "inset",
            "flex",
            "grid",
            "gap",
            "columns",
            "visibility",
            "opacity",
            "transform",
        ),
        *(
            "min-width",
            "min-height",
            "object-fit",
            "clip-path",
            "content",
            "filter",
            "box-shadow",
            "text-shadow",
        ),
        *("background-image", "background-size"),
    }
)
"""Properties that it knows nowhere and that carry meaning wherever they are used."""
UNITS = re.compile(r"\d(?:rem|vw|vh|ch|dvh|vmin|vmax)\b|var\(|calc\(|clamp\(|min\(|max\(")
_NEGATIVE = re.compile(r"-\d")
DISPLAYS = frozenset({"none", "block", "inline"})
"""What an element may be shown as without harm; of all displays it knows `none` only."""


class _Styles(HTMLParser):
    """Collects (element, style, style of the element around) of every element outside comments."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self._around: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        style = _declarations(dict(attrs).get("style") or "")
        self.found.append((tag, style, self._around[-1][1] if self._around else {}))
        if tag not in VOID:
            self._around.append((tag, style))

    def handle_endtag(self, tag: str) -> None:
        while self._around and self._around.pop()[0] != tag:
            pass


def faults(html: str) -> list[str]:
    """What in the styles of `html` has no effect in Outlook 2019 and leaves readers with less; none is right."""
    parser = _Styles()
    parser.feed(html)
    return [
        f"<{tag}> {fault}" for tag, style, around in parser.found for fault in _of_element(tag, style, around)
    ]


def _of_element(tag: str, style: dict[str, str], around: dict[str, str]) -> Iterator[str]:
    for name, value in style.items():
        if _is_missing(tag, name, style, around):
            yield f"{name}: {value}"
    if tag == "img" and not style.get("width"):
        yield "without a width"


def _is_missing(tag: str, name: str, style: dict[str, str], around: dict[str, str]) -> bool:
    value = style[name]
    if name.startswith("padding"):
        return tag not in CELLS and _says_something(value) and "mso-padding-alt" not in around
    if name.startswith("margin"):
        return tag == "span" or bool(_NEGATIVE.search(value)) or _centres(style, value)
    if name == "display":
        return value not in DISPLAYS and not _has_a_table_for_outlook(style, around)
    return name in MISSING or bool(UNITS.search(value))


def _says_something(value: str) -> bool:
    return bool(re.search(r"[1-9]", value))


def _centres(style: dict[str, str], value: str) -> bool:
    """What is as wide as it can be is not moved by `auto`; the compiler's rows have a table in a comment for that."""
    return "auto" in value and style.get("width") != "100%" and "max-width" not in style


def _has_a_table_for_outlook(style: dict[str, str], around: dict[str, str]) -> bool:
    return "mso-padding-alt" in around or "vertical-align" in style


def _declarations(style: str) -> dict[str, str]:
    pairs = (part.partition(":") for part in style.split(";") if ":" in part)
    return {name.strip().lower(): value.strip() for name, _colon, value in pairs}
