"""What editors write, made safe: Markdown to clean HTML and to readable plain text."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import nh3
from markdown_it import MarkdownIt, helpers
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup

from newsletter_service.letters.errors import LetterError
from newsletter_service.letters.links.rules import NOWHERE, SCHEMES, Outcome, Verdict, judge
from newsletter_service.letters.markdown import rules
from newsletter_service.letters.markdown.cleaning import cleaned
from newsletter_service.letters.markdown.layouts import Lines
from newsletter_service.letters.markdown.plain import TextWriter
from newsletter_service.letters.markdown.shortening import length, shortened

MAX_LENGTH = 20_000
MAX_NESTING = 12
_TAGS = {"p", "strong", "em", "a", "ul", "ol", "li", "blockquote", "br"}
_TABLE = {"table", "thead", "tbody", "tr", "th", "td"}
_MEANINGLESS_IN_MAIL = ["image", "code", "fence", "backticks", "hr", "reference"]

NameOfLink = Callable[[str, str], str]
"""What a link is called, from its label and its address; begins with the label."""


class _Markdown(MarkdownIt):
    """CommonMark with tables and bare addresses; without raw HTML, pictures and code, which stay as typed.

    Links keep the address that was typed: what becomes of it is decided afterwards.
    """

    def __init__(self) -> None:
        super().__init__("commonmark", {"html": False, "breaks": True, "maxNesting": MAX_NESTING})
        self.disable(_MEANINGLESS_IN_MAIL)
        self.enable("table")
        self.helpers: Any = SimpleNamespace(
            parseLinkLabel=helpers.parseLinkLabel,
            parseLinkTitle=helpers.parseLinkTitle,
            parseLinkDestination=rules.link_destination,
        )
        self.block.ruler.at("lheading", rules.underlined)
        self.inline.ruler.at("text", rules.text)
        self.inline.ruler.before("text", "data", rules.data)
        self.inline.ruler.at("emphasis", rules.emphasis)
        self.core.ruler.after("normalize", "layouts", _layouts)
        self.core.ruler.after("block", "lettered", _lettered)

    def validateLink(self, url: str) -> bool:
        return bool(url)

    def normalizeLink(self, url: str) -> str:
        return url

    def normalizeLinkText(self, link: str) -> str:
        return link


def _layouts(state: StateCore) -> None:
    lines = Lines(state.src)
    state.src, state.env["lettered"] = lines.text, lines.lettered


def _lettered(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "ordered_list_open" and token.map and token.map[0] in state.env["lettered"]:
            token.attrSet("type", "a")


_PARSER = _Markdown()


def to_html(
    markdown: str,
    name: NameOfLink | None = None,
    limit: int | None = None,
    own: Mapping[str, str] = NOWHERE,
) -> Markup:
    """Clean HTML of `markdown`: paragraphs, emphasis, links, lists, quotes, tables; headings become bold.

    Nothing else survives: no raw HTML, no pictures, no links but those that link_rules accepts. `name` says what
    links are called, `own` where the words for a reader's own links lead; only the first `limit` characters are
    shown. Nesting ends at 12 levels; LetterError beyond 20,000 characters.
    """
    tokens = _tokens(markdown, name, own, limit)
    for token in tokens:
        if token.children:
            token.children = _breaks_inside(token.children)
    clean = nh3.clean(
        _PARSER.renderer.render(tokens, _PARSER.options, {}),
        tags=_TAGS | _TABLE,
        attributes={"a": {"href"}, "ol": {"start", "type"}, "th": {"scope"}},
        url_schemes=set(SCHEMES),
        link_rel=None,
    )
    return Markup(clean.strip())  # noqa: S704  # this is where it is made harmless


def to_text(
    markdown: str,
    name: NameOfLink | None = None,
    limit: int | None = None,
    own: Mapping[str, str] = NOWHERE,
) -> str:
    """Readable plain text of `markdown`, at most 76 columns wide, each link followed by its <address>.

    `name`, `limit` and `own` as for to_html. LetterError beyond 20,000 characters.
    """
    writer = TextWriter()
    for token in _tokens(markdown, name, own, limit):
        writer.write(token)
    return "\n".join(writer.lines)


def reading_length(markdown: str) -> int:
    """How many characters of `markdown` a reader sees; raises as `to_html`."""
    return length(_tokens(markdown, None, NOWHERE))


def links_in(markdown: str) -> list[tuple[str, str]]:
    """The label and the address of every link that goes out, in their order; a reader's own by its word."""
    found = []
    for token in _tokens(markdown, None, {}):
        for _start, _end, label, address in _links(token.children or []):
            found.append((label, address))
    return found


