"""What editors write, made safe: Markdown to clean HTML and to readable plain text."""

from collections.abc import Callable, Iterator, Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from newsletter_service.letters.errors import LetterError
from newsletter_service.letters.plain import wrap
from newsletter_service.letters.shortening import length, shortened

MAX_LENGTH = 20_000
MAX_NESTING = 12
SCHEMES = ("http", "https", "mailto")
_TAGS = {"p", "strong", "em", "a", "ul", "ol", "li", "blockquote", "br"}
_MEANINGLESS_IN_MAIL = ["image", "code", "fence", "backticks", "hr"]

NameOfLink = Callable[[str, str], str]
"""What a link is called, from its label and its address; begins with the label."""


class _Markdown(MarkdownIt):
    """CommonMark without raw HTML, pictures and code, which stay as they were typed."""

    def __init__(self) -> None:
        super().__init__("commonmark", {"html": False, "maxNesting": MAX_NESTING})
        self.disable(_MEANINGLESS_IN_MAIL)

    def validateLink(self, url: str) -> bool:  # noqa: N802  # markdown-it's name
        return leads_somewhere(url)


def leads_somewhere(url: str) -> bool:
    """Whether a reader may be sent to `url`: a full address on the web, or of a mailbox."""
    return url.partition(":")[0].lower() in SCHEMES


_PARSER = _Markdown()


def to_html(markdown: str, name: NameOfLink | None = None, limit: int | None = None) -> str:
    """Clean HTML of `markdown`: paragraphs, emphasis, links, lists, quotes; headings become bold paragraphs.

    Nothing else survives: no raw HTML, no pictures, no links but http, https and mailto. `name` says what
    links are called; only the first `limit` characters are shown. Nesting ends at 12 levels; LetterError beyond
    20,000 characters.
    """
    html = _PARSER.renderer.render(_tokens(markdown, name, limit), _PARSER.options, {})
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes=set(SCHEMES),
        link_rel=None,
    ).strip()


def to_text(markdown: str, name: NameOfLink | None = None, limit: int | None = None) -> str:
    """Readable plain text of `markdown`, at most 76 columns wide, each link followed by its <address>.

    `name` says what links are called; only the first `limit` characters are shown. LetterError beyond 20,000
    characters.
    """
    writer = _TextWriter()
    for token in _tokens(markdown, name, limit):
        writer.write(token)
    return "\n".join(writer.lines)


def reading_length(markdown: str) -> int:
    """How many characters of `markdown` a reader sees; raises as `to_html`."""
    return length(_tokens(markdown, None))


def links_in(markdown: str) -> list[tuple[str, str]]:
    """The label and the address of every link, in their order."""
    found = []
    for token in _tokens(markdown, None):
        for _start, _end, label, address in _links(token.children or []):
            found.append((label, address))
    return found


def _tokens(markdown: str, name: NameOfLink | None, limit: int | None = None) -> list[Token]:
    if len(markdown) > MAX_LENGTH:
        raise LetterError(f"a text has {len(markdown)} characters, more than {MAX_LENGTH}")
    tokens: list[Token] = []
    for token in _PARSER.parse(markdown):
        if token.type == "inline":
            children = _shallow(token.children or [])
            token.children = _named(children, name) if name else children
        tokens += _demoted(token)
    return tokens if limit is None else shortened(tokens, limit)


def _demoted(token: Token) -> list[Token]:
    """A heading in a text as a bold paragraph: the levels of a letter's headings are the letter's own."""
    if token.type == "heading_open":
        return [Token("paragraph_open", "p", 1, block=True), Token("strong_open", "strong", 1)]
    if token.type == "heading_close":
        return [Token("strong_close", "strong", -1), Token("paragraph_close", "p", -1, block=True)]
    return [token]


def _shallow(tokens: Sequence[Token]) -> list[Token]:
    """`tokens` without emphasis nested too deep: thousands of levels would crash the compiler of MJML."""
    result, depth = [], 0
    for token in tokens:
        depth += max(token.nesting, 0)
        if not token.nesting or depth <= MAX_NESTING or token.type.startswith("link"):
            result.append(token)
        depth += min(token.nesting, 0)
    return result


def _named(tokens: list[Token], name: NameOfLink) -> list[Token]:
    """`tokens` with the rest of each link's name inside the link."""
    result, done = [], 0
    for _start, end, label, address in _links(tokens):
        rest = name(label, address)[len(label) :]
        result += [*tokens[done:end], Token("text", "", 0, content=rest)]
        done = end
    return [*result, *tokens[done:]]


def _links(tokens: Sequence[Token]) -> Iterator[tuple[int, int, str, str]]:
    """Where each link begins and ends in `tokens`, its label and its address."""
    start = 0
    for place, token in enumerate(tokens):
        if token.type == "link_open":
            start = place
        elif token.type == "link_close":
            label = _label(tokens[start:place])
            yield start, place, label, str(tokens[start].attrs["href"])


def _label(tokens: Sequence[Token]) -> str:
    return "".join(" " if token.type.endswith("break") else token.content for token in tokens)


class _TextWriter:
    """Writes the tokens of a text as lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._indents: list[_Indent] = []
        self._numbers: list[int | None] = []
        self._gap = False

    def write(self, token: Token) -> None:
        """Write a paragraph, or remember what the token changes for those that follow."""
        if token.type == "inline":
            self._paragraph(_inline(token.children or []))
        elif token.nesting > 0:
            self._open(token)
        elif token.nesting < 0:
            self._close(token)

    def _open(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open":
                self._numbers.append(None)
            case "ordered_list_open":
                self._numbers.append(int(token.attrs.get("start", 1)))
            case "list_item_open":
                self._indents.append(_Indent(self._marker()))
            case "blockquote_open":
                self._indents.append(_Indent("> ", "> "))

    def _close(self, token: Token) -> None:
        match token.type:
            case "list_item_close" | "blockquote_close":
                self._indents.pop()
            case "bullet_list_close" | "ordered_list_close":
                self._numbers.pop()
        in_tight_list = token.hidden or (self._numbers and token.type != "paragraph_close")
        self._gap = self._gap or not in_tight_list

    def _marker(self) -> str:
        number = self._numbers[-1]
        if number is None:
            return "- "
        self._numbers[-1] = number + 1
        return f"{number}. "

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


def _inline(tokens: Sequence[Token]) -> str:
    text, label_at, address = "", 0, ""
    for token in tokens:
        match token.type:
            case "text" | "text_special":
                text += token.content
            case "softbreak":
                text += " "
            case "hardbreak":
                text += "\n"
            case "link_open":
                label_at, address = len(text), str(token.attrs["href"])
            case "link_close":
                text += _target(text[label_at:], address)
    return text


def _target(label: str, address: str) -> str:
    """What stands after a link's label; nothing where that says it already."""
    shown = address.removeprefix("mailto:")
    return "" if label in (address, shown) else f" <{shown}>".removeprefix("" if label else " ")
