"""What in a text will not reach readers as its writer may think, and what should not reach them. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from newsletter_service.letters.links.addresses import bare_addresses
from newsletter_service.letters.links.rules import Concern, Outcome, Refusal, concerns, judge, personal_page
from newsletter_service.letters.markdown.html import MAX_LENGTH, columns_of_tables, typed_links

MOST_COLUMNS = 4
"""More do not fit on a telephone."""
_LONGEST_EXCERPT = 60


class Remark(StrEnum):
    """What there is to say about a piece of a text."""

    PERSONAL_LINK = "personal_link"
    REFUSED_LINK = "refused_link"
    BROKEN_LINK = "broken_link"
    SHORTENED_LINK = "shortened_link"
    STAFF_LINK = "staff_link"
    NAMING_LINK = "naming_link"
    UNENCRYPTED_LINK = "unencrypted_link"
    PLACEHOLDER = "placeholder"
    GREETING = "greeting"
    HTML = "html"
    PICTURE = "picture"
    FOOTNOTE = "footnote"
    CODE = "code"
    STRUCK_OUT = "struck_out"
    TASK = "task"
    REFERENCE = "reference"
    WIDE_TABLE = "wide_table"
    MARKUP = "markup"


@dataclass(frozen=True)
class Finding:
    """A remark and the piece of text it is about, shortened; of a personal link only the page it leads to."""

    remark: Remark
    what: str = ""

    @property
    def blocks(self) -> bool:
        """Whether nothing may go out with it."""
        return self.remark is Remark.PERSONAL_LINK


_ABOUT_LINKS = {
    Concern.SHORTENED: Remark.SHORTENED_LINK,
    Concern.FOR_STAFF: Remark.STAFF_LINK,
    Concern.NAMES_SOMEBODY: Remark.NAMING_LINK,
    Concern.UNENCRYPTED: Remark.UNENCRYPTED_LINK,
}
_TAGS = (
    "a|abbr|b|big|blockquote|body|br|center|code|div|em|font|h[1-6]|head|hr|html|i|iframe|img|li|ol|p|pre|s|script"
    "|small|span|strike|strong|style|sub|sup|table|tbody|td|th|thead|tr|u|ul"
)
_HTML = re.compile(rf"</?({_TAGS})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_MARKUP = (
    (Remark.PICTURE, re.compile(r"!\[[^\]\n]*\]\([^)\n]*\)?")),
    (Remark.FOOTNOTE, re.compile(r"\[\^[^\]\n]+\]")),
    (Remark.CODE, re.compile(r"```|`[^`\n]+`")),
    (Remark.STRUCK_OUT, re.compile(r"~~[^~\n]+~~")),
    (Remark.TASK, re.compile(r"^\s*[-*+] \[[ xX]\]", re.MULTILINE)),
    (Remark.REFERENCE, re.compile(r"\[[^\]\[\n]+\]\[[^\]\[\n]*\]|^\[[^\]^\n]+\]:\s", re.MULTILINE)),
)
_MARKS = re.compile(r"\*\*[^*\n]+\*\*|\[[^\]\n]+\]\([^)\n]+\)")
_PLACEHOLDER = re.compile(
    rf"""\{{\{{[^{{}}\n]*\}}\}} | \{{%[^{{}}\n]*%\}} | \$?\{{[\w. -]{{1,40}}\}}   # {{{{ naam }}}}, ${{naam}}, {{naam}}
    | \*\|[^|\n]+\|\*                                                             # *|FNAME|*
    | %\([\w ]+\)[sd] | %%?[A-Z][A-Z_]+%%?(?<=%) | \#\#\w+\#\# | @@\w+@@                # %(naam)s, %NAAM%
    | (?<![\d\w])%[A-Za-z][\w.-]{{0,40}}%(?!\w)                                   # %naam%
    | «[\w .-]{{1,40}}» | <<[\w .-]{{1,40}}>>                                     # «Naam»
    | <(?!(?:{_TAGS})\b)[^\W\d][\w .-]{{1,40}}>                                   # <naam>
    | <%[^%\n]*%> | \$(?:naam|voornaam|name)\b | \#(?:naam|voornaam|name)\#  # <%= naam %>, $naam, #naam#
    | (?<![\w-])(?<!\d[ ])(?<!\b[Dd]e[ ])(?:PM|P\.M\.)(?![\w-])(?![ ]\d)             # not the afternoon, nor a premier
    | (?i:\bnader[ ](?:te[ ]bepalen|te[ ]noemen|in[ ]te[ ]vullen|aan[ ]te[ ]vullen)\b
        | \bnog[ ](?:(?:in|aan)[ ]te[ ]vullen|te[ ]bepalen)\b)
    | (?i:\bt\.?b\.?d\b | \bn\.?t\.?b\b | \[[^\]\n]*\b(?:volgt|hier)\b[^\]\n]*\](?!\())
    | \[[A-Z][A-Z0-9_ .-]+\](?!\()                                                # [NAAM]
    | \[(?i:(?:voor|achter)?naam|datum|tijd|plaats|link|url|titel|adres|invullen|aanvullen|bedrag)\](?!\()
    | \b(?:[Xx]{{3,}}|[Xx]{{2}}[-/][Xx]{{2}}(?:[-/]\w+)?|dd-mm-jjjj|TODO|TKTK)\b
    | (?<![\w-])(?<!\b[Dd]e[ ])TK(?![\w-])(?![ ]\d)                               # not the Tweede Kamer
    | \bINVULLEN\b | (?:^|[:=(\[]|\.\.\.|…|\b(?:nog|hier|later)\b)[ ]*(?i:invullen)\b
    | \b[Ll]orem\b(?:[ ]ipsum)?""",
    re.VERBOSE | re.MULTILINE,
)
_PEOPLE = (
    r"(?: (?:alle|lieve|geachte|gewaardeerde))? (?:[\w/-]*(?:lezers?|lezeressen|collega\W?s?|relaties?|heren|heer"
    r"|mevrouw|dames?|leden|lid|burgemeesters?|bestuurders?|vrienden|deelnemers?|partners?|abonnees?|inwoners?|ambtenaren)"
    r"|allen|allemaal|iedereen|mensen|team|(?-i:[A-Z])[\w/-]*)\b"
)
_GREETING = re.compile(
    r"[\s*_#]*((?:Geachte|Hallo|Hoi|Hi|Hello|Dear|Goe(?:de|ie)(?:morgen|middag|navond|ndag|dag)|L\.?S\b\.?"
    rf"|(?:Mijne )?Dames en heren|(?:Beste|Lieve|Waarde|Dag|Welkom)(?={_PEOPLE})|Welkom(?=[,!])"
    r"|(?:Beste|Lieve|Waarde)(?=(?: [^\s,!]+){1,5}[,!][*_ ]*(?:\n|$)))"
    r"(?:(?:\s[^\s,!]+){0,5}[,!]|(?:[ ][^\s,!]+){0,2}[*_ ]*(?=\n|$)))",
    re.IGNORECASE,
)
_NO_LINK = re.compile(
    r"(?<!\w)(?:(?:java|vb)script:\S+|data:\w+/\S+|(?:file|ftp)://\S+|https?:(?!//)[\w-]+\.\w\S*)",
    re.IGNORECASE,
)


def review(
    text: str, base_url: str, *, markdown: bool = False, after_greeting: bool = False
) -> list[Finding]:
    """All there is to say about `text`; `base_url` tells our own pages, `after_greeting` that ours stands above."""
    found = [*_personal(text, base_url), *_about_links(text, base_url, markdown=markdown)]
    words = _without_addresses(text)
    if markdown:
        found += _about_markup(text, words)
    else:
        found += _tags(words)
        found += [_finding(Remark.MARKUP, match[0]) for match in _MARKS.finditer(text)]
    if after_greeting and (greeting := _GREETING.match(words)):
        found.append(_finding(Remark.GREETING, greeting[1]))
    found += [_finding(Remark.PLACEHOLDER, match[0]) for match in _PLACEHOLDER.finditer(words)]
    return list(dict.fromkeys(found))


def review_link(typed: str, base_url: str) -> Iterator[Finding]:
    """All there is to say about one address, as somebody typed it; `base_url` tells our own pages."""
    verdict = judge(typed, base_url)
    match verdict.outcome:
        case Outcome.REFUSE:
            broken = verdict.refusal is Refusal.ADDRESS
            yield _finding(Remark.BROKEN_LINK if broken else Remark.REFUSED_LINK, typed)
        case Outcome.BLOCK:
            yield Finding(Remark.PERSONAL_LINK, verdict.page)
        case _otherwise:
            for concern in concerns(verdict.url, base_url):
                yield _finding(_ABOUT_LINKS[concern], verdict.url)


def refused_links(text: str) -> list[tuple[str, Refusal]]:
    """The links in a Markdown `text` that must not be saved, and why; a link without an address is only broken."""
    text = text[:MAX_LENGTH]
    links = typed_links(text)
    others = [other for other in _NO_LINK.findall(text) if not other.startswith(tuple(links))]
    verdicts = [(typed, judge(typed).refusal) for typed in (*links, *others)]
    return [(_short(typed), why) for typed, why in verdicts if why is not None and why is not Refusal.ADDRESS]


def _personal(text: str, base_url: str) -> Iterator[Finding]:
    page = personal_page(text, base_url)
    if page:
        yield Finding(Remark.PERSONAL_LINK, page)


def _about_links(text: str, base_url: str, *, markdown: bool) -> Iterator[Finding]:
    typed = typed_links(text) if markdown else [found.typed for found in bare_addresses(text)]
    for address in typed:
        yield from review_link(address, base_url)


def _tags(words: str) -> list[Finding]:
    """Each kind of HTML tag once."""
    first = {match[1].lower(): match[0] for match in reversed(list(_HTML.finditer(words)))}
    return [_finding(Remark.HTML, tag) for tag in reversed(first.values())]


def _about_markup(text: str, words: str) -> Iterator[Finding]:
    yield from _tags(words)
    for remark, pattern in _MARKUP:
        for match in pattern.finditer(words):
            yield _finding(remark, match[0].strip())
    for columns in columns_of_tables(text):
        if columns > MOST_COLUMNS:
            yield Finding(Remark.WIDE_TABLE, str(columns))


def _without_addresses(text: str) -> str:
    pieces, done = [], 0
    for found in bare_addresses(text):
        pieces.append(text[done : found.start])
        done = found.end
    return " ".join([*pieces, text[done:]])


def _finding(remark: Remark, what: str) -> Finding:
    return Finding(remark, _short(what))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_EXCERPT else f"{line[:_LONGEST_EXCERPT]}…"