def typed_links(markdown: str) -> list[str]:
    """The address of every link as it was typed, whatever becomes of it."""
    children = [child for token in _parsed(markdown) for child in token.children or []]
    return [str(child.attrs["href"]) for child in children if child.type == "link_open"]


def columns_of_tables(markdown: str) -> list[int]:
    """How many columns each table has."""
    columns: list[int] = []
    for token in _parsed(markdown):
        if token.type == "table_open":
            columns.append(0)
        elif token.type == "th_open":
            columns[-1] += 1
    return columns


def _parsed(markdown: str) -> list[Token]:
    if len(markdown) > MAX_LENGTH:
        raise LetterError(f"a text has {len(markdown)} characters, more than {MAX_LENGTH}")
    return _PARSER.parse(cleaned(markdown))


def _tokens(
    markdown: str, name: NameOfLink | None, own: Mapping[str, str], limit: int | None = None
) -> list[Token]:
    tokens: list[Token] = []
    for token in _parsed(markdown):
        if token.type == "inline":
            children = _shallow(_judged(token.children or [], own))
            token.children = _named(children, name) if name else children
        tokens += _demoted(token)
    tokens = _with_headings(tokens)
    return tokens if limit is None else shortened(tokens, limit)


def _demoted(token: Token) -> list[Token]:
    """A heading in a text as a bold paragraph: the levels of a letter's headings are the letter's own."""
    if token.type == "heading_open":
        return [Token("paragraph_open", "p", 1, block=True), Token("strong_open", "strong", 1)]
    if token.type == "heading_close":
        return [Token("strong_close", "strong", -1), Token("paragraph_close", "p", -1, block=True)]
    return [token]


def _with_headings(tokens: list[Token]) -> list[Token]:
    """Says of each heading in a table that it is one of a column; an empty one is none."""
    for opening, content, closing in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if opening.type == "th_open" and content.content:
            opening.attrs = {"scope": "col"}
        elif opening.type == "th_open":
            opening.tag = closing.tag = "td"
    return tokens


def _judged(tokens: Sequence[Token], own: Mapping[str, str]) -> list[Token]:
    """`tokens` with links to where they may lead; one that leads nowhere stays as it was typed."""
    result: list[Token] = []
    verdict = Verdict(Outcome.REFUSE)
    for place, token in enumerate(tokens):
        if token.type == "link_open":
            typed = str(token.attrs["href"])
            verdict = judge(typed)
            token.attrs["href"] = own.get(verdict.url, verdict.url)
            if token.info == "auto" and verdict.outcome is Outcome.CLEAN:
                tokens[place + 1].content = verdict.url.removeprefix("mailto:")
        if token.type.startswith("link_") and verdict.outcome is Outcome.REFUSE:
            token = Token("text", "", 0, content=_as_typed(token, typed))
        result.append(token)
    return result


def _as_typed(token: Token, typed: str) -> str:
    before, after = {"autolink": ("<", ">"), "linkify": ("", "")}.get(token.markup, ("[", f"]({typed})"))
    return before if token.nesting > 0 else after


def _breaks_inside(tokens: Sequence[Token]) -> list[Token]:
    """`tokens` with line ends between two elements inside the first: a blank between the two stays their own."""
    result: list[Token] = []
    tokens = [token for token in tokens if token.content or token.type != "text"]
    for place, token in enumerate(tokens):
        between = 0 < place < len(tokens) - 1 and tokens[place - 1].nesting < 0 < tokens[place + 1].nesting
        if token.type.endswith("break") and between:
            result.insert(-1, token)
            result.append(Token("text", "", 0, content=" "))
        else:
            result.append(token)
    return result


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
