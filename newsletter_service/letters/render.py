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

from newsletter_service.languages import Language
from newsletter_service.letters import palette, plain
from newsletter_service.letters.cards import in_language, lone_card
from newsletter_service.letters.compiling import compiled
from newsletter_service.letters.edition import edition_view, fitting, web_page
from newsletter_service.letters.errors import LetterError
from newsletter_service.letters.markdown.cleaning import cleaned, texts_in
from newsletter_service.letters.mime import encoding
from newsletter_service.letters.mime.skeleton import header_slot, mark, prepare
from newsletter_service.letters.motif import motif
from newsletter_service.letters.texts import texts
from newsletter_service.letters.values import (
    LARGEST_HTML,
    Card,
    EditionContent,
    MailIdentity,
    Notice,
    PreparedLetter,
    Publisher,
)
from newsletter_service.links.urls import ARCHIVE

_HOST = re.compile(r"https?://([^\s/\"'<>?#\\)]+)", re.IGNORECASE)
_LOADS = re.compile(r"<[a-z][^<>]*\s(?:src|background)=\"(https?://[^\"]*)\"", re.IGNORECASE)
_NAMESPACES = {"www.w3.org"}
_NEITHER_LETTER_NOR_DIGIT = re.compile("[^a-z0-9]")
_SENDER_ID_SHORTEST, _SENDER_ID_LONGEST = 5, 15
Content = TypeVar("Content", EditionContent, Notice)


@dataclass(frozen=True)
class LetterRenderer:
    """Renders editions and notices with the templates in `templates_dir` (templates/email).

    Editions offer to unsubscribe by mail too where somebody reads that (`unsubscribe_by_mail`).
    """

    templates_dir: Path
    unsubscribe_by_mail: bool = False

    def edition(self, content: EditionContent, sender: MailIdentity) -> PreparedLetter:
        """Prepare the letter of one variant.

        LetterError if it is over 100 kB, would load anything from elsewhere, or a header would break.
        """
        content, sender = fitting(_printable(content)), cleaned(_checked(sender))
        values = {
            "content": content,
            "view": edition_view(content, sender, mark("manage_url"), mark("unsubscribe_url")),
            "short_day": format_date(content.day, "d MMM y", locale=content.language),
            "day": format_date(content.day, "d MMMM y", locale=content.language),
            "sender": sender,
            "publishers": sender.publishers,
        }
        headers = _edition_headers(sender, content, self.unsubscribe_by_mail)
        return self._letter("edition", values, headers, content.language, content.written_in)

    def notice(self, notice: Notice, sender: MailIdentity) -> PreparedLetter:
        """Prepare the letter of one notice: confirmation, lost link, word to staff; raises as `edition`."""
        sender = cleaned(_checked(sender))
        values = {"notice": _printable(notice), "sender": sender, "publishers": sender.publishers}
        headers = [_AUTOMATIC, _content_language(notice.language)]
        return self._letter("notice", values, headers, notice.language, notice.language)

    def card_html(
        self,
        card: Card,
        language: Language,
        publishers: tuple[Publisher, ...] = (),
        written_in: Language = "nl",
    ) -> str:
        """Show one card as it looks in the mail, a page for previews beside a form; raises as `edition`."""
        card = cleaned(card)
        view = lone_card(card, language, written_in)
        values = {"card": view, "language": language, "written_in": written_in, "publishers": publishers}
        source = _environment(self.templates_dir, language).get_template("edition/card.mjml").render(values)
        return compiled(source, card.title, language, written_in)

    def _letter(
        self,
        name: str,
        values: dict[str, Any],
        headers: list[bytes],
        language: Language,
        written_in: Language,
    ) -> PreparedLetter:
        environment, sender = _environment(self.templates_dir, language), values["sender"]
        subject = environment.get_template(f"{name}/subject.txt").render(values).strip()
        text = plain.tidied(environment.get_template(f"{name}/body.txt").render(values))
        source = environment.get_template(f"{name}/body.mjml").render(values)
        html = compiled(source, subject, language, written_in)
        _refuse_other_hosts(html, values, sender.base_url)
        size = len(html.encode("utf-8"))
        if size > LARGEST_HTML:
            raise LetterError(f"the HTML part has {size} bytes, more than {LARGEST_HTML}")
        head = b"".join([*_common_headers(sender, subject), *headers, b"MIME-Version: 1.0\r\n"])
        return PreparedLetter(language, subject, prepare(head, text, html), size)


