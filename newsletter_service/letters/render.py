"""Turns contents into prepared letters with the templates under templates/email/."""

import re
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from mjml import mjml2html

from newsletter_service.letters import encoding
from newsletter_service.letters.edition import card_view, sections_of
from newsletter_service.letters.errors import LetterError
from newsletter_service.letters.markdown import to_html, to_text, wrap
from newsletter_service.letters.skeleton import CLOSE, OPEN, header_slot, mark, prepare
from newsletter_service.letters.texts import texts
from newsletter_service.letters.values import Card, EditionContent, Notice, PreparedLetter, Sender

WARN_BYTES = 80_000
BLOCK_BYTES = 100_000
_IMAGE_OR_STYLE = re.compile(r"""(?:src=|url\(|@import|<link)[\s"']*(https?://[^"'\s)>]+)""", re.IGNORECASE)


@dataclass(frozen=True)
class LetterRenderer:
    """Renders editions and notices with the templates in `templates_dir` (templates/email)."""

    templates_dir: Path

    def edition(self, content: EditionContent, sender: Sender) -> PreparedLetter:
        """The letter of one variant; LetterError if it is over 100 kB or loads anything from elsewhere."""
        _refuse_marks(content)
        values = {
            "content": content,
            "sender": sender,
            "sections": sections_of(content),
            "introduction_html": to_html(content.introduction),
            "introduction_text": to_text(content.introduction),
            "day": format_date(content.day, "d MMMM y", locale=content.language),
            "short_day": format_date(content.day, "d MMM y", locale=content.language),
            "archive_url": f"{sender.base_url}/archief/{content.number}",
        }
        headers = _newsletter_headers(sender, content.number)
        return self._letter("edition", content.language, values, sender, headers)

    def notice(self, notice: Notice, sender: Sender) -> PreparedLetter:
        """The letter of one notice: confirmation, lost link, a message to staff."""
        _refuse_marks(notice)
        values = {"notice": notice, "sender": sender}
        return self._letter("notice", notice.language, values, sender, _notice_headers(sender))

    def card_html(self, card: Card, language: str) -> str:
        """A page with one card as it looks in the mail, for a preview beside the form."""
        environment = _environment(self.templates_dir, language)
        values = {"card": card_view(card, language), "language": language, "title": card.title}
        return _compile(environment.get_template("edition/card.mjml").render(values))

    def _letter(
        self, name: str, language: str, values: dict[str, Any], sender: Sender, headers: list[bytes]
    ) -> PreparedLetter:
        environment = _environment(self.templates_dir, language)
        subject = environment.get_template(f"{name}/subject.txt").render(values).strip()
        text = environment.get_template(f"{name}/body.txt").render(values)
        html = _compile(environment.get_template(f"{name}/body.mjml").render(values))
        _refuse_other_hosts(html, sender.base_url)
        size = len(html.encode("utf-8"))
        if size > BLOCK_BYTES:
            raise LetterError(f"the HTML part has {size} bytes, more than {BLOCK_BYTES}")
        head = b"".join(
            [
                header_slot("Date", "date"),
                encoding.mailbox("From", sender.name, sender.mail_from),
                header_slot("To", "address"),
                encoding.unstructured("Subject", subject),
                header_slot("Message-ID", "message_id"),
                encoding.mailbox("Reply-To", "", sender.reply_to),
                *headers,
                b"MIME-Version: 1.0\r\n",
            ]
        )
        return PreparedLetter(language, subject, prepare(head, _tidied(text), html), size)


def _newsletter_headers(sender: Sender, number: int) -> list[bytes]:
    domain = sender.mail_from.rpartition("@")[2]
    return [
        encoding.mailbox("List-Id", _ascii(sender.name), f"{sender.list_slug}.{domain}"),
        header_slot("List-Unsubscribe", "unsubscribe_url", "<", ">"),
        b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
        b"Precedence: bulk\r\n",
        b"X-Auto-Response-Suppress: OOF, AutoReply\r\n",
        encoding.unstructured("Feedback-ID", f"{number}:{sender.list_slug}:edition:{domain}"),
    ]


def _notice_headers(_sender: Sender) -> list[bytes]:
    return [b"Auto-Submitted: auto-generated\r\n", b"X-Auto-Response-Suppress: OOF, AutoReply\r\n"]


def _ascii(name: str) -> str:
    """No encoded-word may stand in a List-* header: a name that would need one is left out."""
    return name if name.isascii() else ""


def _refuse_marks(content: object) -> None:
    if OPEN in repr(content) or CLOSE in repr(content) or "\\ue000" in repr(content) or "\\ue001" in repr(content):
        raise LetterError("the content holds a character that marks slots")


def _refuse_other_hosts(html: str, base_url: str) -> None:
    for address in _IMAGE_OR_STYLE.findall(html):
        if not unescape(address).startswith(f"{base_url}/"):
            raise LetterError("the letter would load something from another host")


def _compile(source: str) -> str:
    """HTML of an MJML source; what the compiler would silently let through is a LetterError."""
    html = mjml2html(source.strip(), fonts={})
    if "<mj-" in html:
        raise LetterError("the template has a tag that MJML does not know")
    return html


def _tidied(text: str) -> str:
    """At most one empty line in a row, no blanks at the end of a line."""
    lines = "\n".join(line.rstrip() for line in text.strip().split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines) + "\n"


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
    environment.globals["slot"] = mark
    environment.filters["wrapped"] = lambda text, first="", rest="": "\n".join(wrap(text, first, rest))
    return environment
