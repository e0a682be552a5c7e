"""From MJML to the HTML of a letter, with what the compiler drops or spoils put right."""

import re
from html import escape
from unicodedata import normalize

from mjml import mjml2html

from newsletter_service.languages import Language
from newsletter_service.letters.errors import LetterError

_LINE_ENDS_BETWEEN_TAGS = re.compile(r"(?<=>)\s*\n\s*(?=<(?!/?mj-))")
"""Where two elements stand on two lines: the compiler drops the line end, and words would glue together."""
_ATTRIBUTE = re.compile(r'="[^"]*"')
_ODD = re.compile(r"[^ -\[\]-~]")
"""What the compiler writes in an attribute as Rust would, such as \\u{a0}; it leaves references alone."""
_REFERENCE = re.compile(r"&#x([0-9a-f]{6});")
_TITLE = "<title></title>"
_ARTICLE = re.compile(r'<div( aria-roledescription="email"[^<>]*)>(.*)</body>', re.DOTALL)
_SOFT_HYPHEN = "\u00ad"


def compiled(source: str, title: str, language: Language, written_in: Language) -> str:
    """HTML of an MJML source without a title of its own, called `title` by browsers and screen readers.

    `language` is the letter's, `written_in` the title's. What the compiler would silently let through is a
    LetterError.
    """
    html = _html(_LINE_ENDS_BETWEEN_TAGS.sub(" ", source.strip()))
    if "<mj-" in html:
        raise LetterError("the template has a tag that MJML does not know")
    tongue = f' lang="{written_in}"' if written_in != language else ""
    named = f"<title{tongue}>{escape(title, quote=False)}</title>"
    html, places = _ARTICLE.subn(
        lambda article: _named_article(article, title, language, written_in), html.replace(_TITLE, named, 1)
    )
    if places != 1 or named not in html:
        raise LetterError("the letter has no place for its title")
    return html


def _named_article(article: re.Match[str], title: str, language: Language, written_in: Language) -> str:
    """The whole letter with its name, which is in the language of what staff wrote, as the page's main part."""
    attributes, body = article.groups()
    if written_in != language:
        attributes = attributes.replace(f' lang="{language}"', f' lang="{written_in}"')
        body = f'<div lang="{language}">{body}</div>'
    return f'<div role="main"><div aria-label="{escape(spoken(title))}"{attributes}>{body}</div></body>'


def spoken(title: str) -> str:
    """`title` as a screen reader says it right: composed characters, and no hyphens that are not seen."""
    return normalize("NFC", title.replace(_SOFT_HYPHEN, ""))


def _html(source: str) -> str:
    try:
        html = mjml2html(_ATTRIBUTE.sub(lambda value: _ODD.sub(_reference, value[0]), source), fonts={})
    except ValueError as error:
        raise LetterError("the letter cannot be compiled") from error
    return _REFERENCE.sub(lambda reference: chr(int(reference[1], 16)), html)


def _reference(odd: re.Match[str]) -> str:
    return f"&#x{ord(odd[0]):06x};"
