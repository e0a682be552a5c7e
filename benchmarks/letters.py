"""The letters that are sent: made by the product's own renderer, about as long as a letter of smtp-source."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path

from newsletter_service.letters.mime.skeleton import SlotValues, Template, header_slot, mark, prepare
from newsletter_service.letters.render import LetterRenderer
from newsletter_service.letters.values import Card, EditionContent, MailIdentity, PreparedLetter, Tag

VARIANTS = 12
LETTER_BYTES = 40_960
MAIL_FROM = "redactie@nieuwsbrief.example"
BASE_URL = "https://nieuwsbrief.example"
_TEMPLATES = Path(__file__).resolve().parent.parent / "templates" / "email"
_SENDER = MailIdentity("Veilig", "veilig", "Uit de regio", "Postbus 1", MAIL_FROM, MAIL_FROM, BASE_URL)
_PARAGRAPH = "Een alinea over één gemeente in de regio, zo lang als zulke alinea's gewoonlijk zijn. " * 2
_VALUES = SlotValues(
    address="lezer@gemeente.example",
    date=datetime(2026, 11, 26, 9, tzinfo=UTC),
    message_id="<lezer@nieuwsbrief.example>",
    name="Noëlle van 't Hof",
    manage_url=f"{BASE_URL}/voorkeuren/lezer",
    unsubscribe_url=f"{BASE_URL}/afmelden/lezer",
)


def long_letters() -> list[PreparedLetter]:
    """The variants of an edition, each at least LETTER_BYTES as a reader gets it."""
    renderer = LetterRenderer(_TEMPLATES)
    paragraphs = next(n for n in count(20) if len(_filled(_long_letter(renderer, 0, n))) >= LETTER_BYTES)
    return [_long_letter(renderer, variant, paragraphs) for variant in range(VARIANTS)]


def long_messages() -> list[bytes]:
    """One finished copy of each variant."""
    return [_filled(letter) for letter in long_letters()]


def short_letter() -> PreparedLetter:
    """A letter of some 2 kB, of which a million can be sent while one waits."""
    headers = b"".join(
        (
            header_slot("Date", "date"),
            f"From: {MAIL_FROM}\r\n".encode("ascii"),
            header_slot("To", "address"),
            b"Subject: Veilig\r\n",
            header_slot("Message-ID", "message_id"),
            header_slot("List-Unsubscribe", "unsubscribe_url", "<", ">"),
            b"MIME-Version: 1.0\r\n",
        )
    )
    text = f"{_PARAGRAPH}\n" * 4 + mark("manage_url") + "\n"
    skeleton = prepare(headers, text, f"<p>{text}</p>\n")
    return PreparedLetter("nl", "Veilig", skeleton, len(text))


def _long_letter(renderer: LetterRenderer, variant: int, paragraphs: int) -> PreparedLetter:
    card = Card("news", Tag("VAR", 1), f"Bericht {variant}", body=f"{_PARAGRAPH}\n\n" * paragraphs)
    content = EditionContent(1, date(2026, 11, 26), f"Editie {variant}", "", "", "nl", (card,))
    letter = renderer.edition(content, _SENDER)
    return replace(letter, subject=f"Editie {variant}")


def _filled(letter: PreparedLetter) -> bytes:
    return Template(letter.skeleton).fill(_VALUES)
