"""What editors write, made safe: Markdown to clean HTML and to readable plain text."""

import re
import textwrap
from html import unescape

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

MAX_LENGTH = 20_000
TEXT_WIDTH = 76
_TAGS = {"p", "strong", "em", "a", "ul", "ol", "li", "blockquote", "br"}
_PARSER = MarkdownIt("commonmark", {"html": False, "maxNesting": 12}).disable(["image", "table"], ignoreInvalid=True)


def to_html(markdown: str) -> str:
    """Clean HTML of `markdown`: paragraphs, emphasis, links and lists; headings become bold paragraphs.

    Nothing else survives: no raw HTML, no images, no links but http, https and mailto. Input beyond
    20,000 characters is cut off, nesting beyond 12 levels is flattened.
    """
    tokens = _PARSER.parse(markdown[:MAX_LENGTH])
    html = _PARSER.renderer.render(_demoted(tokens), _PARSER.options, {})
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    ).strip()


def _demoted(tokens: list[Token]) -> list[Token]:
    """Headings in a body as bold paragraphs: the levels of a letter's headings are the letter's own."""
    result: list[Token] = []
    for token in tokens:
        if token.type == "heading_open":
            result += [Token("paragraph_open", "p", 1, block=True), Token("strong_open", "strong", 1)]
        elif token.type == "heading_close":
            result += [Token("strong_close", "strong", -1), Token("paragraph_close", "p", -1, block=True)]
        else:
            result.append(token)
    return result


def to_text(markdown: str) -> str:
    """Readable plain text of `markdown`, at most 76 columns, each link followed by its address."""
    html = to_html(markdown)
    html = re.sub(r'<a href="([^"]*)">(.*?)</a>', _linked, html, flags=re.DOTALL)
    html = re.sub(r"<br\s*/?>\s*", "\n", html)
    blocks = re.split(r"</?(?:p|ul|ol|blockquote)>", html)
    lines: list[str] = []
    for block in blocks:
        lines += _block(block)
    return "\n".join(lines).strip()


def _linked(match: re.Match[str]) -> str:
    address, label = match.group(1), match.group(2)
    return label if label == address else f"{label} ({address})"


def _block(html: str) -> list[str]:
    items = [part for part in re.split(r"</?li>", html) if part.strip()]
    bulleted = "<li>" in html
    lines: list[str] = []
    for item in items:
        text = unescape(re.sub(r"<[^>]+>", "", item)).strip()
        lines += wrap(text, "- " if bulleted else "", "  " if bulleted else "")
    return [*lines, ""] if lines else []


def wrap(text: str, first: str = "", rest: str = "") -> list[str]:
    """The lines of `text` at most 76 columns wide; a long address is never broken."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines += textwrap.wrap(
            paragraph,
            TEXT_WIDTH,
            initial_indent=first,
            subsequent_indent=rest,
            break_long_words=False,
            break_on_hyphens=False,
        )
    return lines
