"""Editions' letters with a few things of their own."""

from dataclasses import replace
from datetime import date
from typing import Any

from newsletter_service.letters.mime.skeleton import SlotValues, Template
from newsletter_service.letters.values import EditionContent, MailIdentity
from tests.conftest import NOW
from tests.every_letter.kinds import RENDERER

SENDER = MailIdentity(
    name="Veilig Verbonden",
    list_slug="veilig-verbonden",
    tagline="Nieuwsbrief van Noord en Zuid",
    postal_address="Postbus 1, 1000 AA Voorbeeldstad",
    mail_from="redactie@nieuwsbrief.example",
    reply_to="vragen@nieuwsbrief.example",
    base_url="https://nieuwsbrief.example",
)
VALUES = SlotValues(
    address="lezer@gemeente.example",
    date=NOW,
    message_id="<1@nieuwsbrief.example>",
    manage_url="https://nieuwsbrief.example/voorkeuren/x",
    unsubscribe_url="https://nieuwsbrief.example/afmelden/x",
)
_PLAIN = EditionContent(
    number=12,
    day=date(2026, 11, 26),
    subject="Nieuws",
    preheader="Kort",
    introduction="Welkom.",
    language="nl",
    cards=(),
)


def edition(**changes: Any) -> EditionContent:
    """An edition without items, with these things changed."""
    return replace(_PLAIN, **changes)


def copy_of(content: EditionContent) -> bytes:
    """The copy that a reader gets."""
    return Template(RENDERER.edition(content, SENDER).skeleton).fill(VALUES)
