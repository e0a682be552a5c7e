"""Letters of notices, made as a worker makes them when they go."""

from pathlib import Path

from newsletter_service.delivery.models import Letter
from newsletter_service.keys.secret_keys import SecretKeys
from newsletter_service.letters.mime.skeleton import SlotValues, Template
from newsletter_service.letters.render import LetterRenderer
from newsletter_service.letters.stored import from_words
from newsletter_service.letters.values import MailIdentity, Notice
from newsletter_service.links.tokens import Tokens
from newsletter_service.links.urls import Links
from newsletter_service.publisher.notices import NoticeLetters
from tests.conftest import NOW

SENDER = MailIdentity(
    name="Veilig Verbonden",
    list_slug="veilig-verbonden",
    tagline="Nieuwsbrief",
    postal_address="Postbus 1",
    mail_from="redactie@nieuwsbrief.example",
    reply_to="vragen@nieuwsbrief.example",
    base_url="https://nieuwsbrief.example",
)
RENDERER = LetterRenderer(Path(__file__).parents[1] / "templates" / "email")


def notice_letters(secret: str) -> NoticeLetters:
    """What a worker makes letters of notices with."""
    links = Links(SENDER.base_url, Tokens(SecretKeys(secret)))
    return NoticeLetters(RENDERER, links, SENDER.mail_from, SENDER.reply_to)


def mail_of(notice: Letter | Notice, address: str = "lezer@gemeente.example") -> bytes:
    """The mail that somebody gets of a notice, which the ledger may hold."""
    if isinstance(notice, Letter):
        assert notice.words is not None
        notice = from_words(notice.words)
    skeleton = RENDERER.notice(notice, SENDER).skeleton
    return Template(skeleton).fill(SlotValues(address, NOW, "<1@nieuwsbrief.example>"))
