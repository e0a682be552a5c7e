"""Turns contents into prepared letters with the templates under templates/email/."""

import re
from dataclasses import dataclass, replace
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any, TypeVar

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from mjml import mjml2html

from newsletter_service.letters import encoding, palette, plain
from newsletter_service.letters.cleaning import cleaned, texts_in
from newsletter_service.letters.edition import edition_view, lone_card
from newsletter_service.letters.errors import LetterError
from newsletter_service.letters.skeleton import header_slot, mark, prepare
from newsletter_service.letters.texts import texts
from newsletter_service.letters.values import Card, EditionContent, Notice, PreparedLetter, Sender

BLOCK_BYTES = 100_000
_HOST = re.compile(r"https?://([^\s/\"'<>?#\\)]+)", re.IGNORECASE)
_LOADS = re.compile(r"<[a-z][^<>]*\s(?:src|background)=\"(https?://[^\"]*)\"", re.IGNORECASE)
_NAMESPACES = {"www.w3.org"}
_ATTRIBUTE = re.compile(r'="[^"]*"')
_ODD = re.compile(r"[^ -\[\]-~]")
"""What the compiler writes in an attribute as Rust would, such as \\u{a0}; it leaves references alone."""
_REFERENCE = re.compile(r"&#x([0-9a-f]{6});")
_BODY = re.compile(r"(<div [^<>]*role=\"article\".*)(</body>)", re.DOTALL)

Content = TypeVar("Content", EditionContent, Notice)


@dataclass(frozen=True)
class LetterRenderer:
    """Renders editions and notices with the templates in `templates_dir` (templates/email)."""

    templates_dir: Path

    def edition(self, content: EditionContent, sender: Sender) -> PreparedLetter:
        """Prepare the letter of one variant.

        LetterError if it is over 100 kB, would load anything from elsewhere, or a header would break.
        """
        content, sender = _printable(content), cleaned(_checked(sender))
        values = {
            "content": content,
            "view": edition_view(content, sender, mark("manage_url"), mark("unsubscribe_url")),
            "short_day": format_date(content.day, "d MMM y", locale=content.language),
            "day": format_date(content.day, "d MMMM y", locale=content.language),
            "sender": sender,
        }
        return self._letter("edition", content.language, values, _edition_headers(sender, content))

    def notice(self, notice: Notice, sender: Sender) -> PreparedLetter:
        """Prepare the letter of one notice: confirmation, lost link, word to staff; raises as `edition`."""
        values = {"notice": _printable(notice), "sender": cleaned(_checked(sender))}
        return self._letter("notice", notice.language, values, _NOTICE_HEADERS)

    def card_html(self, card: Card, language: str, written_in: str = "nl") -> str:
        """Show one card as it looks in the mail, a page for previews beside a form; raises as `edition`."""
        values = {"card": lone_card(cleaned(card), language), "language": language, "written_in": written_in}
        return _compiled(
            _environment(self.templates_dir, language).get_template("edition/card.mjml").render(values)
        )

    def _letter(
        self, name: str, language: str, values: dict[str, Any], headers: list[bytes]
    ) -> PreparedLetter:
        environment, sender = _environment(self.templates_dir, language), values["sender"]
        subject = environment.get_template(f"{name}/subject.txt").render(values).strip()
        text = plain.tidied(environment.get_template(f"{name}/body.txt").render(values))
        html = _compiled(environment.get_template(f"{name}/body.mjml").render(values))
        _refuse_other_hosts(html, values, sender.base_url)
        size = len(html.encode("utf-8"))
        if size > BLOCK_BYTES:
            raise LetterError(f"the HTML part has {size} bytes, more than {BLOCK_BYTES}")
        head = b"".join([*_common_headers(sender, subject), *headers, b"MIME-Version: 1.0\r\n"])
        return PreparedLetter(language, subject, prepare(head, text, html), size)


def _printable(content: Content) -> Content:
    """`content` as it can be printed; what would break out of a header is refused rather than repaired."""
    subject = " ".join(filter(None, encoding.header_safe(content.subject).split(" ")))
    return cleaned(replace(content, subject=subject))


def _checked(sender: Sender) -> Sender:
    for value in texts_in(sender):
        encoding.header_safe(value)
    return sender


def _common_headers(sender: Sender, subject: str) -> list[bytes]:
    return [
        header_slot("Date", "date"),
        encoding.mailbox("From", sender.name, sender.mail_from),
        encoding.mailbox("Reply-To", "", sender.reply_to),
        header_slot("To", "address"),
        encoding.unstructured("Subject", subject),
        header_slot("Message-ID", "message_id"),
        b"X-Auto-Response-Suppress: OOF, AutoReply\r\n",
    ]


_NOTICE_HEADERS = [b"Auto-Submitted: auto-generated\r\n"]


def _edition_headers(sender: Sender, content: EditionContent) -> list[bytes]:
    domain = sender.mail_from.rpartition("@")[2]
    kind = "correction" if content.corrects else "edition"
    return [
        encoding.list_id(sender.name, f"{sender.list_slug}.{domain}"),
        header_slot("List-Unsubscribe", "unsubscribe_url", "<", ">"),
        b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
        b"Precedence: bulk\r\n",
        f"Feedback-ID: {content.number}:{sender.list_slug}:{kind}:{domain}\r\n".encode("ascii"),
    ]


def _refuse_other_hosts(html: str, values: dict[str, Any], base_url: str) -> None:
    """Refuse pictures from elsewhere, and hosts that only a template or the compiler can have brought in."""
    for address in _LOADS.findall(html):
        if not unescape(address).startswith(f"{base_url}/"):
            raise LetterError("the letter would load something from another host")
    known = {host.lower() for text in texts_in(values) for host in _HOST.findall(text)} | _NAMESPACES
    for host in _HOST.findall(html):
        if unescape(host).lower() not in known:
            raise LetterError(f"nobody asked for the host {host}")


def _compiled(source: str) -> str:
    """HTML of an MJML source; what the compiler would silently let through is a LetterError."""
    spelled = _ATTRIBUTE.sub(lambda value: _ODD.sub(_reference, value[0]), source.strip())
    try:
        html = mjml2html(spelled, fonts={})
    except ValueError as error:
        raise LetterError("the letter cannot be compiled") from error
    html = _REFERENCE.sub(lambda reference: chr(int(reference[1], 16)), html)
    if "<mj-" in html:
        raise LetterError("the template has a tag that MJML does not know")
    return _BODY.sub(r'<div role="main">\1</div>\2', html, count=1)


def _reference(odd: re.Match[str]) -> str:
    return f"&#x{ord(odd[0]):06x};"


@cache
def _environment(templates_dir: Path, language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(templates_dir),
        autoescape=select_autoescape(enabled_extensions=("mjml",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(texts(language), newstyle=True)  # type: ignore[attr-defined]
    environment.globals |= {"light": palette.LIGHT, "dark": palette.DARK, "slot": _slot}
    environment.filters |= {"wrapped": _wrapped, "underlined": plain.underlined}
    return environment


def _slot(name: str, *forms: str) -> Markup:
    return Markup(mark(name, *forms))  # noqa: S704  # escaped when it is filled


def _wrapped(text: str) -> str:
    return "\n".join(plain.wrap(text))