def _printable(content: Content) -> Content:
    """`content` as it can be printed; what would break out of a header is refused rather than repaired."""
    subject = " ".join(encoding.header_safe(content.subject).split())
    return cleaned(replace(content, subject=subject))


def _checked(sender: MailIdentity) -> MailIdentity:
    for value in texts_in(sender):
        encoding.header_safe(value)
    return sender


def _common_headers(sender: MailIdentity, subject: str) -> list[bytes]:
    return [
        header_slot("Date", "date"),
        encoding.mailbox("From", sender.from_name or sender.name, sender.mail_from),
        encoding.mailbox("Reply-To", "", sender.reply_to),
        header_slot("To", "address"),
        encoding.unstructured("Subject", subject),
        header_slot("Message-ID", "message_id"),
        b"X-Auto-Response-Suppress: OOF, AutoReply\r\n",
    ]


_AUTOMATIC = b"Auto-Submitted: auto-generated\r\n"


def _edition_headers(sender: MailIdentity, content: EditionContent, by_mail: bool) -> list[bytes]:
    domain = sender.mail_from.rpartition("@")[2]
    archive = sender.base_url + ARCHIVE
    thread = [header_slot("In-Reply-To", "answers"), header_slot("References", "answers")]
    return [
        *(thread if content.corrects else ()),
        encoding.list_id(sender.name, f"{sender.list_slug}.{domain}"),
        *_list_unsubscribe(by_mail),
        b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
        encoding.link("List-Archive", archive),
        encoding.link("List-Help", f"mailto:{sender.reply_to}"),
        encoding.link("Archived-At", web_page(content, sender)),
        b"Precedence: bulk\r\n",
        _feedback_id(sender, content),
        _content_language(content.language, content.written_in),
    ]


def _list_unsubscribe(by_mail: bool) -> list[bytes]:
    """One click (RFC 8058) first, and by mail (RFC 2369) for programs that know only that."""
    link = header_slot("List-Unsubscribe", "unsubscribe_url", encoding.NEXT_LINE + "<", ">")
    if not by_mail:
        return [link]
    return [link[:-2] + b",\r\n <mailto:\x00header:envelope_sender\x00?subject=unsubscribe>\r\n"]


def _feedback_id(sender: MailIdentity, content: EditionContent) -> bytes:
    """What Google counts complaints by: edition, language and kind, then who sends, in 5 to 15 characters.

    No identifier occurs in two places, and none belongs to a reader.
    https://support.google.com/mail/answer/6254652
    """
    kind = "correction" if content.corrects else "edition"
    name = _NEITHER_LETTER_NOR_DIGIT.sub("", sender.list_slug.lower())
    domain = _NEITHER_LETTER_NOR_DIGIT.sub("", sender.mail_from.rpartition("@")[2].lower())
    sender_id = (name if len(name) >= _SENDER_ID_SHORTEST else name + domain)[:_SENDER_ID_LONGEST]
    return f"Feedback-ID: {content.number}:{content.language}:{kind}:{sender_id}\r\n".encode("ascii")


def _content_language(*languages: Language) -> bytes:
    return f"Content-Language: {', '.join(dict.fromkeys(languages))}\r\n".encode("ascii")


def _refuse_other_hosts(html: str, values: dict[str, Any], base_url: str) -> None:
    """Refuse pictures from elsewhere, and hosts that only a template or the compiler can have brought in."""
    for address in _LOADS.findall(html):
        if not unescape(address).startswith(f"{base_url}/"):
            raise LetterError("the letter would load something from another host")
    known = {host.lower() for text in texts_in(values) for host in _HOST.findall(text)} | _NAMESPACES
    for host in _HOST.findall(html):
        if unescape(host).lower() not in known:
            raise LetterError(f"nobody asked for the host {host}")


@cache
def _environment(templates_dir: Path, language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(templates_dir),
        autoescape=select_autoescape(enabled_extensions=("mjml",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(texts(language), newstyle=True)  # type: ignore[attr-defined]  # an extension's
    environment.globals |= {
        "light": palette.LIGHT,
        "dark": palette.DARK,
        "SERIF": palette.SERIF,
        "SANS": palette.SANS,
        "motif": motif,
        "slot": _slot,
        "in_language": in_language,
    }
    environment.filters |= {"wrapped": _wrapped, "underlined": plain.underlined}
    return environment


def _slot(name: str, *forms: str) -> Markup:
    return Markup(mark(name, *forms))  # noqa: S704  # escaped when it is filled


def _wrapped(text: str) -> str:
    return "\n".join(plain.wrap(text))
